//! Measures how much callers can cost `cwpsa serve`: the CPU and the memory that requests without a token take, and the
//! latency of `/healthz` while callers send the most expensive requests that limits allow.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::bench::figure::Figure;
use crate::http;
use crate::server_process::{self, CwpsaProcess};

/// Requests of each kind that are measured together, because the kernel counts CPU time in steps of 10 ms.
const REQUESTS: u32 = 200;
/// Connections of each kind that are open together.
const CONNECTIONS: usize = 100;
/// The maximum size of a request.
const MAX_BYTES: usize = 1 << 20;
/// How long callers send their most expensive requests.
const ATTACK_TIME: Duration = Duration::from_secs(5);
/// The number of those callers.
const ATTACKERS: usize = 8;
/// Time between two requests of `/healthz`.
const PROBE_INTERVAL: Duration = Duration::from_millis(20);
/// The token of the account.
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// Clock ticks per second in `/proc`.
const TICKS: f64 = 100.0;

/// A kind of request.
struct CostlyRequest {
    name: &'static str,
    head: String,
    body: String,
}

impl CostlyRequest {
    fn new(name: &'static str, line: &str, headers: &str, body: String) -> Self {
        let head = format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: application/json\r\n\
             content-length: {}\r\n{headers}connection: close\r\n\r\n",
            body.len()
        );
        Self { name, head, body }
    }

    /// Sends the request as far as the server reads it. Returns the connection, or `None` if it failed.
    fn write(&self, host: &str) -> Option<TcpStream> {
        let mut stream = http::connect(host).ok()?;
        stream.set_write_timeout(Some(Duration::from_secs(2))).ok()?;
        stream.write_all(self.head.as_bytes()).ok()?;
        // A server that has responded may not read the body.
        let _ = stream.write_all(self.body.as_bytes());
        Some(stream)
    }

    /// Sends the request and reads the response until the connection ends.
    fn exchange(&self, host: &str) {
        if let Some(mut stream) = self.write(host) {
            let _ = stream.read_to_end(&mut Vec::new());
        }
    }
}

/// Measures the server in the file `program`.
pub(crate) fn measure(figures: &mut Vec<Figure>, sandbox: &Path, program: &Path) -> anyhow::Result<()> {
    eprintln!("measuring: cwpsa and hostile callers …");
    let sandbox = CwpsaProcess::start(sandbox, &[])?;
    let mut serve = sandbox.serve_command(program);
    serve.args(["--audit", "/dev/null", "--webhook-command", "true"]).env("CWPSA_TOKEN", TOKEN);
    let server = CwpsaProcess::spawn(&mut serve)?;
    let requests = without_token();
    // Caches and the allocator reach their size first.
    requests.iter().for_each(|request| (0..20).for_each(|_| request.exchange(&server.host)));
    figures.push(cpu(&server, &requests)?);
    figures.push(memory(&server, &requests)?);
    figures.push(health(&server)?);
    Ok(())
}

/// Returns requests of at most [`MAX_BYTES`] that a caller without a token can send.
fn without_token() -> Vec<CostlyRequest> {
    let large = |text: &str| format!("{{\"a\":\"{}\"}}", text.repeat((MAX_BYTES - 4096) / text.len()));
    let nested = || format!("{}{}", "[".repeat(MAX_BYTES / 2 - 2048), "]".repeat(MAX_BYTES / 2 - 2048));
    let signed = "x-content-signature: c2lnbmF0dXJl\r\n";
    let header = format!("x-filler: {}\r\n", "x".repeat(6000));
    let callback = format!(
        "{{\"Action\":\"added\",\"Type\":\"ticket\",\"ID\":1,\"Entity\":\"{}\",\"Metadata\":{{\"key_url\":\"https://a.example/k\"}}}}",
        "x".repeat(MAX_BYTES - 4096)
    );
    vec![
        CostlyRequest::new("a call", "POST /tools/create_a_ticket/call", "", large("x")),
        CostlyRequest::new("a call of /proxy", "POST /proxy/service_tickets", "", large("\\u00e9")),
        CostlyRequest::new("MCP", "POST /mcp", "", nested()),
        CostlyRequest::new("a wrong token", "POST /mcp", "authorization: Bearer guess\r\n", large("x")),
        CostlyRequest::new("an address token", "POST /mcp/guess", "", nested()),
        CostlyRequest::new("a callback", "POST /webhooks/acme", signed, callback),
        CostlyRequest::new("a nested callback", "POST /webhooks/acme", signed, nested()),
        CostlyRequest::new("an approval", "POST /approvals/x", "", large("x")),
        CostlyRequest::new("a long path", &format!("GET /tools/{}", "x".repeat(6000)), "", String::new()),
        CostlyRequest::new("a long header", "GET /metrics", &header, String::new()),
    ]
}

/// Measures the CPU time of the most expensive kind of request.
fn cpu(server: &CwpsaProcess, requests: &[CostlyRequest]) -> anyhow::Result<Figure> {
    let mut worst = (0.0, "");
    for request in requests {
        let before = cpu_milliseconds(server.id())?;
        (0..REQUESTS).for_each(|_| request.exchange(&server.host));
        let each = (cpu_milliseconds(server.id())? - before) / f64::from(REQUESTS);
        eprintln!("  {}: {each:.2} ms", request.name);
        if each >= worst.0 {
            worst = (each, request.name);
        }
    }
    let what = format!("cwpsa serve: CPU of a request without a token ({})", worst.1);
    Ok(Figure::at_most(&what, worst.0, 1.0, "ms"))
}

/// Measures the memory that an open connection takes after the most expensive kind of request.
fn memory(server: &CwpsaProcess, requests: &[CostlyRequest]) -> anyhow::Result<Figure> {
    let mut worst = (0.0, "");
    for request in requests {
        wait_until_idle(server)?;
        let before = server_process::memory(server.id())?;
        let open: Vec<_> = (0..CONNECTIONS).map(|_| request.write(&server.host)).collect();
        wait_until_idle(server)?;
        let each = (server_process::memory(server.id())? - before) * 1000.0 / CONNECTIONS as f64;
        drop(open);
        eprintln!("  {}: {each:.0} kB", request.name);
        if each >= worst.0 {
            worst = (each, request.name);
        }
    }
    let what = format!("cwpsa serve: memory kept for a request without a token ({})", worst.1);
    Ok(Figure::at_most(&what, worst.0, 64.0, "kB"))
}

/// Returns the most expensive requests within the limits, of callers with a token.
fn with_token() -> Vec<CostlyRequest> {
    let headers = format!("authorization: Bearer {TOKEN}\r\n");
    let call = |name: &str, arguments: &str| {
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"{name}\",\"arguments\":{arguments}}}}}"
        )
    };
    let mcp = |name, body| CostlyRequest::new(name, "POST /mcp", &headers, body);
    let words = "printer ticket company invoice ".repeat(10_000);
    let nested = format!("{}1{}", "{\"and\":[".repeat(100), "]}".repeat(100));
    let post = |name, path: &str, body| CostlyRequest::new(name, &format!("POST {path}"), &headers, body);
    vec![
        mcp("a search", call("search_tools", &format!("{{\"query\":\"{words}\"}}"))),
        mcp("a long name", call("call_tool", &format!("{{\"name\":\"{}\"}}", "list_all_".repeat(200)))),
        post("a filter", "/tools/list_all_tickets/call", format!("{{\"filter\":{nested}}}")),
        post(
            "conditions",
            "/tools/list_all_tickets/call",
            format!("{{\"conditions\":\"{}id > 0\"}}", "id > 0 and ".repeat(50_000)),
        ),
        post(
            "arguments",
            "/tools/create_a_ticket/call",
            format!("{{{}\"z\":1}}", (0..50_000).map(|n| format!("\"a{n}\":1,")).collect::<String>()),
        ),
        CostlyRequest::new("all tools", "GET /integrated-account/acme/tools?", &headers, String::new()),
    ]
}

/// Measures the slowest response of `/healthz` while callers with and without a token do their worst.
fn health(server: &CwpsaProcess) -> anyhow::Result<Figure> {
    let requests: Vec<CostlyRequest> = with_token().into_iter().chain(without_token()).collect();
    let is_over = AtomicBool::new(false);
    let times = std::thread::scope(|scope| {
        for attacker in 0..ATTACKERS {
            let (requests, is_over) = (&requests, &is_over);
            scope.spawn(move || {
                for request in requests.iter().cycle().skip(attacker) {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    request.exchange(&server.host);
                }
            });
        }
        let times = probe(&server.host);
        is_over.store(true, Ordering::Relaxed);
        times
    })?;
    let what =
        format!("cwpsa serve: /healthz while {ATTACKERS} callers do their worst, slowest of {}", times.len());
    Ok(Figure::at_most(&what, times.into_iter().fold(0.0, f64::max), 50.0, "ms"))
}

/// Requests `/healthz` at an interval, and returns the milliseconds of each response.
fn probe(host: &str) -> anyhow::Result<Vec<f64>> {
    let (end, mut times) = (Instant::now() + ATTACK_TIME, Vec::new());
    while Instant::now() < end {
        let start = Instant::now();
        let response = http::send(host, "GET", "/healthz", "", "").context("/healthz failed")?;
        anyhow::ensure!(response.status == 200, "/healthz: {response:?}");
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        std::thread::sleep(PROBE_INTERVAL);
    }
    Ok(times)
}

/// Waits until the server takes no CPU time, so that requests of another kind don't count.
fn wait_until_idle(server: &CwpsaProcess) -> anyhow::Result<()> {
    let mut before = cpu_milliseconds(server.id())?;
    loop {
        std::thread::sleep(Duration::from_millis(200));
        let now = cpu_milliseconds(server.id())?;
        if now <= before {
            return Ok(());
        }
        before = now;
    }
}

/// Returns the CPU time of a process.
fn cpu_milliseconds(process: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{process}/stat");
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {path}"))?;
    // The name of the program, in parentheses, may contain blanks.
    let fields = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let mut times = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
    let mut next = || times.next().and_then(Result::ok).with_context(|| format!("{path} has no CPU time"));
    Ok((next()? + next()?) * 1000.0 / TICKS)
}
