//! Remembers the order in which a server writes the fields of each model, which need not be the order in the API
//! description. Every object of a type then finds each of its fields with one comparison.

use std::cell::RefCell;
use std::collections::HashMap;

/// Objects with fewer fields are searched as quickly as their order is looked up.
const MIN_FIELDS: usize = 12;

thread_local! {
    /// The orders by model, identified by the address of its list of field names.
    static ORDERS: RefCell<HashMap<usize, Box<[u16]>>> = RefCell::default();
}

/// The order of a model's fields in the objects read before.
pub(super) struct FieldOrder {
    model: usize,
    /// For each field, and for the start of an object before the first one, the field that follows. Empty if the order
    /// isn't remembered.
    followers: Box<[u16]>,
    /// The position in `followers` of the field that was found last.
    last: usize,
}

impl FieldOrder {
    /// Returns the order of the fields of a model, which is the order of `names` if no object has been read.
    pub(super) fn of_model(names: &'static [&'static str]) -> Self {
        let model = names.as_ptr().addr();
        let is_remembered = (MIN_FIELDS..usize::from(u16::MAX)).contains(&names.len());
        let followers = is_remembered.then(|| {
            let known = ORDERS.with_borrow_mut(|orders| orders.remove(&model));
            known.unwrap_or_else(|| (0..=names.len() as u16).collect())
        });
        Self { model, followers: followers.unwrap_or_default(), last: 0 }
    }

    /// Returns the index of the field that is expected next, which may be past the end.
    #[inline]
    pub(super) fn next(&self) -> usize {
        self.followers.get(self.last).map_or(self.last, |next| (*next).into())
    }

    /// Records the field that was found.
    #[inline]
    pub(super) fn found(&mut self, index: usize) {
        if let Some(next) = self.followers.get_mut(self.last) {
            // The list has at most as many fields as the type can number.
            *next = index as u16;
        }
        self.last = index + 1;
    }
}

impl Drop for FieldOrder {
    fn drop(&mut self) {
        if !self.followers.is_empty() {
            let followers = std::mem::take(&mut self.followers);
            ORDERS.with_borrow_mut(|orders| orders.insert(self.model, followers));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FieldOrder;

    const NAMES: &[&str] = &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

    fn read(fields: &[usize]) -> Vec<usize> {
        let mut order = FieldOrder::of_model(NAMES);
        let expected = fields.iter().map(|index| {
            let next = order.next();
            order.found(*index);
            next
        });
        expected.collect()
    }

    #[test]
    fn order_of_the_previous_object_is_expected() {
        assert_eq!(read(&[0, 5, 2, 11]), [0, 1, 6, 3]);
        assert_eq!(read(&[0, 5, 2, 11]), [0, 5, 2, 11]);
        assert_eq!(read(&[5, 11, 0]), [0, 2, 12]);
        let mut small = FieldOrder::of_model(&NAMES[..3]);
        small.found(1);
        assert_eq!(small.next(), 2);
    }
}
