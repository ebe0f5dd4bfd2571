//! Values that travel in an address: in the path as one segment, in the query as one pair or, for lists, as
//! one pair an item.

use std::borrow::Cow;

use crate::{Choice, QueryPairs};

/// A single value: a scalar, text, or a choice. It can stand in a path and in a query.
pub trait PathValue {
    /// The value as text, not yet encoded.
    fn text(&self) -> Cow<'_, str>;
}

macro_rules! displayed {
    ($($type:ty),*) => {$(
        impl PathValue for $type {
            fn text(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }
    )*};
}

displayed!(bool, i32, i64, u32, u64, f64);

impl PathValue for str {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl PathValue for String {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl PathValue for &str {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl PathValue for &String {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl<T: Choice> PathValue for T {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(Choice::text(self))
    }
}

/// A value of a query parameter.
pub trait ParameterValue {
    /// Adds the value's pairs.
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs);
}

impl<T: PathValue> ParameterValue for T {
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs) {
        pairs.push_text(name, self.text().into_owned());
    }
}

impl<T: PathValue> ParameterValue for Vec<T> {
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs) {
        self.as_slice().write(name, pairs);
    }
}

impl<T: PathValue> ParameterValue for &[T] {
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs) {
        for item in *self {
            item.write(name.clone(), pairs);
        }
    }
}

impl<T: PathValue> ParameterValue for &Vec<T> {
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs) {
        self.as_slice().write(name, pairs);
    }
}
