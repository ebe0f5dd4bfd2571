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
            // Nulls within an argument are left to the check of the arguments, which takes out those that stand for
            // nothing, with the objects that held nothing else.
            let takes_null = types(member).contains(&"null") && needed.contains(&name.as_str());
            if self.strict && top && value.is_null() && !takes_null {
                return None;
            }
            let value = self.member(&name, member, value, top);
            Some((name, value))
        });
        members.collect()
    }

    /// An item of a list, which can't be left out: the text "null" is one where null is not allowed.
    fn item(&self, node: &Value, item: Value) -> Value {
        let text = item.is_string().then(|| item.clone());
        match (self.member("", node, item, false), text) {
            (Value::Null, Some(text)) if !types(node).contains(&"null") => text,
            (item, _) => item,
        }
    }

    fn member(&self, name: &str, node: &Value, value: Value, top: bool) -> Value {
        match form::form(name, node, self.special, top) {
            Some(form) => form::read(form, value, !self.strict),
            None if !self.strict && has_several_types(node) => form::read(Form::Union, value, true),
            None => match (value, node.get("items")) {
                (Value::Object(members), _) => Value::Object(self.object(node, members, false)),
                (Value::Array(items), Some(node)) => {
                    items.into_iter().map(|item| self.item(node, item)).collect()
                }
                (value, _) => value,
            },
        }
    }
}

/// Whether a value may be of several types, null aside.
fn has_several_types(node: &Value) -> bool {
    types(node).into_iter().filter(|kind| *kind != "null").count() > 1
}
