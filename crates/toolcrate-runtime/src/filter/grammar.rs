//! A parser for the API's condition grammar, written only from its description. Tests use it to parse compiled filters
//! and to evaluate conditions against records.

use serde_json::{Value, json};

/// A parsed condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Test { field: String, op: String, value: Value },
}

impl Condition {
    pub(super) fn test(field: &str, op: &str, value: Value) -> Self {
        Self::Test { field: field.to_owned(), op: op.to_owned(), value }
    }

    /// Returns true if the condition is true for a record with plain properties.
    pub(super) fn holds(&self, record: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(record)),
            Self::Test { field, op, value } => compare(&record[field], op, value),
        }
    }
}

/// Returns true if a comparison of a property with a value is true.
pub(super) fn compare(member: &Value, op: &str, value: &Value) -> bool {
    let order = || match (member, value) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    };
    let contains = || match (member.as_str(), value.as_str()) {
        (Some(text), Some(part)) => text.contains(part),
        _ => false,
    };
    let listed = || value.as_array().is_some_and(|values| values.contains(member));
    match op {
        "=" => member == value,
        "!=" => member != value,
        "<" => order().is_some_and(|order| order.is_lt()),
        "<=" => order().is_some_and(|order| order.is_le()),
        ">" => order().is_some_and(|order| order.is_gt()),
        ">=" => order().is_some_and(|order| order.is_ge()),
        "contains" => contains(),
        "not contains" => !contains(),
        "in" => listed(),
        "not in" => !listed(),
        other => panic!("no operator {other}"),
    }
}

/// Parses conditions; the error is the position of the first unexpected text.
pub(super) fn parse(text: &str) -> Result<Condition, usize> {
    let mut reader = Reader { text, at: 0 };
    let condition = reader.any().ok_or(reader.at)?;
    if reader.at == text.len() { Ok(condition) } else { Err(reader.at) }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn any(&mut self) -> Option<Condition> {
        let mut parts = vec![self.all()?];
        while self.take(" or ") {
            parts.push(self.all()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Option<Condition> {
        let mut parts = vec![self.one()?];
        while self.take(" and ") {
            parts.push(self.one()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    fn one(&mut self) -> Option<Condition> {
        if self.take("(") {
            let inner = self.any()?;
            return self.take(")").then_some(inner);
        }
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_');
        let end = self.rest().find(|c| !letters(c))?;
        let field = &self.rest()[..end];
        self.at += end;
        if field.is_empty() || !self.take(" ") {
            return None;
        }
        // Longer operators come first: "<=" isn't "<".
        let operators =
            ["not contains", "not like", "not in", "contains", "like", "in", "<=", ">=", "!=", "=", "<", ">"];
        let op = operators.into_iter().find(|op| self.take(&format!("{op} ")))?;
        let value =
            if op.ends_with("in") && !op.ends_with("contains") { self.list()? } else { self.literal()? };
        Some(Condition::test(field, op, value))
    }

    fn list(&mut self) -> Option<Value> {
        let mut values = Vec::new();
        if !self.take("(") {
            return None;
        }
        loop {
            values.push(self.literal()?);
            if self.take(")") {
                return Some(Value::Array(values));
            }
            if !self.take(", ") {
                return None;
            }
        }
    }

    fn literal(&mut self) -> Option<Value> {
        if self.take("\"") {
            return self.quoted().map(Value::from);
        }
        if self.take("[") {
            let end = self.rest().find(']')?;
            let date = &self.rest()[..end];
            self.at += end + 1;
            return Some(json!({ "date": date }));
        }
        let end = self.rest().find([' ', ')', ',']).unwrap_or(self.rest().len());
        let word = &self.rest()[..end];
        self.at += end;
        serde_json::from_str(word).ok()
    }

    fn quoted(&mut self) -> Option<String> {
        let mut value = String::new();
        let mut chars = self.rest().char_indices();
        loop {
            match chars.next()? {
                (_, '\\') => value.push(chars.next()?.1),
                (end, '"') => {
                    self.at += end + 1;
                    return Some(value);
                }
                (_, c) => value.push(c),
            }
        }
    }
}
