//! A ConnectWise PSA server that runs anywhere, with no account: every operation of the catalogue answers,
//! from one engine over records in memory.
//!
//! A request comes in as a [`Call`] and goes out as an [`Answer`]; what changed is told as an [`Event`]. The
//! engine between them is synchronous and knows no network, so that it can be tested alone.

mod call;
pub mod callbacks;
pub mod command;
pub mod faults;
pub mod query;
pub mod serve;

pub use call::{Action, Answer, Call, Event};
