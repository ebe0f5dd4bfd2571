//! Measures how much load callers can put on `cwpsa serve`: the CPU time and memory used by requests without a token,
//! and the latency of `/healthz` while callers send the most expensive requests that the limits allow.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::bench::figure::Figure;
use crate::http;
use crate::server_process::{self, CwpsaProcess};

/// Number of requests of each kind that are measured together, because the kernel counts CPU time in steps of 10 ms.
const REQUESTS: u32 = 200;
/// Number of connections of each kind that are open together.
const CONNECTIONS: usize = 100;
/// Maximum size of a request.
const MAX_BYTES: usize = 1 << 20;
/// How long callers send their most expensive requests.
const ATTACK_TIME: Duration = Duration::from_secs(5);
/// Number of those callers.
const ATTACKERS: usize = 8;
/// Time between requests to `/healthz`.
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

    /// Sends as much of the request as the server reads. Returns the connection, or `None` if it failed.
    fn write(&self, host: &str) -> Option<TcpStream> {
        let mut stream = http::connect(host).ok()?;
        stream.set_write_timeout(Some(Duration::from_secs(2))).ok()?;
        stream.write_all(self.head.as_bytes()).ok()?;
        // A server that has responded may not read the body.
        let _ = stream.write_all(self.body.as_bytes());
        Some(stream)
    }

    /// Sends the request and returns the response, which is incomplete if the connection closes early.
    fn exchange(&self, host: &str) -> String {
        let mut response = Vec::new();
        if let Some(mut stream) = self.write(host) {
            let _ = stream.read_to_end(&mut response);
        }
        String::from_utf8_lossy(&response).into_owned()
    }
}

/// Measures the server `program`.
pub(crate) fn measure(figures: &mut Vec<Figure>, sandbox: &Path, program: &Path) -> anyhow::Result<()> {
    eprintln!("measuring: cwpsa and hostile callers …");
    let sandbox = CwpsaProcess::start(sandbox, &[])?;
    let mut serve = sandbox.serve_command(program);
    serve.args(["--audit", "/dev/null", "--webhook-command", "true"]).env("CWPSA_TOKEN", TOKEN);
    let server = CwpsaProcess::spawn(&mut serve)?;
    let requests = without_token();
    // Caches and the allocator must first reach their steady state.
    requests.iter().for_each(|request| (0..20).for_each(|_| drop(request.exchange(&server.host))));
    figures.push(cpu(&server, &requests)?);
    figures.push(memory(&server, &requests)?);
    // Once as if the callers ran on other machines, and once with an equal share of these cores, which also delays the
    // probe.
    figures.push(health(&server, "19", "of low priority on the same cores")?);
    figures.push(health(&server, "0", "of the same priority on the same cores")?);
    Ok(())
}

/// Returns requests of up to [`MAX_BYTES`] that a caller without a token can send.
fn without_token() -> Vec<CostlyRequest> {
    let large = |text: &str| format!("{{\"a\":\"{}\"}}", text.repeat((MAX_BYTES - 4096) / text.len()));
    let nested = |length: usize| {
        let depth = length / 2 - 2048;
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    };
    let signed = format!("x-content-signature: {}=\r\n", "A".repeat(43));
    let header = format!("x-filler: {}\r\n", "x".repeat(6000));
    let callback = |length: usize| {
        let entity = "x".repeat(length - 4096);
        format!(
            "{{\"Action\":\"added\",\"Type\":\"ticket\",\"ID\":1,\"Entity\":\"{entity}\",\
             \"Metadata\":{{\"key_url\":\"https://a.example/k\"}}}}"
        )
    };
    vec![
        CostlyRequest::new("a call", "POST /tools/create_a_ticket/call", "", large("x")),
        CostlyRequest::new("a call of /proxy", "POST /proxy/service_tickets", "", large("\\u00e9")),
        CostlyRequest::new("MCP", "POST /mcp", "", nested(MAX_BYTES)),
        CostlyRequest::new("a wrong token", "POST /mcp", "authorization: Bearer guess\r\n", large("x")),
        CostlyRequest::new("an address token", "POST /mcp/guess", "", nested(MAX_BYTES)),
        CostlyRequest::new("a callback", "POST /webhooks/acme", &signed, callback(MAX_BYTES)),
        CostlyRequest::new("a smaller callback", "POST /webhooks/acme", &signed, callback(MAX_BYTES / 4)),
        CostlyRequest::new("a nested callback", "POST /webhooks/acme", &signed, nested(MAX_BYTES / 4)),
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
        (0..REQUESTS).for_each(|_| drop(request.exchange(&server.host)));
        let each = (cpu_milliseconds(server.id())? - before) / f64::from(REQUESTS);
        eprintln!("  {}: {each:.2} ms", request.name);
        if each >= worst.0 {
            worst = (each, request.name);
        }
    }
    let what = format!("cwpsa serve: CPU of a request without a token ({})", worst.1);
    Ok(Figure::at_most(&what, worst.0, 1.0, "ms"))
}

/// Measures the memory used by an open connection after the most expensive kind of request.
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

/// Returns the most expensive requests within the limits, from callers with a token.
fn with_token(host: &str) -> Vec<CostlyRequest> {
    let headers = format!("authorization: Bearer {TOKEN}\r\n");
    let session = open_session(host, &headers).unwrap_or_default();
    let in_session = format!("{headers}mcp-session-id: {session}\r\n");
    let call = |name: &str, arguments: &str| {
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"{name}\",\"arguments\":{arguments}}}}}"
        )
    };
    let mcp = |name, body| CostlyRequest::new(name, "POST /mcp", &in_session, body);
    let words = "printer ticket company invoice ".repeat(10_000);
    let nested = format!("{}1{}", "{\"and\":[".repeat(100), "]}".repeat(100));
    let ids = (0..100_000).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    let post = |name, path: &str, body| CostlyRequest::new(name, &format!("POST {path}"), &headers, body);
    vec![
        mcp("a search", call("search_tools", &format!("{{\"query\":\"{words}\"}}"))),
        mcp("a long name", call("call_tool", &format!("{{\"name\":\"{}\"}}", "list_all_".repeat(200)))),
        post("a filter", "/tools/list_all_tickets/call", format!("{{\"filter\":{nested}}}")),
        post(
            "unknown fields",
            "/tools/list_all_tickets/call",
            format!("{{\"filter\":{{\"or\":[{}]}}}}", vec!["{\"sumary\":1}"; 1500].join(",")),
        ),
        mcp("a long argument", call("search_tools", &format!("{{\"{}\":1}}", "query".repeat(100_000)))),
        post("IDs", "/tools/list_all_tickets/call", format!("{{\"filter\":{{\"id\":[{}]}}}}", ids)),
        CostlyRequest::new(
            "capabilities",
            "GET /integrated-account/acme/capabilities",
            &headers,
            String::new(),
        ),
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

/// Opens an MCP session and returns its ID.
fn open_session(host: &str, headers: &str) -> Option<String> {
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
    let initialized = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let response =
        CostlyRequest::new("initialize", "POST /mcp", headers, initialize.to_owned()).exchange(host);
    let id = response.lines().find_map(|line| line.strip_prefix("mcp-session-id: "))?.trim().to_owned();
    let headers = format!("{headers}mcp-session-id: {id}\r\n");
    let _ = CostlyRequest::new("initialized", "POST /mcp", &headers, initialized.to_owned()).exchange(host);
    Some(id)
}

/// Measures the slowest response from `/healthz` while callers of this niceness, with and without a token, do their
/// worst.
fn health(server: &CwpsaProcess, niceness: &str, callers: &str) -> anyhow::Result<Figure> {
    let _attack = Attack::start(&server.host, niceness)?;
    let mut times = probe(&server.host)?;
    times.sort_by(f64::total_cmp);
    let count = times.len();
    let (median, slowest) = (times[count / 2], times[count - 1]);
    eprintln!("  /healthz, {callers}: median {median:.1} ms, slowest {slowest:.1} ms of {count}");
    let what = format!(
        "cwpsa serve: /healthz while {ATTACKERS} callers, {callers}, do their worst, slowest of {count}"
    );
    Ok(Figure::at_most(&what, slowest, 50.0, "ms"))
}

/// Callers in a separate process, which is killed when this value is dropped.
struct Attack(Child);

impl Attack {
    fn start(host: &str, niceness: &str) -> anyhow::Result<Self> {
        let mut command = Command::new("nice");
        command.args(["-n", niceness]).arg(std::env::current_exe()?).args(["attack", host]);
        Ok(Self(command.spawn().context("can't start the callers")?))
    }
}

impl Drop for Attack {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends the most expensive requests to a server until the process is killed.
pub(crate) fn attack(host: &str) -> ExitCode {
    let requests: Vec<CostlyRequest> = with_token(host).into_iter().chain(without_token()).collect();
    std::thread::scope(|scope| {
        for attacker in 0..ATTACKERS {
            let requests = &requests;
            scope.spawn(move || {
                for request in requests.iter().cycle().skip(attacker) {
                    let _ = request.exchange(host);
                }
            });
        }
    });
    ExitCode::SUCCESS
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

/// Waits until the server uses no CPU time, so requests of another kind don't count.
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

/// Returns a process's CPU time.
fn cpu_milliseconds(process: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{process}/stat");
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {path}"))?;
    // The program name, in parentheses, may contain spaces.
    let fields = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let mut times = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
    let mut next = || times.next().and_then(Result::ok).with_context(|| format!("{path} has no CPU time"));
    Ok((next()? + next()?) * 1000.0 / TICKS)
}
