//! Prints results to stdout: JSON for programs, and indented JSON and tables for terminals.

use std::io::{self, IsTerminal, Write};

use connectwise_psa::runtime::Value;

use crate::error::CliError;

/// Returns true if stdout and stderr are both a terminal, so a person sees both.
pub fn is_terminal() -> bool {
    std::io::stdout().is_terminal() && std::io::stderr().is_terminal()
}

/// Prints JSON: indented for a terminal, otherwise on one line.
///
/// # Errors
/// Returns an error under the same conditions as [`print()`].
pub fn print_json(value: &Value) -> Result<(), CliError> {
    let text = if io::stdout().is_terminal() { format!("{value:#}\n") } else { format!("{value}\n") };
    print(text.as_bytes())
}

/// Prints a table, with columns as wide as they need to be.
///
/// # Errors
/// Returns an error under the same conditions as [`print()`].
pub fn print_table(headings: &[&str], rows: &[Vec<String>]) -> Result<(), CliError> {
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
/// Returns an error if stdout can't be written, so a lost result isn't mistaken for an empty one. A reader closing
/// the pipe isn't an error.
pub fn print(bytes: &[u8]) -> Result<(), CliError> {
    write(&mut io::stdout().lock(), bytes)
}

fn write(out: &mut impl Write, bytes: &[u8]) -> Result<(), CliError> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::StdoutClosed(error)),
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
    fn failed_write_is_an_error_unless_the_pipe_was_closed() {
        assert!(write(&mut Broken(io::ErrorKind::BrokenPipe), b"x").is_ok());
        let lost = write(&mut Broken(io::ErrorKind::StorageFull), b"x").unwrap_err();
        assert_eq!(lost.exit_code(), 4);
        assert!(lost.to_string().starts_with("can't write the result to stdout: "), "{lost}");
    }
}
