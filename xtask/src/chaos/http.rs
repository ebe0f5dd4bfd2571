//! Requests over connections of their own, each with a time limit.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A response: its status and body.
#[derive(Debug)]
pub(super) struct PlainResponse {
    pub(super) status: u16,
    pub(super) body: String,
}

/// Sends a request with a JSON body, and returns the response.
///
/// # Errors
/// Returns an error if the connection fails or ends before the whole response was read.
pub(super) fn send(
    host: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> anyhow::Result<PlainResponse> {
    let mut stream = connect(host)?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).context("cannot send the request")?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).context("cannot read the response")?;
    parse(&String::from_utf8_lossy(&response))
}

/// Opens a connection with a time limit.
pub(super) fn connect(host: &str) -> anyhow::Result<TcpStream> {
    let address = host.to_socket_addrs()?.next().context("the host has no address")?;
    let stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
    stream.set_read_timeout(Some(READ_TIMEOUT))?;
    Ok(stream)
}

fn parse(response: &str) -> anyhow::Result<PlainResponse> {
    let (head, body) = response.split_once("\r\n\r\n").context("the connection closed before a response")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.with_context(|| anyhow!("not a status line: {head}"))?;
    let length = head.lines().filter_map(|line| line.split_once(':'));
    let length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: Option<usize> = length.filter_map(|(_, value)| value.trim().parse().ok()).next();
    if length.is_some_and(|length| body.len() < length) {
        bail!("the connection closed in the middle of a response");
    }
    Ok(PlainResponse { status, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncated_responses_are_errors() {
        let whole = parse("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        assert_eq!((whole.status, whole.body.as_str()), (201, "{}"));
        assert!(parse("HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\n{}").is_err());
        assert!(parse("HTTP/1.1 201 Cre").is_err());
    }
}
