//! Selects record fields with closures, so the compiler checks the fields' names and types.

use serde_json::Value;

use super::access::{FieldMut, ModelFields, ValueMut};

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

/// Returns the path of the field that `field` returns, as queries name it: `status/name` for
/// `field_path(|ticket: &mut Ticket| &mut ticket.status.name)`. The compiler checks the names.
///
/// # Panics
/// Panics if `field` returns anything but a field of the record, or of an object in the record.
pub fn field_path<T: ModelFields + Default, F>(field: impl FnOnce(&mut T) -> &mut F) -> String {
    let mut record = T::default();
    let place = location(field(&mut record));
    path_to(&mut record, place).expect("the closure must return a field of the record")
}

/// Returns the path of the field at `place`. Fields of objects on the way are emptied.
fn path_to(record: &mut dyn ModelFields, place: Place) -> Option<String> {
    for index in 0..record.field_names().len() {
        let name = record.field_names()[index];
        let (start, size) = field_location(record.field_mut(index));
        if (start, size) == place {
            return Some(name.to_owned());
        }
        let range = start.addr()..start.addr() + size;
        if let (true, FieldMut::Other(object)) = (range.contains(&place.0.addr()), record.field_mut(index)) {
            let ValueMut::Object(object) = object.insert_default() else { return None };
            return path_to(object, place).map(|rest| format!("{name}/{rest}"));
        }
    }
    None
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

/// A value's location: its address and its size, because the first part of a value has the same address.
type Place = (*const (), usize);

fn location<T: ?Sized>(value: &T) -> Place {
    (std::ptr::from_ref(value).cast(), size_of_val(value))
}

fn field_location(field: FieldMut<'_>) -> Place {
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
