//! Replaces argument names that a dialect doesn't accept. Declaring a tool and decoding its arguments use the same
//! replacements.

use serde_json::{Map, Value, json};

use super::schema_keywords::{properties, required};

/// The arguments that are declared under a different name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ArgumentNames {
    /// The tool's own names and the declared ones.
    pairs: Vec<(String, String)>,
}

impl ArgumentNames {
    /// Replaces the names of arguments that aren't accepted with `replacement`, adding a number if that name is taken.
    pub(super) fn replace(
        schema: &Value,
        is_accepted: impl Fn(&str) -> bool,
        replacement: impl Fn(&str) -> String,
    ) -> Self {
        let mut names: Vec<String> = properties(schema).map(|(name, _)| name.clone()).collect();
        let mut pairs = Vec::new();
        for (name, _) in properties(schema).filter(|(name, _)| !is_accepted(name)) {
            let base = replacement(name);
            let numbered = (2..).map(|number| format!("{base}_{number}"));
            let free = std::iter::once(base.clone()).chain(numbered).find(|free| !names.contains(free));
            let Some(free) = free else { unreachable!("there is always another number") };
            names.push(free.clone());
            pairs.push((name.clone(), free));
        }
        Self { pairs }
    }

    /// Returns the schema with the declared names.
    pub(super) fn rename(&self, schema: &Value) -> Value {
        let mut schema = schema.clone();
        if self.pairs.is_empty() {
            return schema;
        }
        let members: Map<String, Value> =
            properties(&schema).map(|(name, member)| (self.declared(name), member.clone())).collect();
        let names: Vec<String> = required(&schema).into_iter().map(|name| self.declared(name)).collect();
        schema["properties"] = Value::Object(members);
        schema["required"] = json!(names);
        schema
    }

    /// Returns the arguments under the tool's own names.
    pub(super) fn restore(&self, arguments: Map<String, Value>) -> Map<String, Value> {
        if self.pairs.is_empty() {
            return arguments;
        }
        let own = |name: String| self.own(&name).map_or(name, str::to_owned);
        arguments.into_iter().map(|(name, value)| (own(name), value)).collect()
    }

    /// Returns the tool's own name for an argument that is declared under a different one.
    pub(super) fn own(&self, declared: &str) -> Option<&str> {
        self.pairs.iter().find(|(_, other)| other == declared).map(|(own, _)| own.as_str())
    }

    fn declared(&self, own: &str) -> String {
        self.pairs
            .iter()
            .find(|(other, _)| other == own)
            .map_or(own, |(_, declared)| declared.as_str())
            .to_owned()
    }
}
