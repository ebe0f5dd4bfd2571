//! Implements the API's query language, which determines the records that a list contains, their order, and their
//! fields.
//!
//! A list's parameters are parsed and checked once into a [`RecordSearch`], which is then evaluated against each record
//! in place: paths, literals and patterns are prepared beforehand, and no record is copied. Records are JSON or any
//! other implementation of [`QueryValue`]. A [`FieldProjection`] builds the response for the `fields` parameter, which
//! makes the only copy.
//!
//! The grammar is case-insensitive:
//!
//! ```text
//! conditions = all { "or" all } ;          all = part { "and" part } ;
//! part       = "(" conditions ")" | name operator value ;
//! operator   = "=" | "!=" | "<" | "<=" | ">" | ">=" | ["not"] ("contains" | "like" | "in") ;
//! value      = text in either quotes | number | "true" | "false" | "null" | "[" date "]"
//!            | "(" value { "," value } ")" after "in" ;
//! ```
//!
//! A name is a field path (`company/name`). In `like`, `*` and `%` match any text. Null behaves as in SQL: only `=
//! null` is true for it, so `summary != "x"` doesn't match a record without a summary. The behavior of null isn't
//! documented; it is inferred from the database that the API uses.

mod case_folding;
mod compile;
mod error;
mod field_names;
mod field_path;
pub(crate) mod listing;
mod moment;
mod number;
mod operand;
mod order_by;
mod predicate;
mod projection;
mod scan;
mod search;
mod syntax;
mod value;
mod value_test;

pub use error::QueryError;
pub use field_names::{FieldNames, ValueKind};
pub use number::QueryNumber;
pub use projection::FieldProjection;
pub use search::{RecordSearch, SearchParameters};
pub use value::{QueryValue, ValueView};

#[cfg(test)]
mod tests;
