//! The way from the root of a JSON document to the value at hand. It is only written while an error
//! unwinds, so a document that decodes well pays one pointer for it.

use std::cell::RefCell;
use std::fmt;

/// The steps from a failed value up to the root, innermost first.
#[derive(Default)]
pub(super) struct Trail(RefCell<Vec<Step>>);

enum Step {
    Name(&'static str),
    Key(String),
    Index(usize),
}

impl Trail {
    /// Adds the member `name` of a table.
    pub(super) fn name(&self, name: &'static str) {
        self.0.borrow_mut().push(Step::Name(name));
    }

    /// Adds the entry `key` of a map.
    pub(super) fn key(&self, key: String) {
        self.0.borrow_mut().push(Step::Key(key));
    }

    /// Adds the item `index` of a list.
    pub(super) fn index(&self, index: usize) {
        self.0.borrow_mut().push(Step::Index(index));
    }

    /// Whether the error is at the root.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.borrow().iter().rev().enumerate() {
            let name = match step {
                Step::Index(index) => {
                    write!(f, "[{index}]")?;
                    continue;
                }
                Step::Name(name) => name,
                Step::Key(key) => key.as_str(),
            };
            if number > 0 {
                f.write_str(".")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}
