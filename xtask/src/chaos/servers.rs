//! The servers under test: the mock server as the upstream, `cwpsa serve`, and Redis.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;
use tempfile::TempDir;

use crate::http;
use crate::server_process::{self, CwpsaProcess};

/// Upstream faults, each in a few percent of the writes.
const FAULTS: [&str; 9] = [
    "cut_before 2% POST",
    "cut_after 2% POST",
    "truncated_body 2% POST",
    "half_body 2% POST",
    "timeout 2% POST",
    "html_error=502 2% POST",
    "empty_error=503 2% POST",
    "too_many_requests=1 2% POST",
    "latency=120 5% POST",
];
const START_TIMEOUT: Duration = Duration::from_secs(20);

/// Where the server keeps its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StateKind {
    File,
    Redis,
}

impl fmt::Display for StateKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::File => "a file",
            Self::Redis => "Redis",
        })
    }
}

/// The server binaries.
pub(super) struct Programs {
    sandbox: PathBuf,
    cwpsa: PathBuf,
}

/// Builds the servers.
pub(super) fn build(release: bool) -> anyhow::Result<Programs> {
    let profile: &[&str] = if release { &["--release"] } else { &[] };
    Ok(Programs {
        sandbox: server_process::build(profile)?,
        cwpsa: server_process::build_program("cwpsa", profile)?,
    })
}

/// Returns true if `redis-server` can be started.
pub(super) fn has_redis() -> bool {
    let version = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// The running servers. Each one can be killed and restarted while clients use it.
pub(super) struct ChaosServers {
    kind: StateKind,
    cwpsa_program: PathBuf,
    folder: TempDir,
    sandbox: CwpsaProcess,
    redis: Mutex<Option<RedisProcess>>,
    cwpsa: Mutex<CwpsaProcess>,
}

impl ChaosServers {
    /// Starts all servers.
    pub(super) fn start(programs: &Programs, kind: StateKind) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let mut arguments = Vec::new();
        for fault in FAULTS {
            arguments.extend(["--fault", fault]);
        }
        let sandbox = CwpsaProcess::start(&programs.sandbox, &arguments)?;
        let redis = match kind {
            StateKind::File => None,
            StateKind::Redis => Some(RedisProcess::start(folder.path(), free_port()?)?),
        };
        let state = state_of(redis.as_ref(), folder.path());
        let cwpsa = start_cwpsa(&programs.cwpsa, &sandbox, folder.path(), &state)?;
        Ok(Self {
            kind,
            cwpsa_program: programs.cwpsa.clone(),
            folder,
            sandbox,
            redis: Mutex::new(redis),
            cwpsa: Mutex::new(cwpsa),
        })
    }

    /// Returns where the server keeps its state.
    pub(super) fn kind(&self) -> StateKind {
        self.kind
    }

    /// Returns the host and port of `cwpsa serve`. Both change when it is restarted.
    pub(super) fn host(&self) -> String {
        lock(&self.cwpsa).host.clone()
    }

    /// Returns the process ID of `cwpsa serve`.
    pub(super) fn id(&self) -> u32 {
        lock(&self.cwpsa).id()
    }

    /// Returns the path of the audit log.
    pub(super) fn audit_log(&self) -> PathBuf {
        self.folder.path().join("audit.jsonl")
    }

    /// Kills `cwpsa serve` in the middle of its work, and restarts it.
    pub(super) fn restart_cwpsa(&self) -> anyhow::Result<()> {
        let mut cwpsa = lock(&self.cwpsa);
        cwpsa.kill();
        let state = state_of(lock(&self.redis).as_ref(), self.folder.path());
        *cwpsa = start_cwpsa(&self.cwpsa_program, &self.sandbox, self.folder.path(), &state)?;
        Ok(())
    }

    /// Kills Redis and restarts it with the data that had been synced.
    pub(super) fn restart_redis(&self) -> anyhow::Result<()> {
        let mut redis = lock(&self.redis);
        let Some(port) = redis.take().map(|process| process.port) else { return Ok(()) };
        *redis = Some(RedisProcess::start(self.folder.path(), port)?);
        Ok(())
    }

    /// Reads from the mock server how often each of the clients' summaries was stored.
    pub(super) fn stored_summaries(&self) -> anyhow::Result<BTreeMap<String, usize>> {
        let mut summaries = BTreeMap::new();
        for page in 1.. {
            let rows: Vec<Value> = serde_json::from_str(&self.sandbox.get(&format!(
                "/service/tickets?pageSize=1000&page={page}&fields=id,summary\
                 &conditions=summary%20like%20%22chaos*%22"
            ))?)?;
            for row in &rows {
                *summaries.entry(row["summary"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
            }
            if rows.len() < 1000 {
                break;
            }
        }
        Ok(summaries)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn state_of(redis: Option<&RedisProcess>, folder: &Path) -> String {
    match redis {
        Some(redis) => format!("redis://127.0.0.1:{}", redis.port),
        None => folder.join("state.redb").display().to_string(),
    }
}

fn start_cwpsa(
    program: &Path,
    sandbox: &CwpsaProcess,
    folder: &Path,
    state: &str,
) -> anyhow::Result<CwpsaProcess> {
    // The user's own settings must have no effect.
    let settings = folder.join("settings.toml");
    std::fs::write(&settings, "")?;
    let mut command = sandbox.serve_command(program);
    command.args(["--state", state]).arg("--audit").arg(folder.join("audit.jsonl"));
    CwpsaProcess::spawn(command.env("CWPSA_CONFIG", settings))
}

fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Redis with every write synced to disk, which a deployment with idempotency keys needs.
struct RedisProcess {
    process: Child,
    port: u16,
}

impl RedisProcess {
    fn start(folder: &Path, port: u16) -> anyhow::Result<Self> {
        let process = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", "always"])
            .arg("--dir")
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start redis-server")?;
        let redis = Self { process, port };
        let end = Instant::now() + START_TIMEOUT;
        while http::connect(&format!("127.0.0.1:{port}")).is_err() {
            if Instant::now() > end {
                bail!("redis-server does not listen on port {port}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(redis)
    }
}

impl Drop for RedisProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
