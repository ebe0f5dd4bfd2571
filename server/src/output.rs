//! What people see: JSON on stdout, tables where a person looks, errors in one form.

use std::io::{IsTerminal, Write};

use connectwise_psa::runtime::{Error, ErrorKind, Value};

/// Why a command ended.
#[derive(Debug)]
pub enum Failure {
    /// What was asked for makes no sense (exit code 2).
    Usage(String),
    /// The runtime's error (exit code by its kind).
    Call(Error),
    /// Something that was told already, with its exit code.
    Told(u8),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(message) => f.write_str(message),
            Self::Call(error) => error.fmt(f),
            Self::Told(_) => f.write_str("it was told already"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl Failure {
    /// 1 the API said no, 2 bad usage or arguments, 3 it could not be reached.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Told(code) => *code,
            Self::Call(error) => match error.kind() {
                ErrorKind::InvalidArguments | ErrorKind::UnknownTool | ErrorKind::Configuration => 2,
                ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::OutcomeUnknown => 3,
                _ => 1,
            },
        }
    }

    /// Tells it: for people on stderr; the error of a call as JSON on stdout, where a program reads it.
    pub fn tell(&self) {
        match self {
            Self::Usage(message) => eprintln!("error: {message}"),
            Self::Told(_) => {}
            Self::Call(error) => {
                if !is_watched() {
                    json(&error.to_json());
                }
                tell(error);
                if let Some(next) = error.next_step() {
                    eprintln!("  {next}");
                }
            }
        }
    }
}

/// Whether one person sees both stdout and stderr, who need not be told twice.
pub fn is_watched() -> bool {
    std::io::stdout().is_terminal() && std::io::stderr().is_terminal()
}

/// For people: what went wrong, and a line for each argument.
fn tell(error: &Error) {
    let lines: Vec<String> = error
        .fields()
        .iter()
        .map(|field| format!("{}: {}", one_line(&field.pointer), one_line(&field.message)))
        .collect();
    let said = error.to_string();
    // The sentence has them all in brackets at its end.
    let brackets = format!(" ({})", lines.join("; "));
    eprintln!("error: {}", said.strip_suffix(&brackets).unwrap_or(&said));
    lines.iter().for_each(|line| eprintln!("  {line}"));
}

/// What a server says must not move the cursor of a terminal.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Prints JSON: indented for people, on one line for programs.
pub fn json(value: &Value) {
    let stdout = std::io::stdout();
    let text = if stdout.is_terminal() { format!("{value:#}") } else { value.to_string() };
    // Nobody is there to be told if the reader hung up.
    let _ = writeln!(stdout.lock(), "{text}");
}

/// Prints rows under headings, with columns as wide as they need.
pub fn table(headings: &[&str], rows: &[Vec<String>]) {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
    for row in rows {
        table.add_row(row);
    }
    let _ = writeln!(std::io::stdout().lock(), "{}", table.trim_fmt());
}
