//! The macro that connects a generated union to the shared serialization code.

/// Implements serde's traits, `Debug`, `Default`, `PartialEq`, `From` for each variant's content and this crate's
/// traits for an enum whose variants are the possible types of a value. Each variant is listed with the type that it
/// contains, the type from which it is created, and the `VariantTest` that recognizes it. Any other value is kept in
/// `Other`.
#[macro_export]
macro_rules! impl_union {
    ($name:ident, $($variant:ident($held:ty, $content:ty) = $test:expr),+ $(,)?) => {
        impl ::std::default::Default for $name {
            fn default() -> Self {
                Self::Other($crate::Value::Null)
            }
        }
        impl $crate::__private::UnionValue for $name {
            fn set(&mut self, value: $crate::Value) {
                *self = $(
                    if $test.accepts(&value) {
                        match <$content as $crate::serde::Deserialize>::deserialize(&value) {
                            ::std::result::Result::Ok(content) => Self::$variant(<$held>::from(content)),
                            ::std::result::Result::Err(_) => Self::Other(value),
                        }
                    } else
                )+ {
                    Self::Other(value)
                };
            }
        }
        impl $crate::__private::ModelValue for $name {
            fn value_mut(&mut self) -> $crate::__private::ValueMut<'_> {
                $crate::__private::ValueMut::Union(self)
            }
            fn value_ref(&self) -> $crate::__private::ValueRef<'_> {
                match self {
                    $(Self::$variant(content) => $crate::__private::ModelValue::value_ref(content),)+
                    Self::Other(value) => $crate::__private::ValueRef::Any(value),
                }
            }
        }
        impl ::std::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::__private::ModelValue::value_ref(self) == $crate::__private::ModelValue::value_ref(other)
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let mut value = <Self as ::std::default::Default>::default();
                $crate::__private::deserialize_into(
                    deserializer,
                    $crate::__private::ValueMut::Union(&mut value),
                )?;
                ::std::result::Result::Ok(value)
            }
        }
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::serde::Serialize::serialize(&$crate::__private::ModelValue::value_ref(self), serializer)
            }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant(content) => {
                        f.debug_tuple(::std::stringify!($variant)).field(content).finish()
                    })+
                    Self::Other(value) => f.debug_tuple("Other").field(value).finish(),
                }
            }
        }
        $(
            /// Sets the property that names the variant, unless it is already set.
            impl ::std::convert::From<$content> for $name {
                fn from(content: $content) -> Self {
                    Self::$variant(<$held>::from($crate::__private::complete(content, &$test)))
                }
            }
        )+
    };
}
