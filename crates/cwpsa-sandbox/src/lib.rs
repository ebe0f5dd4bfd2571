//! A ConnectWise PSA server that runs anywhere, with no account: every operation of the catalog answers,
//! from one engine over records in memory.
//!
//! A request comes in as a [`Call`] and goes out as an [`Answer`]; what changed is told as an [`Event`]. The
//! engine between them is synchronous and knows no network, so that it can be tested alone.

mod api;
mod call;
pub mod callbacks;
mod clock;
pub mod command;
mod engine;
pub mod faults;
mod problem;
pub mod query;
mod rules;
mod seed;
pub mod serve;
mod settings;
mod store;
mod write;

pub use call::{Action, Answer, Call, Event};
pub use engine::{Recorded, Sandbox};
pub use settings::{Key, Settings, SettingsError};
