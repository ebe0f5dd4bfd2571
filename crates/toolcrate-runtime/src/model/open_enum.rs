//! String enums with the values listed in the API description, and a variant for any other string, so values that the
//! API adds later are preserved when a record is read and written back.

/// A string enum that accepts unlisted values.
///
/// A type that implements it and calls [`impl_open_enum!`](crate::impl_open_enum!) gets serde's traits, `Debug`,
/// `Display`, `From<&str>` and `as_str`.
pub trait OpenEnum: Default {
    /// The serialized values, in variant order.
    const VALUES: &'static [&'static str];
    /// Returns the variant for `VALUES[index]`.
    fn from_index(index: usize) -> Self;
    /// Returns the variant for a value that isn't in `VALUES`.
    fn other(text: String) -> Self;
    /// Returns the index of the value in `VALUES`.
    ///
    /// # Errors
    /// Returns the value itself if it isn't in `VALUES`.
    fn index(&self) -> Result<usize, &str>;

    /// Returns the variant for a serialized value.
    fn from_value(value: &str) -> Self {
        match Self::VALUES.iter().position(|known| *known == value) {
            Some(index) => Self::from_index(index),
            None => Self::other(value.to_owned()),
        }
    }

    /// Returns the serialized value.
    fn to_value(&self) -> &str {
        match self.index() {
            Ok(index) => Self::VALUES.get(index).copied().unwrap_or_default(),
            Err(value) => value,
        }
    }
}

/// An [`OpenEnum`] of any type, for assignment.
pub trait OpenEnumMut {
    /// Assigns the variant for a serialized value.
    fn set(&mut self, value: &str);
}

impl<T: OpenEnum> OpenEnumMut for T {
    fn set(&mut self, value: &str) {
        *self = T::from_value(value);
    }
}
