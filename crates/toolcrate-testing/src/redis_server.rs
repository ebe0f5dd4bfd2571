//! Starts a Redis server for one test, with its own port and directory.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::ports::free_port;
use crate::wait::CONDITION_TIMEOUT;

/// A running `redis-server`, killed when dropped.
pub struct RedisServer {
    /// The server's URL, including the password.
    pub address: String,
    arguments: Vec<String>,
    directory: tempfile::TempDir,
    child: Child,
}

impl RedisServer {
    /// Starts a server. Returns `None` if `SKIP_REDIS` is set.
    ///
    /// # Panics
    /// Panics if `redis-server` isn't installed or doesn't start.
    pub async fn start(password: Option<&str>) -> Option<Self> {
        let port = free_port();
        let login = password.map(|password| format!(":{}@", password.replace(' ', "%20")));
        let address = format!("redis://{}127.0.0.1:{port}/", login.unwrap_or_default());
        let mut arguments = vec!["--port".to_owned(), port.to_string()];
        arguments.extend(password.iter().flat_map(|password| ["--requirepass", password].map(str::to_owned)));
        Self::start_with(arguments, address).await
    }

    /// Starts a TLS-only server, with this certificate for `localhost` and its key.
    ///
    /// # Panics
    /// Panics like [`start`](Self::start).
    pub async fn start_tls(certificate: &Path, key: &Path) -> Option<Self> {
        let port = free_port();
        let mut arguments =
            ["--port", "0", "--tls-auth-clients", "no", "--tls-port"].map(str::to_owned).to_vec();
        arguments.push(port.to_string());
        for (name, file) in [("--tls-cert-file", certificate), ("--tls-key-file", key)] {
            arguments.extend([name.to_owned(), file.display().to_string()]);
        }
        Self::start_with(arguments, format!("rediss://localhost:{port}/")).await
    }

    async fn start_with(arguments: Vec<String>, address: String) -> Option<Self> {
        if std::env::var_os("SKIP_REDIS").is_some() {
            eprintln!("skipping the Redis tests, because SKIP_REDIS is set");
            return None;
        }
        let directory = tempfile::tempdir().expect("a temporary directory");
        let child = spawn(&arguments, directory.path()).await;
        Some(Self { address, arguments, directory, child })
    }

    /// Kills the server and restarts it with the same data.
    ///
    /// # Panics
    /// Panics if it doesn't start.
    pub async fn restart(&mut self) {
        self.child.kill().await.expect("a running server");
        self.child = spawn(&self.arguments, self.directory.path()).await;
    }
}

/// Starts a server and waits until it reports that it accepts connections.
async fn spawn(arguments: &[String], directory: &Path) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", "always"]);
    command.args(["--daemonize", "no", "--logfile", ""]).args(arguments);
    command.current_dir(directory).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect(
        "redis-server is required: apt-get install redis-server, or set SKIP_REDIS to skip these tests",
    );
    let mut lines = BufReader::new(child.stdout.take().expect("a piped stdout")).lines();
    let ready = async {
        let mut log = String::new();
        while let Ok(Some(line)) = lines.next_line().await {
            if line.contains("eady to accept connections") {
                return Ok(());
            }
            log.push_str(&line);
            log.push('\n');
        }
        Err(log)
    };
    match timeout(CONDITION_TIMEOUT, ready).await {
        Ok(Ok(())) => {}
        Ok(Err(log)) => panic!("redis-server ended before it accepted connections:\n{log}"),
        Err(_) => panic!("redis-server does not accept connections after {CONDITION_TIMEOUT:?}"),
    }
    // An unread pipe would fill up.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    child
}
