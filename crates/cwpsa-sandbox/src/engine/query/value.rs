//! The interface through which queries read records, so records in any in-memory form can be searched without being
//! converted.

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::Map;

use super::number::QueryNumber;

/// A record's value. Implemented by JSON, and by other in-memory forms.
pub trait QueryValue: Sized {
    /// Returns a view of the value.
    fn view(&self) -> ValueView<'_, Self>;

    /// Returns the name and value of the object field at a position. This should be cheap, because it is
    /// mostly called with the field's position in the previous record.
    fn member(&self, number: usize) -> Option<(&str, &Self)>;

    /// Returns the position of the field with this name; with `any_case`, also of one that differs only in
    /// case if there is no exact match.
    fn position(&self, name: &str, any_case: bool) -> Option<usize>;
}

/// A view of a value.
#[derive(Debug, PartialEq)]
pub enum ValueView<'r, D> {
    /// Null, or a missing field.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(QueryNumber),
    /// Text.
    Text(&'r str),
    /// A list.
    List(&'r [D]),
    /// An object.
    Object(&'r D),
}

impl<D> Clone for ValueView<'_, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for ValueView<'_, D> {}

impl<D: QueryValue> ValueView<'_, D> {
    /// Converts to JSON.
    pub(super) fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Bool(value),
            Self::Number(QueryNumber::Integer(value)) => Value::from(value),
            Self::Number(QueryNumber::Float(value)) => Value::from(value),
            Self::Text(value) => Value::from(value),
            Self::List(items) => items.iter().map(|item| item.view().value()).collect(),
            Self::Object(object) => Value::Object(members(object).collect()),
        }
    }
}

/// Returns the fields of an object as JSON.
fn members<D: QueryValue>(object: &D) -> impl Iterator<Item = (String, Value)> {
    (0..)
        .map_while(|number| object.member(number))
        .map(|(name, value)| (name.to_owned(), value.view().value()))
}

impl QueryValue for Value {
    fn view(&self) -> ValueView<'_, Self> {
        match self {
            Self::Null => ValueView::Null,
            Self::Bool(value) => ValueView::Boolean(*value),
            Self::Number(number) => ValueView::Number(QueryNumber::from(number)),
            Self::String(text) => ValueView::Text(text),
            Self::Array(items) => ValueView::List(items),
            Self::Object(_) => ValueView::Object(self),
        }
    }

    fn member(&self, number: usize) -> Option<(&str, &Self)> {
        let (name, value) = self.as_object()?.iter().nth(number)?;
        Some((name, value))
    }

    fn position(&self, name: &str, any_case: bool) -> Option<usize> {
        let members: &Map<String, Self> = self.as_object()?;
        if members.contains_key(name) {
            return members.keys().position(|known| known == name);
        }
        if any_case { members.keys().position(|known| known.eq_ignore_ascii_case(name)) } else { None }
    }
}
