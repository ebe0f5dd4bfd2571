//! Errors: what went wrong, what the server reported, what to do next.

mod constructors;
mod data;
mod delivery;
mod field;
mod fix;
mod kind;
mod upstream;

pub(crate) use constructors::{OUTCOME_UNKNOWN, ResponseLoss};
pub use data::Error;
pub use delivery::Delivery;
pub use field::FieldError;
pub(crate) use fix::split_pointer;
pub use fix::{Fix, FixOperation};
pub use kind::ErrorKind;
pub(crate) use upstream::{html_title, is_html, is_web_page};
