//! Enums over text: the values that the description of an API lists, and a variant that keeps any other
//! text, so that a value added by the server later survives a round trip.

/// An enum over text.
///
/// Implement it, call [`choice!`](crate::choice!) with the type's name, and the type has serde's traits,
/// `Debug`, `Display`, `From<&str>` and `as_str`.
pub trait Choice: Default {
    /// The wire texts, in the order of the variants.
    const VALUES: &'static [&'static str];
    /// The variant for `VALUES[index]`.
    fn from_index(index: usize) -> Self;
    /// The variant for a text that is not in `VALUES`.
    fn other(text: String) -> Self;
    /// The number of the variant, or the text of one that is not in `VALUES`.
    ///
    /// # Errors
    /// The text, if it is not in `VALUES`.
    fn index(&self) -> Result<usize, &str>;

    /// The variant for a wire text.
    fn from_text(text: &str) -> Self {
        match Self::VALUES.iter().position(|value| *value == text) {
            Some(index) => Self::from_index(index),
            None => Self::other(text.to_owned()),
        }
    }

    /// The wire text.
    fn text(&self) -> &str {
        match self.index() {
            Ok(index) => Self::VALUES.get(index).copied().unwrap_or_default(),
            Err(text) => text,
        }
    }
}

/// A [`Choice`] of whatever type, to be filled.
pub trait AnyChoice {
    /// Takes the value that has this wire text.
    fn set(&mut self, text: &str);
}

impl<T: Choice> AnyChoice for T {
    fn set(&mut self, text: &str) {
        *self = T::from_text(text);
    }
}
