//! Starts server processes and captures their stderr.

use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::wait::CONDITION_TIMEOUT;

/// A process that is killed when this value is dropped.
pub struct ServerProcess {
    /// The process.
    pub child: Child,
    log: watch::Receiver<String>,
}

impl ServerProcess {
    /// Starts `command`, and records its standard error.
    ///
    /// # Panics
    /// Panics if it can't be started.
    pub fn start(mut command: Command) -> Self {
        let mut child =
            command.stderr(Stdio::piped()).kill_on_drop(true).spawn().expect("the process starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a piped stderr")).lines();
        let (sender, log) = watch::channel(String::new());
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                sender.send_modify(|log| {
                    log.push_str(&line);
                    log.push('\n');
                });
            }
        });
        Self { child, log }
    }

    /// Returns the process's standard error so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.borrow().clone()
    }

    /// Waits until `probe` finds something in the log, and returns it.
    ///
    /// # Panics
    /// Panics if the process exits before that, or after [`CONDITION_TIMEOUT`].
    pub async fn wait_for_log<T>(&self, what: &str, probe: impl Fn(&str) -> Option<T>) -> T {
        let mut log = self.log.clone();
        let wait = async {
            loop {
                if let Some(found) = probe(&log.borrow_and_update()) {
                    return Some(found);
                }
                if log.changed().await.is_err() {
                    return probe(&log.borrow());
                }
            }
        };
        let found = timeout(CONDITION_TIMEOUT, wait).await.ok().flatten();
        found.unwrap_or_else(|| panic!("expected {what} in the log, found:\n{}", self.log()))
    }

    /// Waits until the log has a line with `text`, and returns the first one.
    ///
    /// # Panics
    /// Panics like [`wait_for_log`](Self::wait_for_log).
    pub async fn wait_for_line(&self, text: &str) -> String {
        let find = |log: &str| log.lines().find(|line| line.contains(text)).map(str::to_owned);
        self.wait_for_log(&format!("a line with {text:?}"), find).await
    }

    /// Waits until the log contains an HTTP URL after the text `before`, and returns the first one.
    ///
    /// # Panics
    /// Panics like [`wait_for_log`](Self::wait_for_log).
    pub async fn wait_for_url(&self, before: &str) -> String {
        let start = format!("{before}http://");
        let line = self.wait_for_line(&start).await;
        let url = line.split_once(&start).map_or("", |(_, rest)| rest);
        format!("http://{}", url.split([' ', ',']).next().unwrap_or_default())
    }

    /// Waits until the process has exited and its complete log has been recorded. By then, child processes
    /// that share its standard error have also exited.
    ///
    /// # Panics
    /// Panics if it hasn't exited after [`CONDITION_TIMEOUT`].
    pub async fn wait_for_exit(&mut self) -> ExitStatus {
        let wait = async {
            let status = self.child.wait().await.expect("a child process");
            while self.log.changed().await.is_ok() {}
            status
        };
        timeout(CONDITION_TIMEOUT, wait).await.expect("the process ends in time")
    }
}
