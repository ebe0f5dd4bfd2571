//! A Redis server of a test's own, on a free port and in a directory of its own.
#![allow(dead_code, missing_docs)]

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

pub struct Redis {
    /// Where it is, with the password.
    pub address: String,
    port: u16,
    password: Option<String>,
    directory: tempfile::TempDir,
    child: Child,
}

impl Redis {
    /// Starts a server. Only where `CWPSA_SKIP_REDIS` is set there is none.
    ///
    /// # Panics
    /// It is not installed, or does not start.
    pub async fn start(password: Option<&str>) -> Option<Self> {
        if std::env::var_os("CWPSA_SKIP_REDIS").is_some() {
            eprintln!("not tested against Redis, as CWPSA_SKIP_REDIS is set");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let login =
            password.map(|password| format!(":{}@", password.replace(' ', "%20"))).unwrap_or_default();
        let directory = tempfile::tempdir().unwrap();
        let child = run(port, password, &directory);
        let redis = Self {
            address: format!("redis://{login}127.0.0.1:{port}/"),
            port,
            password: password.map(str::to_owned),
            directory,
            child,
        };
        redis.wait().await;
        Some(redis)
    }

    /// Ends the server and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.child.kill().await.unwrap();
        self.child = run(self.port, self.password.as_deref(), &self.directory);
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

fn run(port: u16, password: Option<&str>, directory: &tempfile::TempDir) -> Child {
    let mut command = Command::new("redis-server");
    let port = port.to_string();
    command.args(["--port", &port, "--bind", "127.0.0.1", "--save", ""]).args([
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ]);
    if let Some(password) = password {
        command.args(["--requirepass", password]);
    }
    command.current_dir(directory.path()).stdout(Stdio::null()).kill_on_drop(true);
    command.spawn().expect(
        "redis-server is needed: apt-get install redis-server, or set CWPSA_SKIP_REDIS to leave these tests out",
    )
}
