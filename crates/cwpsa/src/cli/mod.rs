//! The command line: arguments, output and error reports.

mod args;
pub mod output;
mod report;
mod sandbox_conflicts;

pub use args::{
    Arguments, Call, Command, Connection, Describe, Doctor, Mcp, Search, Selection, Serve, Tools, WatchFlags,
};
pub use report::report;
