//! Checking what a body holds against what the catalog says a write may hold, in the API's words: unknown
//! members, types, lengths, choices, dates. What passes comes back as it is stored.

use connectwise_psa::API;
use serde_json::{Map, Value};

use crate::api::{Member, Resource, Shape, resource};
use crate::clock;
use crate::problem::{Fault, Problem};

/// What a body is checked against.
pub(crate) struct Check<'a> {
    pub(crate) shape: &'a Shape,
    pub(crate) resource: &'static Resource,
    /// The body as it came, for the places of faults.
    pub(crate) text: &'a str,
    pub(crate) faults: Vec<Fault>,
}

/// Whether a member holds the fields that an account defined. Tools take them by caption; the API has a list.
fn is_custom_fields(name: &str) -> bool {
    API.custom_fields.as_ref().is_some_and(|fields| fields.member == name)
}

fn listed(value: &Value, path: &str) -> Result<Value, Problem> {
    match value {
        Value::Array(_) | Value::Null => Ok(value.clone()),
        other => Err(Problem::unconvertible(other, "System.Collections.Generic.List", path)),
    }
}

/// The object that a body is.
pub(crate) fn object(body: &Value, of: &str) -> Result<Map<String, Value>, Problem> {
    match body {
        Value::Object(members) => Ok(members.clone()),
        other => Err(Problem::unconvertible(other, of, "")),
    }
}

impl<'a> Check<'a> {
    pub(crate) fn new(shape: &'a Shape, resource: &'static Resource, text: &'a str) -> Self {
        Self { shape, resource, text, faults: Vec::new() }
    }

    /// The name of the record in messages: `contact`.
    pub(crate) fn noun(&self) -> String {
        small(if self.resource.name.is_empty() { &self.shape.name } else { &self.resource.name })
    }

    fn type_name(&self) -> &str {
        if self.shape.name.is_empty() { &self.resource.name } else { &self.shape.name }
    }

    /// The members that a write may set, as they are stored. Members that the server sets are passed over, since
    /// callers send back what they read.
    pub(crate) fn members(&mut self, body: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
        let mut accepted = Map::new();
        for (name, value) in body {
            if let Some(node) = self.shape.members.get(name) {
                if is_custom_fields(name) {
                    accepted.insert(name.clone(), listed(value, name)?);
                    continue;
                }
                let value = self.value(node, self.resource.member(name), value, name)?;
                accepted.insert(name.clone(), value);
            } else if self.resource.member(name).is_none() {
                let quoted = format!("\"{name}\"");
                let position = self.text.find(&quoted).map_or(0, |at| at + quoted.len() + 1);
                return Err(Problem::unknown_member(name, self.type_name(), name, position));
            }
        }
        Ok(accepted)
    }

    /// Complains of members that are needed and not there.
    pub(crate) fn required(&mut self, names: &[String], record: &Map<String, Value>) {
        let noun = self.noun();
        for name in names {
            let empty = match record.get(name) {
                None | Some(Value::Null) => true,
                Some(Value::String(text)) => text.trim().is_empty(),
                Some(Value::Array(items)) => items.is_empty(),
                Some(_) => false,
            };
            if empty {
                self.faults.push(Fault::missing(&noun, name));
            }
        }
    }

    /// All that was complained of.
    pub(crate) fn done(self) -> Result<(), Problem> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let noun = self.noun();
        let mut problem = Problem::invalid(&noun, self.faults);
        // A date that can't be read has a code of its own.
        if let Some(fault) = problem.errors.iter().find(|fault| fault.code == "UnsupportedFormat") {
            problem.code = fault.code.to_owned();
            problem.message = fault.message.clone();
        }
        Err(problem)
    }

    /// A value as it is stored.
    pub(crate) fn value(
        &mut self,
        node: &Value,
        member: Option<&Member>,
        value: &Value,
        path: &str,
    ) -> Result<Value, Problem> {
        if value.is_null() {
            return Ok(Value::Null);
        }
        let kinds: Vec<&str> = match node.get("type") {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        match (&kinds[..], value) {
            (["integer"], _) => self.integer(node, value, path),
            (["number"], _) => self.number(node, value, path),
            (["boolean"], Value::Bool(_)) => Ok(value.clone()),
            (["boolean"], Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            (["boolean"], Value::String(text)) if text.eq_ignore_ascii_case("false") => {
                Ok(Value::Bool(false))
            }
            (["boolean"], _) => Err(Problem::unconvertible(value, "System.Boolean", path)),
            (["string"], Value::String(text)) => self.text(node, text, path),
            (["string"], Value::Number(number)) => self.text(node, &number.to_string(), path),
            (["string"], _) => Err(Problem::unconvertible(value, "System.String", path)),
            (["array"], Value::Array(items)) => {
                let below = node.get("items").unwrap_or(&Value::Null);
                let member = match member {
                    Some(Member::List(item)) => Some(&**item),
                    _ => None,
                };
                let items = items.iter().enumerate();
                items.map(|(at, item)| self.value(below, member, item, &format!("{path}[{at}]"))).collect()
            }
            (["array"], _) => Err(Problem::unconvertible(value, "System.Collections.Generic.List", path)),
            (["object"], Value::Object(members)) => self.nested(node, member, members, path),
            (["object"], _) => {
                let name = match member {
                    Some(Member::Object(name)) => name,
                    _ => "Object",
                };
                Err(Problem::unconvertible(value, name, path))
            }
            _ => Ok(value.clone()),
        }
    }

    fn integer(&mut self, node: &Value, value: &Value, path: &str) -> Result<Value, Problem> {
        let whole = match value {
            Value::Number(number) => number.as_i64().or_else(|| {
                let float = number.as_f64()?;
                #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
                (float.fract() == 0.0 && float.abs() < 1e15).then_some(float as i64)
            }),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let whole = whole.ok_or_else(|| Problem::unconvertible(value, "System.Int32", path))?;
        #[expect(clippy::cast_precision_loss, reason = "only compared with a bound")]
        self.bounds(node, whole as f64, path);
        Ok(Value::from(whole))
    }

    fn number(&mut self, node: &Value, value: &Value, path: &str) -> Result<Value, Problem> {
        let number = match value {
            Value::Number(number) => Some((value.clone(), number.as_f64().unwrap_or_default())),
            Value::String(text) => text.trim().parse().ok().map(|number: f64| (Value::from(number), number)),
            _ => None,
        };
        let (value, number) = number.ok_or_else(|| Problem::unconvertible(value, "System.Decimal", path))?;
        self.bounds(node, number, path);
        Ok(value)
    }

    fn bounds(&mut self, node: &Value, number: f64, path: &str) {
        let bound = |name: &str| node.get(name).and_then(Value::as_f64);
        let (low, high) = (bound("minimum"), bound("maximum"));
        if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
            let noun = self.noun();
            let message = format!("The {path} field is out of range.");
            self.faults.push(Fault::new("OutOfRange", &noun, path, message));
        }
    }

    fn text(&mut self, node: &Value, text: &str, path: &str) -> Result<Value, Problem> {
        if let Some(choices) = node.get("enum").and_then(Value::as_array) {
            let choice =
                choices.iter().find(|choice| choice.as_str().is_some_and(|c| c.eq_ignore_ascii_case(text)));
            return match choice {
                Some(choice) => Ok(choice.clone()),
                None if text.is_empty() => Ok(Value::Null),
                None => Err(Problem::unconvertible(&Value::from(text), "enum", path)),
            };
        }
        let noun = self.noun();
        if node.get("format").is_some_and(|format| format == "date-time") && !text.is_empty() {
            return Ok(match clock::parse(text).filter(|_| clock::is_date(text)) {
                Some(moment) => Value::from(clock::text(moment)),
                None => {
                    let message =
                        format!("The {path} field must be a date in the format yyyy-MM-ddTHH:mm:ssZ.");
                    self.faults.push(Fault::new("UnsupportedFormat", &noun, path, message));
                    Value::Null
                }
            });
        }
        let most = node.get("maxLength").and_then(Value::as_u64).map_or(usize::MAX, |most| most as usize);
        if text.chars().count() > most {
            let message = format!("The field {path} must be a string with a maximum length of {most}.");
            self.faults.push(Fault::new("InvalidField", &noun, path, message));
        }
        Ok(Value::from(text))
    }

    fn nested(
        &mut self,
        node: &Value,
        member: Option<&Member>,
        members: &Map<String, Value>,
        path: &str,
    ) -> Result<Value, Problem> {
        let known = match member {
            Some(Member::Object(name)) => Some(resource(name)),
            _ => None,
        };
        let properties = node.get("properties").and_then(Value::as_object);
        let mut accepted = Map::new();
        for (name, value) in members {
            let path = format!("{path}.{name}");
            let below = known.and_then(|known| known.member(name));
            match properties.and_then(|properties| properties.get(name)) {
                Some(_) if is_custom_fields(name) => {
                    accepted.insert(name.clone(), listed(value, &path)?);
                }
                Some(node) => {
                    accepted.insert(name.clone(), self.value(node, below, value, &path)?);
                }
                None if properties.is_none()
                    || below.is_some()
                    || node.get("additionalProperties").is_some() =>
                {
                    if name != "_info" {
                        accepted.insert(name.clone(), value.clone());
                    }
                }
                None => {
                    let of = known.map_or("Object", |known| &known.name);
                    let quoted = format!("\"{name}\"");
                    let position = self.text.find(&quoted).map_or(0, |at| at + quoted.len() + 1);
                    return Err(Problem::unknown_member(name, of, &path, position));
                }
            }
        }
        Ok(Value::Object(accepted))
    }
}

/// A name with a small first letter.
pub(super) fn small(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect()
}
