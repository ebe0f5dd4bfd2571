//! Hands an event to a program of the operator's: JSON on stdin, no shell between.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::webhooks::delivery_error::DeliveryError;

/// A program that takes events.
pub struct CommandSink {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
}

impl CommandSink {
    /// The program, its arguments, and the time that one run may take. None if there is no program.
    pub fn new(line: &[String], timeout: Duration) -> Option<Self> {
        let (program, arguments) = line.split_first()?;
        Some(Self { program: program.clone(), arguments: arguments.to_vec(), timeout })
    }

    /// Runs it. It has done its work if it exits with 0; what it prints to stderr goes to that of this process.
    ///
    /// # Errors
    /// It could not be started, took too long, or exited otherwise.
    pub async fn deliver(&self, event: &[u8]) -> Result<(), DeliveryError> {
        let mut child = tokio::process::Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| DeliveryError::new(format!("{} can't be started: {error}", self.program)))?;
        let input = child.stdin.take();
        let write = async {
            if let Some(mut input) = input {
                // A program need not read what it does not want to know.
                let _ = input.write_all(event).await;
                // A line of its own, for those who append events to a file.
                let _ = input.write_all(b"\n").await;
            }
        };
        let run = async { tokio::join!(write, child.wait()).1 };
        match tokio::time::timeout(self.timeout, run).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(DeliveryError::new(format!("{} ended with {status}", self.program))),
            Ok(Err(error)) => Err(DeliveryError::new(format!("{}: {error}", self.program))),
            Err(_) => Err(DeliveryError::new(format!("{} took too long", self.program))),
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
    async fn the_event_comes_on_stdin_and_no_shell_reads_the_arguments() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let script = "printf '%s\\n' \"$1\" > \"$2\"; cat >> \"$2\"";
        let line = command(&["sh", "-c", script, "sh", "$(id); *", path]);
        line.deliver(b"{\"id\":1}").await.unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "$(id); *\n{\"id\":1}\n");
    }

    #[tokio::test]
    async fn a_program_that_reads_nothing_is_done_all_the_same() {
        command(&["true"]).deliver(&vec![b'x'; 1 << 20]).await.unwrap();
    }

    #[tokio::test]
    async fn failures_are_told() {
        for (line, why) in [
            (vec!["false"], "ended with exit status: 1"),
            (vec!["/no/such/program"], "can't be started"),
            (vec!["sleep", "60"], "took too long"),
        ] {
            let failed = command(&line).deliver(b"{}").await.unwrap_err();
            assert!(failed.why.contains(why), "{}", failed.why);
        }
        assert!(CommandSink::new(&[], Duration::ZERO).is_none());
    }
}
