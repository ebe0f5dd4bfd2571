//! Reading what a model sent in a dialect: what the dialect made of the tool's own arguments is undone, guided by
//! the tool's own schema. What doesn't have the dialect's form stays as it is, to be checked and told about.

use serde_json::{Map, Value};

use super::form::{self, Form};
use super::{Dialect, Special, keys, properties, required, truto, types};

/// The arguments as the tool itself takes them.
pub(crate) fn restore(
    dialect: Dialect,
    schema: &Value,
    special: &Special,
    arguments: Map<String, Value>,
) -> Map<String, Value> {
    match dialect {
        Dialect::Mcp | Dialect::OpenAi => arguments,
        Dialect::Anthropic => keys::restore(arguments, &keys::anthropic(schema)),
        Dialect::OpenAiStrict | Dialect::Gemini => {
            let reader = Reader { strict: dialect == Dialect::OpenAiStrict, special };
            reader.object(schema, arguments, true)
        }
        Dialect::Truto => truto::restore(schema, arguments),
    }
}

struct Reader<'s> {
    /// Null stands for what is not given.
    strict: bool,
    special: &'s Special,
}

impl Reader<'_> {
    fn object(&self, node: &Value, members: Map<String, Value>, top: bool) -> Map<String, Value> {
        let needed = required(node);
        let known = |name: &str| properties(node).find(|(other, _)| *other == name).map(|(_, member)| member);
        let members = members.into_iter().filter_map(|(name, value)| {
            let Some(member) = known(&name) else { return Some((name, value)) };
            let takes_null = types(member).contains(&"null") && (needed.contains(&name.as_str()) || !top);
            if self.strict && value.is_null() && !takes_null {
                return None;
            }
            let value = self.member(&name, member, value, top);
            Some((name, value))
        });
        members.collect()
    }

    /// Fields that an account defined and that were declared one by one.
    fn declared(&self, mut value: Value) -> Value {
        if let Some(members) = value.as_object_mut().filter(|_| self.strict) {
            members.retain(|_, value| !value.is_null());
        }
        value
    }

    fn member(&self, name: &str, node: &Value, value: Value, top: bool) -> Value {
        let several = || types(node).into_iter().filter(|kind| *kind != "null").count() > 1;
        match form::form(name, node, self.special, top) {
            // By caption from the start: not the form of a list, in which null is a value.
            Some(Form::Custom) if value.is_object() => self.declared(value),
            Some(form) => form::read(form, value, !self.strict),
            None if !self.strict && several() => form::read(Form::Union, value, true),
            None => match (value, node.get("items")) {
                (Value::Object(members), _) => Value::Object(self.object(node, members, false)),
                (Value::Array(items), Some(node)) => {
                    items.into_iter().map(|item| self.member("", node, item, false)).collect()
                }
                (value, _) => value,
            },
        }
    }
}
