//! Structured filters, which are compiled to condition text. Values are quoted so that none of them can change the
//! query. An invalid field, operator or value is reported with its JSON pointer and a correction.
//!
//! Typed requests use a [`Filter`] and tools use JSON; both are converted to an [`Expression`](expression::Expression),
//! which a single writer turns into text.
//!
//! The grammar is `field = "text" and (other/field > 5 or third in (1, 2))`; conditions on list items and custom fields
//! are sent in separate parameters.

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
