//! Values with more meaning than their JSON representation: timestamps, dates and exact numbers.

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
