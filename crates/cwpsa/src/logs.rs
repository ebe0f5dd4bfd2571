//! Logs: a line for each request and each call, to stderr, as text for people or JSON for machines. They name tools,
//! accounts and traces, never arguments, tokens or addresses with a token in them.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::environment::Environment;
use crate::error::CliError;

/// The variable that says how much is told, e.g. `debug` or `cwpsa=debug,warn`.
const LEVEL: &str = "CWPSA_LOG";
/// The crates whose events name no arguments, headers or tokens.
const OWN_CRATES: [&str; 6] = [
    env!("CARGO_CRATE_NAME"),
    "toolcrate_executor",
    "toolcrate_http",
    "toolcrate_listener",
    "toolcrate_mcp",
    "toolcrate_store",
];

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// A JSON object a line.
    Json,
    /// Not at all.
    Off,
}

/// Begins to write logs; `level` holds unless `CWPSA_LOG` says otherwise.
///
/// # Errors
/// A sentence, if the variable makes no sense.
pub fn start(format: LogFormat, level: &str, environment: &Environment) -> Result<(), CliError> {
    if format == LogFormat::Off {
        return Ok(());
    }
    let filter = EnvFilter::try_new(environment.get(LEVEL).unwrap_or(level))
        .map_err(|error| CliError::Usage(format!("{LEVEL} must be like info or cwpsa=debug: {error}")))?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Json => lines.json().with_current_span(false).flatten_event(true).boxed(),
        _ => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
    };
    // A second start, in a test, changes nothing.
    let _ =
        tracing_subscriber::registry().with(lines.with_filter(filter_fn(is_safe))).with(filter).try_init();
    Ok(())
}

/// Libraries below tell whole messages with their arguments and headers; what they warn of is all that is let through.
fn is_safe(line: &Metadata<'_>) -> bool {
    let target = line.target();
    let origin = target.split("::").next().unwrap_or_default();
    OWN_CRATES.contains(&origin) || *line.level() <= Level::WARN
}
