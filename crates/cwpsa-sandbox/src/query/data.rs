//! Records as queries see them, so that they can lie in memory in a form of their own and need not be copied
//! to be searched.

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::{self, Map};

use super::operand::Number;

/// A value of a record. JSON is one; another form of storage implements this.
pub trait Data: Sized {
    /// What it is.
    fn view(&self) -> View<'_, Self>;

    /// The name and value of an object's member by its number. Called most often with where the member was
    /// in the record before, so it should cost next to nothing.
    fn member(&self, number: usize) -> Option<(&str, &Self)>;

    /// The number of the member with this name; with `any_case`, of one that differs in letter case alone if
    /// there is none.
    fn position(&self, name: &str, any_case: bool) -> Option<usize>;
}

/// What a value is.
#[derive(Debug, PartialEq)]
pub enum View<'r, D> {
    /// Nothing; also a member that isn't there.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(&'r str),
    /// A list.
    List(&'r [D]),
    /// An object.
    Object(&'r D),
}

impl<D> Clone for View<'_, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for View<'_, D> {}

impl<D: Data> View<'_, D> {
    /// As JSON.
    pub(super) fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Bool(value),
            Self::Number(Number::Whole(value)) => Value::from(value),
            Self::Number(Number::Broken(value)) => Value::from(value),
            Self::Text(value) => Value::from(value),
            Self::List(items) => items.iter().map(|item| item.view().value()).collect(),
            Self::Object(object) => Value::Object(members(object).collect()),
        }
    }
}

/// The members of an object as JSON.
fn members<D: Data>(object: &D) -> impl Iterator<Item = (String, Value)> {
    (0..)
        .map_while(|number| object.member(number))
        .map(|(name, value)| (name.to_owned(), value.view().value()))
}

impl Data for Value {
    fn view(&self) -> View<'_, Self> {
        match self {
            Self::Null => View::Null,
            Self::Bool(value) => View::Boolean(*value),
            Self::Number(number) => View::Number(Number::from(number)),
            Self::String(text) => View::Text(text),
            Self::Array(items) => View::List(items),
            Self::Object(_) => View::Object(self),
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

impl From<&serde_json::Number> for Number {
    fn from(number: &serde_json::Number) -> Self {
        number.as_i64().map_or_else(|| Self::Broken(number.as_f64().unwrap_or_default()), Self::Whole)
    }
}
