//! What `cwpsa serve` adds to a call, how many calls a second it carries, and whether its memory stays flat. The
//! upstream is the sandbox, in a process of its own on this machine, so both share its cores.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::bench::figure::Figure;
use crate::bench::server::{self, PROGRAM};
use crate::bench::wrk::{self, Load};
use crate::server_process::{self, AUTHORIZATION, ServerProcess};

/// The ticket that is read, straight and as a tool.
const TICKET: &str = "/service/tickets/8812";
const TOOL: &str = "/proxy/service_tickets/8812?integrated_account_id=acme";
/// Calls of each kind, in turns, over one connection each.
const CALLS: usize = 4000;
/// The first ones fill caches.
const WARM_UP: usize = 200;
/// Seconds of load if nothing else is said, and for the figure that is to be proven.
const SHORT: u64 = 20;
const LONG: u64 = 600;

/// Measures; `soak` keeps up the load for ten minutes.
///
/// # Errors
/// What could not be built, started or asked.
pub(crate) fn measure(figures: &mut Vec<Figure>, soak: bool) -> Result<(), String> {
    eprintln!("measuring: cwpsa under load …");
    server::build(&["--profile", "dist", "--bins"])?;
    let sandbox = ServerProcess::start(&server_process::build(&["--release"])?, &[])?;
    let mut serve = Command::new(PROGRAM);
    serve
        .args(["serve", "--audit", "/dev/null", "--base-url", &sandbox.url("")])
        .envs([("CWPSA_COMPANY_ID", "acme"), ("CWPSA_PUBLIC_KEY", "public")])
        .envs([("CWPSA_PRIVATE_KEY", "private"), ("CWPSA_CLIENT_ID", "xtask")]);
    let server = ServerProcess::of(&mut serve)?;
    overhead(figures, &sandbox, &server)?;
    load(figures, &server, if soak { LONG } else { SHORT })
}

fn overhead(
    figures: &mut Vec<Figure>,
    sandbox: &ServerProcess,
    server: &ServerProcess,
) -> Result<(), String> {
    let path = sandbox.url(TICKET);
    let path = path.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    let path = path.ok_or("the sandbox has no address")?;
    let credentials = format!("authorization: {AUTHORIZATION}\r\nclientid: xtask\r\n");
    let mut straight = Connection::open(&sandbox.host, path, &credentials)?;
    let mut through = Connection::open(&server.host, TOOL, "")?;
    let (mut of_straight, mut of_through) = (Vec::new(), Vec::new());
    for number in 0..WARM_UP + CALLS {
        let times = (straight.ask()?, through.ask()?);
        if number >= WARM_UP {
            of_straight.push(times.0);
            of_through.push(times.1);
        }
    }
    of_straight.sort_by(f64::total_cmp);
    of_through.sort_by(f64::total_cmp);
    for (name, place, bound) in [("median", CALLS / 2, 0.3), ("99th percentile", CALLS * 99 / 100, 1.5)] {
        let what = format!("cwpsa serve: a call beyond the upstream's own time, {name}");
        let added = of_through[place] - of_straight[place];
        figures.push(Figure::at_most(&what, added, bound, "ms"));
    }
    Ok(())
}

fn load(figures: &mut Vec<Figure>, server: &ServerProcess, seconds: u64) -> Result<(), String> {
    let url = format!("http://{}{TOOL}", server.host);
    // Connections, caches and the allocator reach their size first.
    wrk::run(&url, 5, &[])?;
    let before = server::memory(server.process())?;
    let Load { rate, is_clean, .. } = wrk::run(&url, seconds, &[])?;
    let after = server::memory(server.process())?;
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

/// A connection that is kept and asks the same again and again.
struct Connection {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Connection {
    fn open(host: &str, path: &str, headers: &str) -> Result<Self, String> {
        let stream = TcpStream::connect(host).map_err(|error| format!("{host}: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(|error| error.to_string())?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n");
        Ok(Self { stream: BufReader::new(stream), request })
    }

    /// Milliseconds until the whole answer was there.
    fn ask(&mut self) -> Result<f64, String> {
        let start = Instant::now();
        let failed = |error: std::io::Error| error.to_string();
        self.stream.get_mut().write_all(self.request.as_bytes()).map_err(failed)?;
        let (mut length, mut status) = (0, String::new());
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).map_err(failed)?;
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            match line.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().map_err(|_| format!("no length: {value}"))?;
                }
                Some(_) => {}
                None => status = line.to_owned(),
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).map_err(failed)?;
        let took = start.elapsed().as_secs_f64() * 1000.0;
        let is_ticket = String::from_utf8_lossy(&body).contains("8812");
        if status.contains(" 200 ") && is_ticket { Ok(took) } else { Err(format!("{status}: {body:?}")) }
    }
}
