//! Tools: operations that are called with JSON arguments and answer JSON.

mod argument_locations;
mod catalog;
mod clear;
mod coercion;
mod decode;
mod execute;
mod name_style;
mod nulls;
mod outcome;
mod page_state;
mod plan;
mod prepared;
mod prerequisites;
mod schema;
mod shorthand;
mod tool_names;
mod truncate;
mod validation_errors;
mod validator;

pub(crate) use argument_locations::{ArgumentLocations, record_name};
pub use catalog::{Catalog, Tool};
pub use coercion::Reinterpretation;
pub use execute::Arguments;
pub use name_style::NameStyle;
pub use outcome::{ExecuteOptions, Outcome};
pub use prepared::PreparedCall;
pub use prerequisites::{Gives, Lookup, Prerequisites, Source};
pub use truncate::{Omitted, TooBig, json_size};
pub use validation_errors::ArgumentSchema;
pub(crate) use validation_errors::nearest;
pub(crate) use validator::ToolValidators;
