//! Selects record fields by closure, which lets the compiler check their names and types.

use serde_json::Value;

use super::access::{FieldMut, ModelFields};

/// A field of a record that may be absent: an `Option`, or a reference to another record.
pub trait OptionalField {
    /// The type of the field's value.
    type Value;
    /// Sets the field.
    fn assign(&mut self, value: Self::Value);
}

impl<T> OptionalField for Option<T> {
    type Value = T;

    fn assign(&mut self, value: T) {
        *self = Some(value);
    }
}

/// Sets fields of a record to null. A field that is `None` isn't sent, which leaves it to the server; a null clears it.
///
/// This trait is implemented for every model.
pub trait SetNull: ModelFields + Sized {
    /// Sets the field that `field` returns to null, as in `order.set_null(|order| &mut order.po_number)`.
    ///
    /// # Panics
    /// Panics if `field` returns anything but a field of the record.
    fn set_null<F>(&mut self, field: impl FnOnce(&mut Self) -> &mut F);
}

impl<T: ModelFields> SetNull for T {
    fn set_null<F>(&mut self, field: impl FnOnce(&mut Self) -> &mut F) {
        let index = field_index(self, field);
        self.field_mut(index).clear();
        let name = self.field_names()[index];
        self.unknown_fields_mut().insert(name, Value::Null);
    }
}

/// Returns the index of the field that `field` returns.
///
/// # Panics
/// Panics if it isn't a field of the record.
pub(crate) fn field_index<T: ModelFields, F>(record: &mut T, field: impl FnOnce(&mut T) -> &mut F) -> usize {
    let place = location(field(record));
    let mut numbers = 0..record.field_names().len();
    numbers
        .find(|index| field_location(record.field_mut(*index)) == place)
        .expect("the closure must return a top-level field of the record")
}

/// Returns a value's location: its address and its size, because the first part of a value has the same address.
fn location<T: ?Sized>(value: &T) -> (*const (), usize) {
    (std::ptr::from_ref(value).cast(), size_of_val(value))
}

fn field_location(field: FieldMut<'_>) -> (*const (), usize) {
    match field {
        FieldMut::Boolean(field) => location(field),
        FieldMut::Integer(field) => location(field),
        FieldMut::Long(field) => location(field),
        FieldMut::Number(field) => location(field),
        FieldMut::Text(field) => location(field),
        FieldMut::Timestamp(field) => location(field),
        FieldMut::Other(field) => location(field),
    }
}
