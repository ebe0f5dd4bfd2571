//! `cwpsa healthcheck`: the container's health probe. It is part of the binary because the container image includes no
//! other program that can send a request.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::cli::HealthcheckArgs;
use crate::error::CliError;

/// Timeout for the server's response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum length of the first line of a response.
const MAX_STATUS_LINE: u64 = 1024;

/// Sends a request to the server on `listen`. The exit code is 1 if the server isn't healthy.
pub async fn run(arguments: &HealthcheckArgs, listen: SocketAddr) -> Result<(), CliError> {
    let address = reachable_address(listen);
    let path = if arguments.ready { "/readyz" } else { "/healthz" };
    let response = tokio::time::timeout(RESPONSE_TIMEOUT, fetch_status(address, path)).await;
    let problem = match response {
        Ok(Ok(status)) if status == "200" => return Ok(()),
        Ok(Ok(status)) => format!("status {status}"),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no response within {} seconds", RESPONSE_TIMEOUT.as_secs()),
    };
    eprintln!("error: http://{address}{path}: {problem}");
    Err(CliError::AlreadyReported(1))
}

/// Returns an address to connect to: for a server that listens on all addresses, the loopback address.
fn reachable_address(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Sends a GET request and returns the status code of the response.
async fn fetch_status(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut line = String::new();
    BufReader::new(stream.take(MAX_STATUS_LINE)).read_line(&mut line).await?;
    let status = line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.split_whitespace().next());
    status
        .map(str::to_owned)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the response is not HTTP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unspecified_addresses_are_probed_on_loopback() {
        for (listen, reached) in
            [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::]:80", "[::1]:80"), ("10.0.0.7:80", "10.0.0.7:80")]
        {
            assert_eq!(reachable_address(listen.parse().unwrap()).to_string(), reached);
        }
    }
}
