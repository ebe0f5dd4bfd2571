//! Validates request bodies against the catalog: unknown fields, types, lengths, enum values and dates. Returns the
//! valid fields in the form in which they are stored.

use connectwise_psa::API;
use serde_json::{Map, Value};

use crate::api::{BodySchema, Member, Resource, resource};
use crate::connectwise::date;
use crate::connectwise::error::{ApiError, InvalidField};
use crate::connectwise::fields::{INFO, lower_first};
use crate::connectwise::messages::type_names;

/// Validates a request body and collects its invalid fields.
pub(crate) struct BodyValidator<'a> {
    pub(crate) shape: &'a BodySchema,
    pub(crate) resource: &'static Resource,
    /// The raw body, for positions in error messages.
    pub(crate) text: &'a str,
    pub(crate) invalid_fields: Vec<InvalidField>,
}

/// Returns true if a field contains custom fields. Tools accept them by caption, the API as a list.
fn is_custom_fields(name: &str) -> bool {
    API.custom_fields.as_ref().is_some_and(|fields| fields.member == name)
}

fn validate_custom_fields(value: &Value, path: &str) -> Result<Value, ApiError> {
    match value {
        Value::Array(_) | Value::Null => Ok(value.clone()),
        other => Err(ApiError::unconvertible(other, type_names::LIST, path)),
    }
}

/// Returns the fields of a body that must be an object.
pub(crate) fn expect_object(body: &Value, type_name: &str) -> Result<Map<String, Value>, ApiError> {
    match body {
        Value::Object(members) => Ok(members.clone()),
        other => Err(ApiError::unconvertible(other, type_name, "")),
    }
}

impl<'a> BodyValidator<'a> {
    pub(crate) fn new(shape: &'a BodySchema, resource: &'static Resource, text: &'a str) -> Self {
        Self { shape, resource, text, invalid_fields: Vec::new() }
    }

    /// Returns the noun for the record in messages: `contact`.
    pub(crate) fn noun(&self) -> String {
        lower_first(if self.resource.name.is_empty() { &self.shape.name } else { &self.resource.name })
    }

    fn type_name(&self) -> &str {
        if self.shape.name.is_empty() { &self.resource.name } else { &self.shape.name }
    }

    /// Validates the fields of a body. Server-computed fields are ignored, because callers send back what they
    /// read.
    pub(crate) fn fields(&mut self, body: &Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
        let mut accepted = Map::new();
        for (name, value) in body {
            if let Some(node) = self.shape.members.get(name) {
                if is_custom_fields(name) {
                    accepted.insert(name.clone(), validate_custom_fields(value, name)?);
                    continue;
                }
                let value = self.value(node, self.resource.member(name), value, name)?;
                accepted.insert(name.clone(), value);
            } else if self.resource.member(name).is_none() {
                let quoted = format!("\"{name}\"");
                let position = self.text.find(&quoted).map_or(0, |at| at + quoted.len() + 1);
                return Err(ApiError::unknown_field(name, self.type_name(), name, position));
            }
        }
        Ok(accepted)
    }

    /// Reports required fields that are missing or empty.
    pub(crate) fn require(&mut self, names: &[String], record: &Map<String, Value>) {
        let noun = self.noun();
        for name in names {
            let empty = match record.get(name) {
                None | Some(Value::Null) => true,
                Some(Value::String(text)) => text.trim().is_empty(),
                Some(Value::Array(items)) => items.is_empty(),
                Some(_) => false,
            };
            if empty {
                self.invalid_fields.push(InvalidField::missing(&noun, name));
            }
        }
    }

    /// Returns an error if any field is invalid.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        if self.invalid_fields.is_empty() {
            return Ok(());
        }
        Err(ApiError::invalid(&self.noun(), self.invalid_fields))
    }

    /// Validates a value and returns it as stored.
    pub(crate) fn value(
        &mut self,
        node: &Value,
        member: Option<&Member>,
        value: &Value,
        path: &str,
    ) -> Result<Value, ApiError> {
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
            (["boolean"], _) => Err(ApiError::unconvertible(value, type_names::BOOLEAN, path)),
            (["string"], Value::String(text)) => self.string(node, text, path),
            (["string"], Value::Number(number)) => self.string(node, &number.to_string(), path),
            (["string"], _) => Err(ApiError::unconvertible(value, type_names::STRING, path)),
            (["array"], Value::Array(items)) => {
                let below = node.get("items").unwrap_or(&Value::Null);
                let member = match member {
                    Some(Member::List(item)) => Some(&**item),
                    _ => None,
                };
                let items = items.iter().enumerate();
                items.map(|(at, item)| self.value(below, member, item, &format!("{path}[{at}]"))).collect()
            }
            (["array"], _) => Err(ApiError::unconvertible(value, type_names::LIST, path)),
            (["object"], Value::Object(members)) => self.nested(node, member, members, path),
            (["object"], _) => {
                let name = match member {
                    Some(Member::Object(name)) => name,
                    _ => type_names::OBJECT,
                };
                Err(ApiError::unconvertible(value, name, path))
            }
            _ => Ok(value.clone()),
        }
    }

    fn integer(&mut self, node: &Value, value: &Value, path: &str) -> Result<Value, ApiError> {
        let whole = match value {
            Value::Number(number) => number.as_i64().or_else(|| {
                let float = number.as_f64()?;
                #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
                (float.fract() == 0.0 && float.abs() < 1e15).then_some(float as i64)
            }),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let whole = whole.ok_or_else(|| ApiError::unconvertible(value, type_names::INTEGER, path))?;
        #[expect(clippy::cast_precision_loss, reason = "only compared with a bound")]
        self.bounds(node, whole as f64, path);
        Ok(Value::from(whole))
    }

    fn number(&mut self, node: &Value, value: &Value, path: &str) -> Result<Value, ApiError> {
        let number = match value {
            Value::Number(number) => Some((value.clone(), number.as_f64().unwrap_or_default())),
            Value::String(text) => text.trim().parse().ok().map(|number: f64| (Value::from(number), number)),
            _ => None,
        };
        let (value, number) =
            number.ok_or_else(|| ApiError::unconvertible(value, type_names::DECIMAL, path))?;
        self.bounds(node, number, path);
        Ok(value)
    }

    fn bounds(&mut self, node: &Value, number: f64, path: &str) {
        let bound = |name: &str| node.get(name).and_then(Value::as_f64);
        let (low, high) = (bound("minimum"), bound("maximum"));
        if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
            let noun = self.noun();
            self.invalid_fields.push(InvalidField::out_of_range(&noun, path));
        }
    }

    fn string(&mut self, node: &Value, text: &str, path: &str) -> Result<Value, ApiError> {
        if let Some(choices) = node.get("enum").and_then(Value::as_array) {
            let choice =
                choices.iter().find(|choice| choice.as_str().is_some_and(|c| c.eq_ignore_ascii_case(text)));
            return match choice {
                Some(choice) => Ok(choice.clone()),
                None if text.is_empty() => Ok(Value::Null),
                None => Err(ApiError::unconvertible(&Value::from(text), type_names::ENUM, path)),
            };
        }
        let noun = self.noun();
        if node.get("format").is_some_and(|format| format == "date-time") && !text.is_empty() {
            return Ok(match date::parse(text).filter(|_| date::is_valid(text)) {
                Some(moment) => Value::from(date::format(moment)),
                None => {
                    self.invalid_fields.push(InvalidField::invalid_date(&noun, path));
                    Value::Null
                }
            });
        }
        let max_length = node.get("maxLength").and_then(Value::as_u64).map_or(usize::MAX, |max| max as usize);
        if text.chars().count() > max_length {
            self.invalid_fields.push(InvalidField::too_long(&noun, path, max_length));
        }
        Ok(Value::from(text))
    }

    fn nested(
        &mut self,
        node: &Value,
        member: Option<&Member>,
        members: &Map<String, Value>,
        path: &str,
    ) -> Result<Value, ApiError> {
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
                    accepted.insert(name.clone(), validate_custom_fields(value, &path)?);
                }
                Some(node) => {
                    accepted.insert(name.clone(), self.value(node, below, value, &path)?);
                }
                None if properties.is_none()
                    || below.is_some()
                    || node.get("additionalProperties").is_some() =>
                {
                    if name != INFO {
                        accepted.insert(name.clone(), value.clone());
                    }
                }
                None => {
                    let type_name = known.map_or(type_names::OBJECT, |known| &known.name);
                    let quoted = format!("\"{name}\"");
                    let position = self.text.find(&quoted).map_or(0, |at| at + quoted.len() + 1);
                    return Err(ApiError::unknown_field(name, type_name, &path, position));
                }
            }
        }
        Ok(Value::Object(accepted))
    }
}
