//! A Redis server of a test's own, on a free port and in a directory of its own.
#![allow(dead_code, missing_docs)]

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

pub struct Redis {
    /// Where it is, with the password.
    pub address: String,
    port: u16,
    arguments: Vec<String>,
    directory: tempfile::TempDir,
    child: Child,
}

impl Redis {
    /// Starts a server. Only where `CWPSA_SKIP_REDIS` is set there is none.
    ///
    /// # Panics
    /// It is not installed, or does not start.
    pub async fn start(password: Option<&str>) -> Option<Self> {
        let port = free_port();
        let login =
            password.map(|password| format!(":{}@", password.replace(' ', "%20"))).unwrap_or_default();
        let mut arguments = vec!["--port".to_owned(), port.to_string()];
        arguments
            .extend(password.iter().flat_map(|password| ["--requirepass", *password]).map(str::to_owned));
        Self::listening(port, arguments, format!("redis://{login}127.0.0.1:{port}/")).await
    }

    /// Starts one that speaks TLS alone, with this certificate for `localhost` and its key.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn over_tls(certificate: &Path, key: &Path) -> Option<Self> {
        let port = free_port();
        let mut arguments: Vec<String> =
            ["--port", "0", "--tls-auth-clients", "no", "--tls-port"].map(str::to_owned).to_vec();
        arguments.push(port.to_string());
        for (name, file) in [("--tls-cert-file", certificate), ("--tls-key-file", key)] {
            arguments.extend([name.to_owned(), file.to_str().unwrap().to_owned()]);
        }
        Self::listening(port, arguments, format!("rediss://localhost:{port}/")).await
    }

    async fn listening(port: u16, arguments: Vec<String>, address: String) -> Option<Self> {
        if std::env::var_os("CWPSA_SKIP_REDIS").is_some() {
            eprintln!("not tested against Redis, as CWPSA_SKIP_REDIS is set");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let child = run(&arguments, &directory);
        let redis = Self { address, port, arguments, directory, child };
        redis.wait().await;
        Some(redis)
    }

    /// Ends the server and starts it again on the same data.
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
        "redis-server is needed: apt-get install redis-server, or set CWPSA_SKIP_REDIS to leave these tests out",
    )
}
