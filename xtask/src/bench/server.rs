//! Measures `cwpsa`: binary size, the time until it lists tools over the Model Context Protocol, and memory use after
//! that.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};

use crate::bench::figure::Figure;
use crate::server_process;

/// The program as released.
pub(crate) const PROGRAM: &str = "target/dist/cwpsa";
/// The arguments that build it.
pub(crate) const DIST: &[&str] = &["--profile", "dist", "--bins", "--features", "packed-catalog"];
/// Number of measured starts; the median counts.
const STARTS: usize = 11;
const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
const LIST: &str = r#"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}"#;

/// The cost of listing all tools.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    /// Time from process start to the first list.
    pub(crate) milliseconds: f64,
    /// Resident memory after that.
    pub(crate) megabytes: f64,
}

/// Measures the figures, and returns the cost of listing all tools.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> anyhow::Result<Start> {
    eprintln!("measuring: cwpsa …");
    build(DIST)?;
    let size = std::fs::metadata(PROGRAM).with_context(|| format!("can't read {PROGRAM}"))?.len();
    figures.push(Figure::at_most("cwpsa, as published: size", size as f64 / 1e6, 20.0, "MB"));
    let mut of_all = Start { milliseconds: 0.0, megabytes: 0.0 };
    for (offer, bound) in [("search", 25.0), ("all", 60.0)] {
        let mut times = Vec::new();
        let mut memory = 0.0;
        for _ in 0..STARTS {
            let start = Instant::now();
            let mut session = Session::start(offer)?;
            session.list()?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            std::thread::sleep(Duration::from_millis(100));
            memory = session.memory()?;
        }
        times.sort_by(f64::total_cmp);
        let what =
            format!("cwpsa mcp --tools {offer}: start to the first list of tools (median of {STARTS})");
        figures.push(Figure::at_most(&what, times[STARTS / 2], bound, "ms"));
        figures.push(Figure::at_most(
            &format!("cwpsa mcp --tools {offer}: memory after that"),
            memory,
            30.0,
            "MB",
        ));
        of_all = Start { milliseconds: times[STARTS / 2], megabytes: memory };
    }
    Ok(of_all)
}

/// Builds `cwpsa` with these cargo arguments.
pub(crate) fn build(what: &[&str]) -> anyhow::Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    let status = cargo.args(["build", "--quiet", "--package", "cwpsa"]).args(what).status();
    let built = status?.success();
    built.then_some(()).context("can't build cwpsa")
}

/// An MCP server over stdin and stdout. The process is killed when this value is dropped.
pub(crate) struct Session {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Session {
    fn start(offer: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(PROGRAM);
        command
            .args(["mcp", "--tools", offer])
            .envs([("CWPSA_REGION", "na"), ("CWPSA_COMPANY_ID", "a"), ("CWPSA_PUBLIC_KEY", "b")])
            .envs([("CWPSA_PRIVATE_KEY", "c"), ("CWPSA_CLIENT_ID", "d")]);
        Self::spawn(&mut command)
    }

    /// Starts a server.
    pub(crate) fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = spawned.with_context(|| format!("{command:?}"))?;
        let input = process.stdin.take().context("the server has no stdin")?;
        let output = BufReader::new(process.stdout.take().context("the server has no stdout")?);
        Ok(Self { process, input, output })
    }

    /// Initializes the session and lists the tools.
    pub(crate) fn list(&mut self) -> anyhow::Result<()> {
        self.request(INITIALIZE)?;
        writeln!(self.input, "{INITIALIZED}")?;
        let answer = self.request(LIST)?;
        if answer.contains("inputSchema") {
            Ok(())
        } else {
            Err(anyhow!("expected a list of tools, got {answer:.200}"))
        }
    }

    fn request(&mut self, message: &str) -> anyhow::Result<String> {
        writeln!(self.input, "{message}")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }

    /// Returns the resident memory in megabytes.
    pub(crate) fn memory(&self) -> anyhow::Result<f64> {
        server_process::memory(self.process.id())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
