//! Reads property names. A name that the model knows becomes the index of a field, and any other name is kept as text.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error, Visitor};

/// Reads a map key, borrowed if the input allows it: it is needed twice, but owned only once.
pub(super) struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value))
    }
}

/// A property name: the index of a model field, or a name unknown to the model.
pub(super) enum MemberName {
    Known(usize),
    Unknown(String),
}

/// Reads a property name and looks it up, starting at the field that is expected next.
pub(super) struct NameSeed {
    pub(super) names: &'static [&'static str],
    pub(super) next: usize,
}

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = MemberName;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<MemberName, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = MemberName;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    #[inline]
    fn visit_str<E: Error>(self, value: &str) -> Result<MemberName, E> {
        if self.names.get(self.next).is_some_and(|name| *name == value) {
            return Ok(MemberName::Known(self.next));
        }
        let (before, after) = self.names.split_at(self.next.min(self.names.len()));
        if let Some(index) = after.iter().position(|name| *name == value) {
            return Ok(MemberName::Known(before.len() + index));
        }
        Ok(match before.iter().position(|name| *name == value) {
            Some(index) => MemberName::Known(index),
            None => MemberName::Unknown(value.to_owned()),
        })
    }
}
