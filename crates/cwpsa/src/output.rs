//! What people see: JSON on stdout, tables where a person looks, errors in one form.

use std::io::{self, IsTerminal, Write};

use connectwise_psa::runtime::{Error, ErrorKind, Value};

/// Why a command ended.
#[derive(Debug)]
pub enum Failure {
    /// What was asked for makes no sense (exit code 2).
    Usage(String),
    /// The runtime's error (exit code by its kind).
    Call(Error),
    /// What there is to say could not be written to stdout (exit code 1).
    Lost(io::Error),
    /// Something that was told already, with its exit code.
    Told(u8),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(message) => f.write_str(message),
            Self::Call(error) => error.fmt(f),
            Self::Lost(error) => write!(f, "the result could not be written: {error}"),
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
            Self::Lost(_) => 1,
            Self::Call(error) => match error.kind() {
                ErrorKind::InvalidArguments | ErrorKind::UnknownTool | ErrorKind::Configuration => 2,
                ErrorKind::Unreachable | ErrorKind::Timeout => 3,
                ErrorKind::OutcomeUnknown if error.status().is_none_or(|status| status < 300) => 3,
                _ => 1,
            },
        }
    }

    /// The same where a tool is called: what makes no sense has the form of the errors that calls have.
    #[must_use]
    pub fn of_call(self, kind: ErrorKind) -> Self {
        match self {
            Self::Usage(message) => Self::Call(Error::new(kind, message)),
            other => other,
        }
    }

    /// Tells it: for people on stderr; the error of a call as JSON on stdout, where a program reads it.
    pub fn tell(&self) {
        match self {
            Self::Usage(_) | Self::Lost(_) => eprintln!("error: {self}"),
            Self::Told(_) => {}
            Self::Call(error) => {
                if !is_watched()
                    && let Err(lost) = json(&error.to_json())
                {
                    // The exit code stays that of the error, which is told below.
                    eprintln!("error: {lost}");
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
///
/// # Errors
/// As [`print()`].
pub fn json(value: &Value) -> Result<(), Failure> {
    let text = if io::stdout().is_terminal() { format!("{value:#}\n") } else { format!("{value}\n") };
    print(text.as_bytes())
}

/// Prints rows under headings, with columns as wide as they need.
///
/// # Errors
/// As [`print()`].
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
    for row in rows {
        table.add_row(row);
    }
    print(format!("{}\n", table.trim_fmt()).as_bytes())
}

/// Writes to stdout.
///
/// # Errors
/// It can't be written, so that nobody takes an output that is lost for one that is empty. A reader who hung up has
/// enough, and is no error.
pub fn print(bytes: &[u8]) -> Result<(), Failure> {
    write(&mut io::stdout().lock(), bytes)
}

fn write(out: &mut impl Write, bytes: &[u8]) -> Result<(), Failure> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Lost(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_output_that_is_lost_is_told_unless_the_reader_left() {
        assert!(write(&mut Broken(io::ErrorKind::BrokenPipe), b"x").is_ok());
        let lost = write(&mut Broken(io::ErrorKind::StorageFull), b"x").unwrap_err();
        assert_eq!(lost.exit_code(), 1);
        assert!(lost.to_string().starts_with("the result could not be written: "), "{lost}");
    }
}
