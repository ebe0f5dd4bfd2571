//! Structured filters: compiles a filter to the text of conditions, quoted so that no value can change the query. A wrong
//! field, operator or value is reported with its JSON pointer and what would be right.
//!
//! Typed requests have a [`Filter`], tools have JSON; both become an [`Expression`](expression::Expression), which one
//! writer turns into text.
//!
//! The grammar is `field = "text" and (other/field > 5 or third in (1, 2))`; conditions on the items of lists and on custom
//! fields go to parameters of their own.

#[cfg(feature = "tools")]
mod apply;
mod compile;
mod expression;
#[cfg(feature = "tools")]
mod flatten;
mod join;
mod operand;
#[cfg(feature = "tools")]
mod parse;
mod raw;
mod record_fields;
#[cfg(feature = "tools")]
mod table;
mod typed;
mod write;

#[cfg(feature = "tools")]
pub(crate) use apply::{apply, problems};
pub(crate) use compile::{compile, is_path, unknown_field};
#[cfg(feature = "tools")]
pub(crate) use flatten::flatten;
pub(crate) use join::add_conditions;
pub use operand::FilterOperand;
#[cfg(feature = "tools")]
pub(crate) use raw::check as check_conditions;
pub(crate) use record_fields::{EmptyValueFn, RecordFields};
#[cfg(feature = "tools")]
pub(crate) use table::FilterTable;
pub use typed::{FieldComparison, Filter};

#[cfg(all(test, feature = "tools"))]
mod grammar;
#[cfg(all(test, feature = "tools"))]
mod tests;
