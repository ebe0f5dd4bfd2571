//! Types for values that JSON represents as plain strings or numbers: timestamps, dates and exact numbers.

mod civil;
mod conversions;
mod date;
mod error;
mod number;
mod timestamp;

pub use date::Date;
pub use error::InvalidValueError;
pub use number::Number;
pub use timestamp::Timestamp;
