//! The error type, which contains what went wrong, what the server reported, and what to do next.

mod constructors;
mod data;
mod delivery;
mod field;
mod fix;
#[cfg(feature = "tools")]
mod fix_application;
mod kind;
mod upstream;

pub(crate) use constructors::{OUTCOME_UNKNOWN, ResponseLoss};
pub use data::Error;
pub use delivery::Delivery;
pub use field::FieldError;
pub use fix::{Fix, FixOperation};
#[cfg(feature = "tools")]
pub(crate) use fix_application::split_pointer;
pub use kind::ErrorKind;
pub(crate) use upstream::{html_title, is_html, is_web_page};
