//! Measures the latency that `cwpsa serve` adds to a call, its throughput, and its memory use over time. The upstream
//! is the sandbox in a separate process on the same machine, so both processes share its cores.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

use anyhow::bail;

use crate::bench::figure::Figure;
use crate::bench::server::{self, PROGRAM};
use crate::bench::wrk::{self, Load};
use crate::http;
use crate::server_process::{self, AUTHORIZATION, BASE_PATH, CwpsaProcess};

/// The ticket that is read directly from the upstream, and through the server.
const TICKET: &str = "/service/tickets/8812";
const TOOL: &str = "/proxy/service_tickets/8812?integrated_account_id=acme";
/// Number of calls of each kind, alternating, over one connection each.
const CALLS: usize = 4000;
/// Number of calls that aren't counted, because they fill caches.
const WARM_UP: usize = 200;
/// Duration of the load in seconds, by default and with `--soak`.
const DEFAULT_SECONDS: u64 = 20;
const SOAK_SECONDS: u64 = 600;

/// Measures only the latency that the given sandbox and server add to a call.
pub(crate) fn measure_overhead(
    figures: &mut Vec<Figure>,
    sandbox: &Path,
    program: &Path,
) -> anyhow::Result<()> {
    let (sandbox, server) = start(sandbox, program)?;
    overhead(figures, &sandbox, &server)
}

/// Measures the figures; `soak` keeps up the load for ten minutes.
pub(crate) fn measure(figures: &mut Vec<Figure>, soak: bool) -> anyhow::Result<()> {
    eprintln!("measuring: cwpsa under load …");
    server::build(server::DIST)?;
    let (sandbox, server) = start(&server_process::build(&["--release"])?, Path::new(PROGRAM))?;
    overhead(figures, &sandbox, &server)?;
    load(figures, &server, if soak { SOAK_SECONDS } else { DEFAULT_SECONDS })
}

/// Starts a sandbox, and a server that calls it.
fn start(sandbox: &Path, program: &Path) -> anyhow::Result<(CwpsaProcess, CwpsaProcess)> {
    let sandbox = CwpsaProcess::start(sandbox, &[])?;
    let server = CwpsaProcess::spawn(sandbox.serve_command(program).args(["--audit", "/dev/null"]))?;
    Ok((sandbox, server))
}

fn overhead(figures: &mut Vec<Figure>, sandbox: &CwpsaProcess, server: &CwpsaProcess) -> anyhow::Result<()> {
    let credentials = format!("authorization: {AUTHORIZATION}\r\nclientid: xtask\r\n");
    let mut straight = Connection::open(&sandbox.host, &format!("{BASE_PATH}{TICKET}"), &credentials)?;
    let mut through = Connection::open(&server.host, TOOL, "")?;
    let (mut of_straight, mut of_through) = (Vec::new(), Vec::new());
    for number in 0..WARM_UP + CALLS {
        let times = (straight.measure_request()?, through.measure_request()?);
        if number >= WARM_UP {
            of_straight.push(times.0);
            of_through.push(times.1);
        }
    }
    of_straight.sort_by(f64::total_cmp);
    of_through.sort_by(f64::total_cmp);
    for (name, rank, bound) in [("median", CALLS / 2, 0.3), ("99th percentile", CALLS * 99 / 100, 1.5)] {
        let what = format!("cwpsa serve: a call beyond the upstream's own time, {name}");
        let added = of_through[rank] - of_straight[rank];
        figures.push(Figure::at_most(&what, added, bound, "ms"));
    }
    Ok(())
}

fn load(figures: &mut Vec<Figure>, server: &CwpsaProcess, seconds: u64) -> anyhow::Result<()> {
    let url = format!("http://{}{TOOL}", server.host);
    // Connections, caches and the allocator must first reach their steady state.
    wrk::run(&url, 5, &[])?;
    let before = server_process::memory(server.id())?;
    let Load { rate, is_clean, .. } = wrk::run(&url, seconds, &[])?;
    let after = server_process::memory(server.id())?;
    figures.push(Figure {
        what: format!("cwpsa serve: calls a second for {seconds} s, upstream on the same cores (wrk)"),
        value: format!("{rate:.0} /s, {}", if is_clean { "no error" } else { "with errors" }),
        bound: "≥ 5000 /s, no error".to_owned(),
        met: rate >= 5000.0 && is_clean,
    });
    let what = format!("cwpsa serve: memory grows over {seconds} s of load, from {before:.0} MB");
    figures.push(Figure::at_most(&what, after - before, 5.0, "MB"));
    Ok(())
}

/// A connection that sends the same request repeatedly.
struct Connection {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Connection {
    fn open(host: &str, path: &str, headers: &str) -> anyhow::Result<Self> {
        let stream = http::connect(host)?;
        stream.set_nodelay(true)?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n");
        Ok(Self { stream: BufReader::new(stream), request })
    }

    /// Returns the milliseconds until the complete response has been received.
    fn measure_request(&mut self) -> anyhow::Result<f64> {
        let start = Instant::now();
        self.stream.get_mut().write_all(self.request.as_bytes())?;
        let response = http::read_response(&mut self.stream)?;
        let took = start.elapsed().as_secs_f64() * 1000.0;
        if response.status != 200 || !response.body.contains("8812") {
            bail!("expected a ticket, got {response:?}");
        }
        Ok(took)
    }
}
