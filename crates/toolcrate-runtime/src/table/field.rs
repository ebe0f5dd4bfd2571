//! What can stand in a model besides generated types: scalars, text, free JSON, boxes, lists and maps.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Entries, Field, List, Look, Place};

macro_rules! leaf {
    ($($type:ty => $variant:ident),*) => {$(
        impl Field for $type {
            fn place(&mut self) -> Place<'_> {
                Place::$variant(self)
            }

            fn look(&self) -> Look<'_> {
                Look::$variant(*self)
            }
        }
    )*};
}

leaf!(bool => Boolean, i32 => Integer, i64 => Long, f64 => Number);

impl Field for String {
    fn place(&mut self) -> Place<'_> {
        Place::Text(self)
    }

    fn look(&self) -> Look<'_> {
        Look::Text(self)
    }
}

impl Field for Value {
    fn place(&mut self) -> Place<'_> {
        Place::Any(self)
    }

    fn look(&self) -> Look<'_> {
        Look::Any(self)
    }
}

impl<T: Field> Field for Box<T> {
    fn place(&mut self) -> Place<'_> {
        (**self).place()
    }

    fn look(&self) -> Look<'_> {
        (**self).look()
    }
}

impl<T: Field> Field for Vec<T> {
    fn place(&mut self) -> Place<'_> {
        Place::List(self)
    }

    fn look(&self) -> Look<'_> {
        Look::List(self)
    }
}

impl<T: Field> List for Vec<T> {
    fn push(&mut self) -> Place<'_> {
        let index = self.len();
        self.push(T::default());
        self[index].place()
    }

    fn pop(&mut self) {
        self.pop();
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn item(&self, index: usize) -> Option<Look<'_>> {
        self.get(index).map(Field::look)
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    fn place(&mut self) -> Place<'_> {
        Place::Map(self)
    }

    fn look(&self) -> Look<'_> {
        Look::Map(self)
    }
}

impl<T: Field> Entries for BTreeMap<String, T> {
    fn put(&mut self, key: &str) -> Place<'_> {
        let value = self.entry(key.to_owned()).or_default();
        // A name that comes twice starts afresh, as it does in a table.
        *value = T::default();
        value.place()
    }

    fn remove(&mut self, key: &str) {
        self.remove(key);
    }

    fn entries(&self) -> Box<dyn Iterator<Item = (&str, Look<'_>)> + '_> {
        Box::new(self.iter().map(|(key, value)| (key.as_str(), value.look())))
    }
}
