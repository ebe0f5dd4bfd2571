//! The macros that tie a generated type to the shared reader and writer, one line a type.

/// Implements serde's traits, `Debug`, `PartialEq` and this crate's traits for a type that is a
/// [`Table`](crate::Table), `Clone` and `Default`.
#[macro_export]
macro_rules! table {
    ($name:ident) => {
        impl $crate::Field for $name {
            fn place(&mut self) -> $crate::Place<'_> {
                $crate::Place::Object(self)
            }
            fn look(&self) -> $crate::Look<'_> {
                $crate::Look::Object(self)
            }
        }
        impl ::std::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::equal(self, other)
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let mut value = <Self as ::std::default::Default>::default();
                $crate::decode(deserializer, $crate::Place::Object(&mut value))?;
                ::std::result::Result::Ok(value)
            }
        }
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::encode_table(self, serializer)
            }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::debug(::std::stringify!($name), self, f)
            }
        }
    };
}

/// Implements serde's traits, `Debug`, `Display`, `From<&str>`, `as_str` and this crate's traits for a type
/// that is a [`Choice`](crate::Choice), `Clone` and `Default`.
#[macro_export]
macro_rules! choice {
    ($name:ident) => {
        impl $name {
            /// The wire text.
            pub fn as_str(&self) -> &str {
                $crate::Choice::text(self)
            }
        }
        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                $crate::Choice::from_text(text)
            }
        }
        impl $crate::Field for $name {
            fn place(&mut self) -> $crate::Place<'_> {
                $crate::Place::Choice(self)
            }
            fn look(&self) -> $crate::Look<'_> {
                $crate::Look::Text(self.as_str())
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let mut value = <Self as ::std::default::Default>::default();
                $crate::decode(deserializer, $crate::Place::Choice(&mut value))?;
                ::std::result::Result::Ok(value)
            }
        }
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self.as_str(), f)
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
