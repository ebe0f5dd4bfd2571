//! Values that can be part of a URL.

use std::borrow::Cow;

use crate::model::OpenEnum;

/// A single value that can be used in a path, a query or a header: a scalar, a string or an open enum.
pub trait PathValue {
    /// Returns the value as text, not yet encoded.
    fn to_text(&self) -> Cow<'_, str>;
}

macro_rules! displayed {
    ($($type:ty),*) => {$(
        impl PathValue for $type {
            fn to_text(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }
    )*};
}

displayed!(bool, i32, i64, u32, u64, f64);

impl PathValue for str {
    fn to_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl PathValue for String {
    fn to_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl PathValue for &str {
    fn to_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl PathValue for &String {
    fn to_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl<T: OpenEnum> PathValue for T {
    fn to_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.to_value())
    }
}
