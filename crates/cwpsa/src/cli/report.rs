//! Prints the error if a command fails.

use connectwise_psa::runtime::Error;
use toolcrate_executor::{MAX_ERROR_BYTES, limit_json};

use super::output;
use crate::error::CliError;

/// Prints an error to stderr. A call error is also printed to stdout as JSON, unless a person would see both.
pub fn report(error: &CliError) {
    match error {
        CliError::AlreadyReported(_) => {}
        CliError::Api(error) => {
            if !output::is_terminal()
                && let Err(lost) = output::print_json(&limit_json(error.to_json(), MAX_ERROR_BYTES))
            {
                // The exit code remains that of the original error, which is printed below.
                eprintln!("error: {lost}");
            }
            print_error(error);
            if let Some(next) = error.next_step() {
                eprintln!("  {next}");
            }
        }
        _ => eprintln!("error: {error}"),
    }
}

/// Prints what went wrong, with one line per argument.
fn print_error(error: &Error) {
    let lines: Vec<String> = error
        .fields()
        .iter()
        .map(|field| format!("{}: {}", one_line(&field.pointer), one_line(&field.message)))
        .collect();
    let message = error.to_string();
    // The message ends with all of them in parentheses.
    let suffix = format!(" ({})", lines.join("; "));
    eprintln!("error: {}", message.strip_suffix(&suffix).unwrap_or(&message));
    lines.iter().for_each(|line| eprintln!("  {line}"));
}

/// Removes control characters, because a server must not move the terminal's cursor.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
