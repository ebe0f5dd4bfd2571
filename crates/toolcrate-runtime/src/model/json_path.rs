//! The path from the root of a JSON document to the value being read. The path is built only when an error is returned,
//! so for a valid document it costs no more than a pointer.

use std::cell::RefCell;
use std::fmt;

/// The steps from a failed value up to the root, innermost first.
#[derive(Default)]
pub(super) struct JsonPath(RefCell<Vec<JsonPathStep>>);

enum JsonPathStep {
    Name(&'static str),
    Key(String),
    Index(usize),
}

impl JsonPath {
    /// Adds the field `name` of a model.
    pub(super) fn name(&self, name: &'static str) {
        self.0.borrow_mut().push(JsonPathStep::Name(name));
    }

    /// Adds the entry `key` of a map.
    pub(super) fn key(&self, key: String) {
        self.0.borrow_mut().push(JsonPathStep::Key(key));
    }

    /// Adds the item `index` of a list.
    pub(super) fn index(&self, index: usize) {
        self.0.borrow_mut().push(JsonPathStep::Index(index));
    }

    /// Discards the path of a value that turned out not to be an error.
    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// Returns true if and only if the error is at the root.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.borrow().iter().rev().enumerate() {
            let name = match step {
                JsonPathStep::Index(index) => {
                    write!(f, "[{index}]")?;
                    continue;
                }
                JsonPathStep::Name(name) => name,
                JsonPathStep::Key(key) => key.as_str(),
            };
            if number > 0 {
                f.write_str(".")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}
