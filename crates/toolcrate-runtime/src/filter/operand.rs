//! The values that typed filters compare fields with.

use std::time::SystemTime;

use time::OffsetDateTime;

use super::write::quoted;
use crate::date;
use crate::model::OpenEnum;
use crate::value::{Date, Number, Timestamp};

/// A value with which a field is compared: a string, a number, a Boolean, an open enum, or a time.
///
/// It is written in the API's grammar when the request is sent, quoted so that it can't change the query.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterOperand(pub(super) ComparedValue);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ComparedValue {
    Null,
    Boolean(bool),
    Integer(i128),
    Number(f64),
    Text(String),
    /// A date or time in the API's format; `None` if it can't be represented.
    Date(Option<String>),
    List(Vec<ComparedValue>),
}

/// The contents of a field, as far as its type determines them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FilterValueKind {
    Boolean,
    Integer,
    Number,
    Text,
    Date,
    /// An object, which is compared by its identifying fields.
    Object,
    /// A value of any kind.
    Any,
}

impl ComparedValue {
    /// Returns the value as a literal for a field of this kind.
    ///
    /// # Errors
    /// Returns what was expected.
    pub(super) fn to_literal(&self, kind: FilterValueKind, is_order: bool) -> Result<String, String> {
        let expected = match (kind, self) {
            (_, Self::Null) => return Ok("null".to_owned()),
            (_, Self::List(_)) => "a single value",
            (_, Self::Date(None)) => "a date with a year from 0 to 9999",
            (FilterValueKind::Boolean | FilterValueKind::Any, Self::Boolean(value)) => {
                return Ok(value.to_string());
            }
            (FilterValueKind::Boolean, _) => "true or false",
            (
                FilterValueKind::Integer | FilterValueKind::Number | FilterValueKind::Any,
                Self::Integer(value),
            ) => {
                return Ok(value.to_string());
            }
            (FilterValueKind::Integer, Self::Number(value)) if value.fract() == 0.0 && value.abs() < 9e15 => {
                return Ok(format!("{value:.0}"));
            }
            (FilterValueKind::Integer, _) => "an integer",
            (FilterValueKind::Number | FilterValueKind::Any, Self::Number(value)) if value.is_finite() => {
                return Ok(value.to_string());
            }
            (FilterValueKind::Number, _) => "a number",
            (
                FilterValueKind::Text | FilterValueKind::Date | FilterValueKind::Any,
                Self::Date(Some(date)),
            ) => {
                return Ok(format!("[{date}]"));
            }
            (FilterValueKind::Date, Self::Text(text)) => match date::utc_seconds(text) {
                Some(date) => return Ok(format!("[{date}]")),
                None => "a date such as 2025-01-31 or 2025-01-31T08:00:00Z",
            },
            (FilterValueKind::Date, _) => "a date such as 2025-01-31 or 2025-01-31T08:00:00Z",
            // Specs often declare dates as plain text; a value that is compared by order and looks like a date
            // is one.
            (FilterValueKind::Text | FilterValueKind::Any, Self::Text(text)) if is_order => {
                match date::utc_seconds(text) {
                    Some(date) => return Ok(format!("[{date}]")),
                    None if kind == FilterValueKind::Any => return Ok(quoted(text)),
                    None => "a date, because only dates in text fields can be ordered",
                }
            }
            (FilterValueKind::Text | FilterValueKind::Any, Self::Text(text)) => return Ok(quoted(text)),
            (FilterValueKind::Text, _) => "a string",
            (FilterValueKind::Object, _) => "one of its fields instead of the object",
            (FilterValueKind::Any, Self::Number(_)) => "a finite number",
        };
        Err(format!("expected {expected}, got {}", self.shown()))
    }

    /// Returns the value for a message.
    fn shown(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(text) => quoted(&crate::text::bounded(text, 60)),
            Self::Date(Some(date)) => date.clone(),
            Self::Date(None) => "a date that is out of range".to_owned(),
            Self::List(_) => "a list".to_owned(),
        }
    }
}

macro_rules! operand {
    ($variant:ident: $($type:ty),*) => {$(
        impl From<$type> for FilterOperand {
            fn from(value: $type) -> Self {
                Self(ComparedValue::$variant(value.into()))
            }
        }
    )*};
}

operand!(Boolean: bool);
operand!(Integer: i32, i64, u32, u64);
operand!(Number: f32, f64);
operand!(Text: &str, String, &String);

impl From<SystemTime> for FilterOperand {
    fn from(time: SystemTime) -> Self {
        Self(ComparedValue::Date(date::write(OffsetDateTime::from(time))))
    }
}

impl From<Timestamp> for FilterOperand {
    fn from(time: Timestamp) -> Self {
        // Dates only exist for the years 0 to 9999.
        Self(ComparedValue::Date(time.date().map(|_| time.to_string())))
    }
}

impl From<Date> for FilterOperand {
    fn from(date: Date) -> Self {
        Timestamp::from(date).into()
    }
}

impl From<Number> for FilterOperand {
    fn from(number: Number) -> Self {
        match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64().into(),
        }
    }
}

impl<T: OpenEnum> From<T> for FilterOperand {
    fn from(value: T) -> Self {
        Self(ComparedValue::Text(value.to_value().to_owned()))
    }
}
