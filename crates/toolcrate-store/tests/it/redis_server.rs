//! A Redis server for one test, on a free port and in a temporary directory.
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

/// A running `redis-server`, killed when dropped.
pub struct RedisServer {
    /// The server's URL, including the password.
    pub address: String,
    port: u16,
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
        let login =
            password.map(|password| format!(":{}@", password.replace(' ', "%20"))).unwrap_or_default();
        let mut arguments = vec!["--port".to_owned(), port.to_string()];
        arguments
            .extend(password.iter().flat_map(|password| ["--requirepass", *password]).map(str::to_owned));
        Self::listening(port, arguments, format!("redis://{login}127.0.0.1:{port}/")).await
    }

    async fn listening(port: u16, arguments: Vec<String>, address: String) -> Option<Self> {
        if std::env::var_os("SKIP_REDIS").is_some() {
            eprintln!("skipping the Redis tests, because SKIP_REDIS is set");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let child = run(&arguments, &directory);
        let redis = Self { address, port, arguments, directory, child };
        redis.wait().await;
        Some(redis)
    }

    /// Kills the server and starts it again with the same data.
    pub async fn restart(&mut self) {
        self.child.kill().await.unwrap();
        self.child = run(&self.arguments, &self.directory);
        self.wait().await;
    }

    async fn wait(&self) {
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("redis-server did not start within ten seconds");
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(arguments: &[String], directory: &tempfile::TempDir) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", "always"]);
    command.args(arguments);
    command.current_dir(directory.path()).stdout(Stdio::null()).kill_on_drop(true);
    command.spawn().expect(
        "redis-server is required: apt-get install redis-server, or set SKIP_REDIS to skip these tests",
    )
}
