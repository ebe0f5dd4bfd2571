//! Disrupts servers while clients write.

use std::fmt;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::servers::ChaosServers;
use crate::http;

/// Number of connections in a flood.
const FLOOD_CONNECTIONS: usize = 300;
const SLOW_CLIENTS: usize = 50;
/// How long the audit log can't be written.
const FULL_DISK: Duration = Duration::from_millis(500);
/// Maximum time for a health check while clients misbehave. It is generous because the servers share the cores with
/// the clients; `cargo xtask bench` measures the real limit.
const MAX_HEALTH_CHECK: Duration = Duration::from_secs(5);

/// A way to disrupt the servers. Upstream faults happen all the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Disruption {
    KillServer,
    RestartRedis,
    RotateAuditLog,
    FillDisk,
    Flood,
    SlowClients,
}

impl Disruption {
    /// All of them, in the order in which they happen.
    pub(super) const ALL: [Self; 6] = [
        Self::KillServer,
        Self::RotateAuditLog,
        Self::Flood,
        Self::RestartRedis,
        Self::FillDisk,
        Self::SlowClients,
    ];

    /// Carries out the disruption, and returns when it is over.
    ///
    /// # Errors
    /// Returns an error if a server can't be restarted, or doesn't respond to a health check.
    pub(super) fn apply(self, servers: &ChaosServers) -> anyhow::Result<()> {
        match self {
            Self::KillServer => servers.restart_cwpsa(),
            Self::RestartRedis => servers.restart_redis(),
            Self::RotateAuditLog => rotate_audit_log(servers),
            Self::FillDisk => fill_disk(servers),
            Self::Flood => flood(servers),
            Self::SlowClients => slow_clients(servers),
        }
    }
}

impl fmt::Display for Disruption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::KillServer => "server killed",
            Self::RestartRedis => "Redis killed",
            Self::RotateAuditLog => "audit log rotated",
            Self::FillDisk => "disk of the audit log full",
            Self::Flood => "flood of requests without a key",
            Self::SlowClients => "slow clients",
        })
    }
}

fn rotate_audit_log(servers: &ChaosServers) -> anyhow::Result<()> {
    std::fs::rename(servers.audit_log(), servers.audit_log().with_extension("1"))?;
    Ok(())
}

/// Replaces the audit log with a device on which every write fails for lack of space, then removes the device.
fn fill_disk(servers: &ChaosServers) -> anyhow::Result<()> {
    let log = servers.audit_log();
    if log.exists() {
        std::fs::rename(&log, log.with_extension("2"))?;
    }
    if symlink("/dev/full", &log).is_ok() {
        std::thread::sleep(FULL_DISK);
        std::fs::remove_file(&log)?;
    }
    Ok(())
}

/// Opens many connections at once, each with a request that isn't a call.
fn flood(servers: &ChaosServers) -> anyhow::Result<()> {
    let host = servers.host();
    let body = "x".repeat(64 << 10);
    let mut streams = Vec::new();
    for _ in 0..FLOOD_CONNECTIONS {
        let Ok(mut stream) = http::connect(&host) else { continue };
        let request = format!(
            "POST /tools/{}/call HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n\r\n",
            "a".repeat(2000),
            body.len()
        );
        if stream.write_all(request.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).is_ok() {
            streams.push(stream);
        }
    }
    check_health(&host)?;
    for mut stream in streams {
        let _ = stream.read(&mut [0; 1]);
    }
    Ok(())
}

/// Opens connections that send only the start of a request.
fn slow_clients(servers: &ChaosServers) -> anyhow::Result<()> {
    let host = servers.host();
    let mut streams = Vec::new();
    for _ in 0..SLOW_CLIENTS {
        let Ok(mut stream) = http::connect(&host) else { continue };
        if stream.write_all(b"POST /tools/create_a_ticket/call HTTP/1.1\r\nhost: ").is_ok() {
            streams.push(stream);
        }
    }
    check_health(&host)
}

fn check_health(host: &str) -> anyhow::Result<()> {
    let start = Instant::now();
    let response = http::send(host, "GET", "/healthz", "", "")?;
    if response.status != 200 || start.elapsed() > MAX_HEALTH_CHECK {
        bail!("/healthz: status {} after {:?}", response.status, start.elapsed());
    }
    Ok(())
}
