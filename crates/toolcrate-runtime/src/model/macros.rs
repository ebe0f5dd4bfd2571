//! Macros that connect generated types to the shared serialization code, with one line per type.

/// Implements serde's traits, `Debug`, `PartialEq` and this crate's traits for a type that implements `ModelFields`,
/// `Clone` and `Default`.
#[macro_export]
macro_rules! impl_model {
    ($name:ident) => {
        impl $crate::__private::ModelValue for $name {
            fn value_mut(&mut self) -> $crate::__private::ValueMut<'_> {
                $crate::__private::ValueMut::Object(self)
            }
            fn value_ref(&self) -> $crate::__private::ValueRef<'_> {
                $crate::__private::ValueRef::Object(self)
            }
        }
        impl ::std::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::__private::fields_equal(self, other)
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let mut value = <Self as ::std::default::Default>::default();
                $crate::__private::deserialize_into(
                    deserializer,
                    $crate::__private::ValueMut::Object(&mut value),
                )?;
                ::std::result::Result::Ok(value)
            }
        }
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::__private::serialize_fields(self, serializer)
            }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::__private::fmt_debug(::std::stringify!($name), self, f)
            }
        }
    };
}

/// Makes a model a reference to another record: from its ID, and by constructors named after its other identifying
/// fields. A reference without any fields is absent.
#[macro_export]
macro_rules! impl_reference {
    ($name:ident, [$($id:ty),*], [$($key:ident),*]) => {
        $(
            /// Refers to the record with this ID.
            impl ::std::convert::From<$id> for $name {
                fn from(id: $id) -> Self {
                    Self { id: ::std::option::Option::Some(id.into()), ..Self::default() }
                }
            }
        )*
        impl $name {
            $(
                #[doc = ::std::concat!("References the record with this ", ::std::stringify!($key), ".")]
                pub fn $key(value: impl ::std::convert::Into<::std::string::String>) -> Self {
                    Self { $key: ::std::option::Option::Some(value.into()), ..Self::default() }
                }
            )*
            /// Returns true if and only if this doesn't refer to a record.
            pub fn is_empty(&self) -> bool {
                $crate::__private::fields_absent(self)
            }
        }
        impl $crate::__private::OptionalValue for $name {
            fn insert_default(&mut self) -> $crate::__private::ValueMut<'_> {
                *self = Self::default();
                $crate::__private::ValueMut::Object(self)
            }
            fn clear(&mut self) {
                *self = Self::default();
            }
            fn get(&self) -> ::std::option::Option<$crate::__private::ValueRef<'_>> {
                (!self.is_empty()).then(|| $crate::__private::ValueRef::Object(self))
            }
        }
        impl $crate::OptionalField for $name {
            type Value = Self;
            fn assign(&mut self, value: Self) {
                *self = value;
            }
        }
    };
}

/// Implements serde's traits, `Debug`, `Display`, `From<&str>`, `as_str` and this crate's traits for a type that
/// implements [`OpenEnum`](crate::OpenEnum), `Clone` and `Default`.
#[macro_export]
macro_rules! impl_open_enum {
    ($name:ident) => {
        impl $name {
            /// Returns the value as the API spells it.
            pub fn as_str(&self) -> &str {
                $crate::OpenEnum::to_value(self)
            }
        }
        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                $crate::OpenEnum::from_value(value)
            }
        }
        impl $crate::__private::ModelValue for $name {
            fn value_mut(&mut self) -> $crate::__private::ValueMut<'_> {
                $crate::__private::ValueMut::OpenEnum(self)
            }
            fn value_ref(&self) -> $crate::__private::ValueRef<'_> {
                $crate::__private::ValueRef::Text(self.as_str())
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let mut value = <Self as ::std::default::Default>::default();
                $crate::__private::deserialize_into(
                    deserializer,
                    $crate::__private::ValueMut::OpenEnum(&mut value),
                )?;
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
