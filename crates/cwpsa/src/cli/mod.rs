//! The command-line interface: arguments, the resulting settings, output and error reports.

mod args;
mod invocation;
mod layers;
pub mod output;
mod report;
mod sandbox_conflicts;

pub use args::{
    CallArgs, Cli, Command, ConnectionArgs, DescribeArgs, DoctorArgs, HealthcheckArgs, HttpFlags, McpArgs,
    OfferFlags, SearchArgs, SelectionArgs, ServeArgs, ToolsArgs, WatchFlags, WebhookFlags,
};
pub use invocation::Invocation;
pub use report::report;
