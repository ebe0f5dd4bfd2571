//! Finds free ports for servers that can't choose a port themselves. A server that can bind port 0 should do that
//! instead.

use std::net::{TcpListener, UdpSocket};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};

/// Ports outside the ephemeral ranges of the operating systems used by developers and CI.
const PORTS: Range<u16> = 20_000..30_000;

/// The sockets that reserve the process's ports until it exits.
static RESERVATIONS: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());
static TRIED: AtomicU16 = AtomicU16::new(0);

/// Returns a free port on 127.0.0.1 that no other caller gets while this process runs.
///
/// A port that was bound as port 0 and closed again could be assigned to any connection before the server binds
/// it.
///
/// # Panics
/// Panics if no port is free.
#[must_use]
pub fn free_port() -> u16 {
    let count = PORTS.end - PORTS.start;
    // Concurrent processes start at different ports.
    let first = u16::try_from(u64::from(std::process::id()) * 37 % u64::from(count)).unwrap_or(0);
    loop {
        let tried = TRIED.fetch_add(1, Ordering::Relaxed);
        assert!(tried < count, "expected a free port in {PORTS:?}, found none");
        let port = PORTS.start + (first + tried) % count;
        // The UDP port with the same number is otherwise unused: whoever binds it owns the number.
        let Ok(reservation) = UdpSocket::bind(("127.0.0.1", port)) else { continue };
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            RESERVATIONS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(reservation);
            return port;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_reserved_once() {
        let mut ports = [(); 20].map(|()| free_port()).to_vec();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 20);
        for port in ports {
            drop(TcpListener::bind(("127.0.0.1", port)).expect("a free port"));
        }
    }
}
