//! The figures of `cwpsa`: how big it is, how soon it lists tools over the Model Context Protocol, how much memory it
//! then holds, and how well its search finds.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::bench::figure::Figure;

/// As it is given to people.
pub(crate) const PROGRAM: &str = "target/dist/cwpsa";
/// Starts are measured so often; the median counts.
const STARTS: usize = 11;
const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
const LIST: &str = r#"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}"#;

/// What it takes to list tools.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    /// From the start of the process to the first list.
    pub(crate) milliseconds: f64,
    /// Resident memory after that.
    pub(crate) megabytes: f64,
}

/// Measures, and tells what it takes to list all tools.
///
/// # Errors
/// What could not be built or started.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> Result<Start, String> {
    eprintln!("measuring: cwpsa …");
    build(&["--profile", "dist", "--bins"])?;
    build(&["--release", "--examples"])?;
    let size = std::fs::metadata(PROGRAM).map_err(|error| format!("{PROGRAM}: {error}"))?.len();
    figures.push(Figure::at_most("cwpsa, as given to people: size", size as f64 / 1e6, 20.0, "MB"));
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
    let mut recall = Command::new("target/release/examples/recall");
    let recall = recall.arg("--kept-out").output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&recall.stdout);
    let line = text.lines().find(|line| line.starts_with("kept out")).unwrap_or_default().to_owned();
    let at_5 = line.split("@5 ").nth(1).and_then(|rest| rest.split(',').next()?.trim().parse::<f64>().ok());
    figures.push(Figure {
        what: format!("search, {line}"),
        value: at_5.map_or_else(|| "unknown".to_owned(), |share| format!("{share:.3} @5")),
        bound: "≥ 0.95 @5".to_owned(),
        met: at_5.is_some_and(|share| share >= 0.95),
    });
    Ok(of_all)
}

/// Builds what is asked for of the package.
///
/// # Errors
/// It could not be built.
pub(crate) fn build(what: &[&str]) -> Result<(), String> {
    let mut cargo = Command::new(env!("CARGO"));
    let status = cargo.args(["build", "--quiet", "--package", "cwpsa"]).args(what).status();
    let built = status.map_err(|error| error.to_string())?.success();
    built.then_some(()).ok_or_else(|| "cwpsa could not be built".to_owned())
}

/// A server that was started over stdin and stdout, and ends with this value.
pub(crate) struct Session {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Session {
    fn start(offer: &str) -> Result<Self, String> {
        let mut command = Command::new(PROGRAM);
        command
            .args(["mcp", "--tools", offer])
            .envs([("CWPSA_REGION", "na"), ("CWPSA_COMPANY_ID", "a"), ("CWPSA_PUBLIC_KEY", "b")])
            .envs([("CWPSA_PRIVATE_KEY", "c"), ("CWPSA_CLIENT_ID", "d")]);
        Self::of(&mut command)
    }

    /// Starts any server.
    pub(crate) fn of(command: &mut Command) -> Result<Self, String> {
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = spawned.map_err(|error| format!("{command:?}: {error}"))?;
        let input = process.stdin.take().ok_or("it has no stdin")?;
        let output = BufReader::new(process.stdout.take().ok_or("it has no stdout")?);
        Ok(Self { process, input, output })
    }

    /// Says hello and asks for the tools.
    pub(crate) fn list(&mut self) -> Result<(), String> {
        self.ask(INITIALIZE)?;
        writeln!(self.input, "{INITIALIZED}").map_err(|error| error.to_string())?;
        let answer = self.ask(LIST)?;
        if answer.contains("inputSchema") { Ok(()) } else { Err(format!("no list of tools: {answer:.200}")) }
    }

    fn ask(&mut self, message: &str) -> Result<String, String> {
        writeln!(self.input, "{message}").map_err(|error| error.to_string())?;
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|error| error.to_string())?;
        Ok(line)
    }

    /// Resident memory in megabytes.
    pub(crate) fn memory(&self) -> Result<f64, String> {
        memory(self.process.id())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Resident memory of a process, in megabytes.
pub(crate) fn memory(process: u32) -> Result<f64, String> {
    let path = format!("/proc/{process}/status");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kilobytes = line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
    kilobytes.map(|kilobytes| kilobytes / 1000.0).ok_or_else(|| format!("{path} does not tell the memory"))
}
