//! Models as tables: a struct lists the wire names of its members and hands out each member by number,
//! and one shared reader and writer do the rest. A derive would write the same code once for every type;
//! here it exists once, which is what keeps a crate with hundreds of models quick to build.

mod choice;
mod decode;
mod encode;
mod field;
mod macros;
mod trail;

use serde_json::Value;

use crate::Extra;

pub use choice::{AnyChoice, Choice};
pub use decode::decode;
pub use encode::{debug, encode_table, equal};

/// A struct whose members can be read and written by number.
///
/// Implement it, call [`table!`](crate::table!) with the type's name, and the type has serde's traits. The
/// numbers run from 0 to `names().len() - 1`; `slot` and `view` answer any other number with the last
/// member.
pub trait Table {
    /// The members' wire names, in the order they are written.
    fn names(&self) -> &'static [&'static str];
    /// The member with this number, to be written.
    fn slot(&mut self, index: usize) -> Slot<'_>;
    /// The member with this number, to be read.
    fn view(&self, index: usize) -> View<'_>;
    /// Members that the table does not know.
    fn extra(&self) -> &Extra;
    /// Members that the table does not know, to be changed.
    fn extra_mut(&mut self) -> &mut Extra;
}

/// A member to be written. `None` is an absent member.
pub enum Slot<'a> {
    /// True or false.
    Boolean(&'a mut Option<bool>),
    /// A whole number of 32 bits.
    Integer(&'a mut Option<i32>),
    /// A whole number of 64 bits.
    Long(&'a mut Option<i64>),
    /// A number.
    Number(&'a mut Option<f64>),
    /// Text, also dates and times.
    Text(&'a mut Option<String>),
    /// Everything else: objects, choices, lists, maps, free JSON.
    Other(&'a mut dyn AnySlot),
}

/// A member to be read. `None` is an absent member.
pub enum View<'a> {
    /// True or false.
    Boolean(Option<bool>),
    /// A whole number of 32 bits.
    Integer(Option<i32>),
    /// A whole number of 64 bits.
    Long(Option<i64>),
    /// A number.
    Number(Option<f64>),
    /// Text, also dates and times.
    Text(&'a Option<String>),
    /// Everything else: objects, choices, lists, maps, free JSON.
    Other(&'a dyn AnySlot),
}

impl<'a> View<'a> {
    /// The value, or `None` if the member is absent.
    pub fn look(self) -> Option<Look<'a>> {
        match self {
            Self::Boolean(value) => value.map(Look::Boolean),
            Self::Integer(value) => value.map(Look::Integer),
            Self::Long(value) => value.map(Look::Long),
            Self::Number(value) => value.map(Look::Number),
            Self::Text(value) => value.as_deref().map(Look::Text),
            Self::Other(slot) => slot.look(),
        }
    }
}

/// An optional member of a type that [`Slot`] has no variant for. `Option<T>` is one for every [`Field`].
pub trait AnySlot {
    /// Puts a default value in, in place of any that was there, and hands it out to be filled.
    fn fill(&mut self) -> Place<'_>;
    /// Makes the member absent.
    fn clear(&mut self);
    /// The value, or `None` if the member is absent.
    fn look(&self) -> Option<Look<'_>>;
}

impl<T: Field> AnySlot for Option<T> {
    fn fill(&mut self) -> Place<'_> {
        self.insert(T::default()).place()
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn look(&self) -> Option<Look<'_>> {
        self.as_ref().map(Field::look)
    }
}

/// A type that can stand in a model: as a member, in a list or in a map.
///
/// [`table!`](crate::table!) and [`choice!`](crate::choice!) implement it for generated types; here it is
/// implemented for the scalars, `String`, `Value`, `Box`, `Vec` and `BTreeMap`.
pub trait Field: Default {
    /// The value, to be filled.
    fn place(&mut self) -> Place<'_>;
    /// The value, to be read.
    fn look(&self) -> Look<'_>;
}

/// A value that exists and is to be filled from JSON.
pub enum Place<'a> {
    /// True or false.
    Boolean(&'a mut bool),
    /// A whole number of 32 bits.
    Integer(&'a mut i32),
    /// A whole number of 64 bits.
    Long(&'a mut i64),
    /// A number.
    Number(&'a mut f64),
    /// Text.
    Text(&'a mut String),
    /// Text with known values.
    Choice(&'a mut dyn AnyChoice),
    /// An object.
    Object(&'a mut dyn Table),
    /// A list.
    List(&'a mut dyn List),
    /// An object with any member names.
    Map(&'a mut dyn Entries),
    /// Free JSON.
    Any(&'a mut Value),
}

/// A value that is to be written as JSON.
#[derive(Clone, Copy)]
pub enum Look<'a> {
    /// True or false.
    Boolean(bool),
    /// A whole number of 32 bits.
    Integer(i32),
    /// A whole number of 64 bits.
    Long(i64),
    /// A number; one that JSON can't hold (infinite, not a number) is written as `null`.
    Number(f64),
    /// Text.
    Text(&'a str),
    /// An object.
    Object(&'a dyn Table),
    /// A list.
    List(&'a dyn List),
    /// An object with any member names.
    Map(&'a dyn Entries),
    /// Free JSON.
    Any(&'a Value),
}

/// A list whose items are of one type.
pub trait List {
    /// Appends a default item and hands it out to be filled.
    fn push(&mut self) -> Place<'_>;
    /// Takes the last item away again.
    fn pop(&mut self);
    /// How many items there are.
    fn len(&self) -> usize;
    /// Whether there is no item.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The item with this number, or `None` past the end.
    fn item(&self, index: usize) -> Option<Look<'_>>;
}

/// A map from text to values of one type.
pub trait Entries {
    /// Puts a default value under `key`, in place of any that was there, and hands it out to be filled.
    fn put(&mut self, key: &str) -> Place<'_>;
    /// Takes an entry away.
    fn remove(&mut self, key: &str);
    /// All entries.
    fn entries(&self) -> Box<dyn Iterator<Item = (&str, Look<'_>)> + '_>;
}
