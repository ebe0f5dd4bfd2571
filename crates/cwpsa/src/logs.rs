//! Logs one event per request and per call to stderr, as text or JSON. Events contain tool names, account names and
//! trace IDs, but never arguments, tokens or URLs that contain a token.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::error::CliError;

/// The crates whose events contain no arguments, headers or tokens.
const OWN_CRATES: [&str; 6] = [
    env!("CARGO_CRATE_NAME"),
    "toolcrate_executor",
    "toolcrate_http",
    "toolcrate_listener",
    "toolcrate_mcp",
    "toolcrate_store",
];

/// The format of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line of text for each event.
    #[default]
    Text,
    /// One JSON object for each event.
    Json,
    /// No log.
    Off,
}

/// Starts logging events of at least `level`, which is a level or a list of directives such as `cwpsa=debug,warn`.
///
/// # Errors
/// Returns an error if the level is invalid.
pub fn start(format: LogFormat, level: &str) -> Result<(), CliError> {
    if format == LogFormat::Off {
        return Ok(());
    }
    let filter = EnvFilter::try_new(level).map_err(|error| {
        CliError::Usage(format!(
            "invalid log level \"{level}\" (expected a level such as info or cwpsa=debug): {error}"
        ))
    })?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Json => lines.json().with_current_span(false).flatten_event(true).boxed(),
        _ => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
    };
    // Logging can be started only once; a second start, in a test, has no effect.
    let _ =
        tracing_subscriber::registry().with(lines.with_filter(filter_fn(is_safe))).with(filter).try_init();
    Ok(())
}

/// Returns true if an event may be logged. Library events may contain arguments and headers, so only their warnings and
/// errors are logged.
fn is_safe(line: &Metadata<'_>) -> bool {
    let target = line.target();
    let origin = target.split("::").next().unwrap_or_default();
    OWN_CRATES.contains(&origin) || *line.level() <= Level::WARN
}
