//! Implements [`ModelValue`] for the types of model fields that aren't generated: scalars, strings, arbitrary JSON,
//! boxes, lists and maps.

use std::collections::BTreeMap;

use serde_json::Value;

use super::access::{ListValue, MapValue, ModelValue, ValueMut, ValueRef};
use crate::value::{Date, Number, Timestamp};

macro_rules! leaf {
    ($($type:ty => $variant:ident),*) => {$(
        impl ModelValue for $type {
            fn value_mut(&mut self) -> ValueMut<'_> {
                ValueMut::$variant(self)
            }

            fn value_ref(&self) -> ValueRef<'_> {
                ValueRef::$variant(*self)
            }
        }
    )*};
}

leaf!(
    bool => Boolean,
    i32 => Integer,
    i64 => Long,
    u64 => Unsigned,
    Number => Number,
    Timestamp => Timestamp,
    Date => Date
);

impl ModelValue for String {
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::Text(self)
    }

    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }
}

impl ModelValue for Value {
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::Any(self)
    }

    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::Any(self)
    }
}

impl<T: ModelValue> ModelValue for Box<T> {
    fn value_mut(&mut self) -> ValueMut<'_> {
        (**self).value_mut()
    }

    fn value_ref(&self) -> ValueRef<'_> {
        (**self).value_ref()
    }
}

impl<T: ModelValue> ModelValue for Vec<T> {
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::List(self)
    }

    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::List(self)
    }
}

impl<T: ModelValue> ListValue for Vec<T> {
    fn push(&mut self) -> ValueMut<'_> {
        let index = self.len();
        self.push(T::default());
        self[index].value_mut()
    }

    fn pop(&mut self) {
        self.pop();
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn item(&self, index: usize) -> Option<ValueRef<'_>> {
        self.get(index).map(ModelValue::value_ref)
    }
}

impl<T: ModelValue> ModelValue for BTreeMap<String, T> {
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::Map(self)
    }

    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::Map(self)
    }
}

impl<T: ModelValue> MapValue for BTreeMap<String, T> {
    fn put(&mut self, key: &str) -> ValueMut<'_> {
        let value = self.entry(key.to_owned()).or_default();
        // A duplicate key replaces the first value, as in a model's field.
        *value = T::default();
        value.value_mut()
    }

    fn remove(&mut self, key: &str) {
        self.remove(key);
    }

    fn entries(&self) -> Box<dyn Iterator<Item = (&str, ValueRef<'_>)> + '_> {
        Box::new(self.iter().map(|(key, value)| (key.as_str(), value.value_ref())))
    }
}
