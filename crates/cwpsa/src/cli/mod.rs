//! The command line: arguments, settings that they set, output and error reports.

mod args;
mod invocation;
mod layers;
pub mod output;
mod report;
mod sandbox_conflicts;

pub use args::{
    Arguments, Call, Command, Connection, Describe, Doctor, HttpFlags, Mcp, OfferFlags, Search, Selection,
    Serve, Tools, WatchFlags, WebhookFlags,
};
pub use invocation::Invocation;
pub use report::report;
