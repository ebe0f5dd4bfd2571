//! A small HTTP client, so that xtask doesn't need an async runtime.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A response: its status and body.
#[derive(Debug)]
pub(crate) struct PlainResponse {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Sends a request with a JSON body over a new connection, and returns the response.
///
/// # Errors
/// Returns an error if the connection fails or ends before the complete response has been read.
pub(crate) fn send(
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
    stream.write_all(request.as_bytes()).context("can't send the request")?;
    read_response(&mut BufReader::new(stream))
}

/// Opens a connection with a time limit.
pub(crate) fn connect(host: &str) -> anyhow::Result<TcpStream> {
    let address = host.to_socket_addrs()?.next().context("the host has no address")?;
    let stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)
        .with_context(|| format!("can't connect to {host}"))?;
    stream.set_read_timeout(Some(READ_TIMEOUT))?;
    Ok(stream)
}

/// Reads a response. Without a content length, its body ends with the connection.
///
/// # Errors
/// Returns an error if the connection ends before the complete response has been read.
pub(crate) fn read_response(stream: &mut impl BufRead) -> anyhow::Result<PlainResponse> {
    let status_line = read_head_line(stream)?;
    let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.with_context(|| anyhow!("invalid HTTP status line: {status_line}"))?;
    let mut length = None;
    loop {
        let line = read_head_line(stream)?;
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length =
                    Some(value.trim().parse().with_context(|| format!("invalid content-length {value:?}"))?);
            }
            None if line.is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length.unwrap_or_default()];
    match length {
        Some(_) => stream.read_exact(&mut body),
        None => stream.read_to_end(&mut body).map(|_| ()),
    }
    .context("can't read the full response body")?;
    Ok(PlainResponse { status, body: String::from_utf8_lossy(&body).into_owned() })
}

fn read_head_line(stream: &mut impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line).context("can't read the response")?;
    if !line.ends_with('\n') {
        bail!("the connection was closed before a response arrived");
    }
    Ok(line.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(response: &str) -> anyhow::Result<PlainResponse> {
        read_response(&mut response.as_bytes())
    }

    #[test]
    fn truncated_responses_are_errors() {
        let whole = parse("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        assert_eq!((whole.status, whole.body.as_str()), (201, "{}"));
        assert!(parse("HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\n{}").is_err());
        assert!(parse("HTTP/1.1 201 Cre").is_err());
    }
}
