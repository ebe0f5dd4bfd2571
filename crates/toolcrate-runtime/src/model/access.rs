//! Provides access to a model's fields by index: the traits that generated types implement, and the values that the
//! fields are read and written through.

use serde_json::Value;

use super::open_enum::OpenEnumMut;
use crate::unknown_fields::UnknownFields;
use crate::value::{Date, Number, Timestamp};

/// A struct whose fields can be read and written by index.
///
/// A type that implements it and calls [`impl_model!`](crate::impl_model!) gets serde's traits. Indexes range from 0 to
/// `field_names().len() - 1`; for any other index, `field_mut` and `field` return the last field.
pub trait ModelFields {
    /// Returns the names of the fields in JSON, in the order in which they are written.
    fn field_names(&self) -> &'static [&'static str];
    /// Returns the field with this index for writing.
    fn field_mut(&mut self, index: usize) -> FieldMut<'_>;
    /// Returns the field with this index for reading.
    fn field(&self, index: usize) -> FieldRef<'_>;
    /// Returns the fields unknown to the model.
    fn unknown_fields(&self) -> &UnknownFields;
    /// Returns the fields unknown to the model, for modification.
    fn unknown_fields_mut(&mut self) -> &mut UnknownFields;
    /// Returns the server-computed fields, which aren't sent.
    fn server_fields(&self) -> ServerFields {
        ServerFields { in_body: &[], in_part: &[] }
    }
}

/// The indexes of server-computed fields, regardless of what a caller sends.
#[derive(Clone, Copy)]
pub struct ServerFields {
    /// The fields that aren't sent if the model is a request body.
    pub in_body: &'static [usize],
    /// The fields that aren't sent if the model is part of a body.
    pub in_part: &'static [usize],
}

/// A field for writing. `None` is an absent field.
pub enum FieldMut<'a> {
    /// A Boolean.
    Boolean(&'a mut Option<bool>),
    /// A 32-bit integer.
    Integer(&'a mut Option<i32>),
    /// A 64-bit integer.
    Long(&'a mut Option<i64>),
    /// A number.
    Number(&'a mut Option<Number>),
    /// A string.
    Text(&'a mut Option<String>),
    /// A date with a time.
    Timestamp(&'a mut Option<Timestamp>),
    /// A value of any other type: an object, an open enum, a list, a map or arbitrary JSON.
    Other(&'a mut dyn OptionalValue),
}

impl<'a> FieldMut<'a> {
    /// Replaces the value with its type's default and returns it to be filled.
    #[inline]
    pub fn insert_default(self) -> ValueMut<'a> {
        match self {
            Self::Boolean(field) => ValueMut::Boolean(field.insert(false)),
            Self::Integer(field) => ValueMut::Integer(field.insert(0)),
            Self::Long(field) => ValueMut::Long(field.insert(0)),
            Self::Number(field) => ValueMut::Number(field.insert(Number::default())),
            Self::Text(field) => ValueMut::Text(field.insert(String::new())),
            Self::Timestamp(field) => ValueMut::Timestamp(field.insert(Timestamp::UNIX_EPOCH)),
            Self::Other(field) => field.insert_default(),
        }
    }

    /// Makes the field absent.
    pub fn clear(self) {
        match self {
            Self::Boolean(field) => *field = None,
            Self::Integer(field) => *field = None,
            Self::Long(field) => *field = None,
            Self::Number(field) => *field = None,
            Self::Text(field) => *field = None,
            Self::Timestamp(field) => *field = None,
            Self::Other(field) => field.clear(),
        }
    }
}

/// A field for reading. `None` is an absent field.
pub enum FieldRef<'a> {
    /// A Boolean.
    Boolean(Option<bool>),
    /// A 32-bit integer.
    Integer(Option<i32>),
    /// A 64-bit integer.
    Long(Option<i64>),
    /// A number.
    Number(Option<Number>),
    /// A string.
    Text(&'a Option<String>),
    /// A date with a time.
    Timestamp(Option<Timestamp>),
    /// A value of any other type: an object, an open enum, a list, a map or arbitrary JSON.
    Other(&'a dyn OptionalValue),
}

impl<'a> FieldRef<'a> {
    /// Returns the value, or `None` if the field is absent.
    pub fn get(self) -> Option<ValueRef<'a>> {
        match self {
            Self::Boolean(value) => value.map(ValueRef::Boolean),
            Self::Integer(value) => value.map(ValueRef::Integer),
            Self::Long(value) => value.map(ValueRef::Long),
            Self::Number(value) => value.map(ValueRef::Number),
            Self::Text(value) => value.as_deref().map(ValueRef::Text),
            Self::Timestamp(value) => value.map(ValueRef::Timestamp),
            Self::Other(value) => value.get(),
        }
    }
}

/// An optional field whose type has no [`FieldMut`] variant. `Option<T>` implements it for every [`ModelValue`].
pub trait OptionalValue {
    /// Replaces the value with the default and returns it to be filled.
    fn insert_default(&mut self) -> ValueMut<'_>;
    /// Makes the field absent.
    fn clear(&mut self);
    /// Returns the value, or `None` if the field is absent.
    fn get(&self) -> Option<ValueRef<'_>>;
}

impl<T: ModelValue> OptionalValue for Option<T> {
    fn insert_default(&mut self) -> ValueMut<'_> {
        self.insert(T::default()).value_mut()
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn get(&self) -> Option<ValueRef<'_>> {
        self.as_ref().map(ModelValue::value_ref)
    }
}

/// A type that a model can contain: as a field, in a list or in a map.
///
/// [`impl_model!`](crate::impl_model!) and [`impl_open_enum!`](crate::impl_open_enum!) implement it for generated
/// types; this crate implements it for the scalars, `String`, `Value`, `Box`, `Vec` and `BTreeMap`.
pub trait ModelValue: Default {
    /// Returns the value to be filled.
    fn value_mut(&mut self) -> ValueMut<'_>;
    /// Returns the value for reading.
    fn value_ref(&self) -> ValueRef<'_>;
}

/// An existing value to be filled from JSON.
pub enum ValueMut<'a> {
    /// A Boolean.
    Boolean(&'a mut bool),
    /// A 32-bit integer.
    Integer(&'a mut i32),
    /// A 64-bit integer.
    Long(&'a mut i64),
    /// A 64-bit unsigned integer.
    Unsigned(&'a mut u64),
    /// A number.
    Number(&'a mut Number),
    /// A string.
    Text(&'a mut String),
    /// A date with a time.
    Timestamp(&'a mut Timestamp),
    /// A date.
    Date(&'a mut Date),
    /// A string with known values.
    OpenEnum(&'a mut dyn OpenEnumMut),
    /// An object.
    Object(&'a mut dyn ModelFields),
    /// A list.
    List(&'a mut dyn ListValue),
    /// An object with arbitrary keys.
    Map(&'a mut dyn MapValue),
    /// Arbitrary JSON.
    Any(&'a mut Value),
    /// A value with one of several types.
    Union(&'a mut dyn UnionValue),
}

/// A value with one of several types.
pub trait UnionValue {
    /// Sets the value. An object of an unknown type is kept unchanged.
    fn set(&mut self, value: Value);
}

/// A value to be written as JSON.
#[derive(Clone, Copy)]
pub enum ValueRef<'a> {
    /// A Boolean.
    Boolean(bool),
    /// A 32-bit integer.
    Integer(i32),
    /// A 64-bit integer.
    Long(i64),
    /// A 64-bit unsigned integer.
    Unsigned(u64),
    /// A number; a value that JSON can't represent (infinity, NaN) is written as `null`.
    Number(Number),
    /// A string.
    Text(&'a str),
    /// A date with a time.
    Timestamp(Timestamp),
    /// A date.
    Date(Date),
    /// An object.
    Object(&'a dyn ModelFields),
    /// A list.
    List(&'a dyn ListValue),
    /// An object with arbitrary keys.
    Map(&'a dyn MapValue),
    /// Arbitrary JSON.
    Any(&'a Value),
}

/// A list whose items have the same type.
pub trait ListValue {
    /// Appends a default item and returns it to be filled.
    fn push(&mut self) -> ValueMut<'_>;
    /// Removes the last item.
    fn pop(&mut self);
    /// Returns the number of items.
    fn len(&self) -> usize;
    /// Returns true if and only if there are no items.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Returns the item at this index, or `None` past the end.
    fn item(&self, index: usize) -> Option<ValueRef<'_>>;
}

/// A map from strings to values of one type.
pub trait MapValue {
    /// Sets `key` to a default value, replacing any existing one, and returns it to be filled.
    fn put(&mut self, key: &str) -> ValueMut<'_>;
    /// Removes an entry.
    fn remove(&mut self, key: &str);
    /// Returns all entries.
    fn entries(&self) -> Box<dyn Iterator<Item = (&str, ValueRef<'_>)> + '_>;
}
