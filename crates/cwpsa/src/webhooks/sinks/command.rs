//! Runs a program for each event. The program gets the event as JSON on stdin and is started without a shell.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::webhooks::delivery_error::DeliveryError;

/// A program that receives events.
pub struct CommandSink {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
}

impl CommandSink {
    /// Creates a sink from a program with its arguments. Returns `None` if there is no program.
    pub fn new(line: &[String], timeout: Duration) -> Option<Self> {
        let (program, arguments) = line.split_first()?;
        Some(Self { program: program.clone(), arguments: arguments.to_vec(), timeout })
    }

    /// Runs the program. Its stderr is inherited.
    ///
    /// # Errors
    /// Returns an error if it can't be started, times out, or exits with a status other than 0.
    pub async fn deliver(&self, event: &[u8]) -> Result<(), DeliveryError> {
        let mut child = tokio::process::Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| DeliveryError::new(format!("can't start {}: {error}", self.program)))?;
        let input = child.stdin.take();
        let write = async {
            if let Some(mut input) = input {
                // The program may exit without reading its input.
                let _ = input.write_all(event).await;
                // The line break allows events to be appended to a file.
                let _ = input.write_all(b"\n").await;
            }
        };
        let run = async { tokio::join!(write, child.wait()).1 };
        match tokio::time::timeout(self.timeout, run).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(DeliveryError::new(format!("{} failed with {status}", self.program))),
            Ok(Err(error)) => Err(DeliveryError::new(format!("{}: {error}", self.program))),
            Err(_) => Err(DeliveryError::new(format!("{} timed out", self.program))),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn command(line: &[&str]) -> CommandSink {
        let line: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        CommandSink::new(&line, Duration::from_millis(500)).unwrap()
    }

    #[tokio::test]
    async fn event_is_written_to_stdin_and_arguments_bypass_the_shell() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let script = "printf '%s\\n' \"$1\" > \"$2\"; cat >> \"$2\"";
        let line = command(&["sh", "-c", script, "sh", "$(id); *", path]);
        line.deliver(b"{\"id\":1}").await.unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "$(id); *\n{\"id\":1}\n");
    }

    #[tokio::test]
    async fn program_that_ignores_its_input_succeeds() {
        command(&["true"]).deliver(&vec![b'x'; 1 << 20]).await.unwrap();
    }

    #[tokio::test]
    async fn failures_are_reported() {
        for (line, why) in [
            (vec!["false"], "failed with exit status: 1"),
            (vec!["/no/such/program"], "can't start"),
            (vec!["sleep", "60"], "timed out"),
        ] {
            let failed = command(&line).deliver(b"{}").await.unwrap_err();
            assert!(failed.why.contains(why), "{}", failed.why);
        }
        assert!(CommandSink::new(&[], Duration::ZERO).is_none());
    }
}
