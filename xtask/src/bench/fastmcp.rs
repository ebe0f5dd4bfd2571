//! Measures FastMCP's `from_openapi` when it lists the same tools on the same machine. It requires Python; its packages
//! are pinned in `tests/clients/fastmcp`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::bench::figure::{Figure, NEWER_SPEC};
use crate::bench::server::{Session, Start};
use crate::clients::process::python_environment;

/// Number of measured starts. Each one takes many seconds; the fastest counts, which favors FastMCP.
const STARTS: usize = 3;

/// Measures and compares with `ours`. If FastMCP can't be measured, the figure contains the reason.
pub(crate) fn measure(figures: &mut Vec<Figure>, ours: Start) {
    eprintln!("measuring: FastMCP from_openapi …");
    match theirs() {
        Ok(theirs) => {
            figures.push(ratio(
                "FastMCP from_openapi: start to the first list of tools",
                (theirs.milliseconds / 1000.0, "s"),
                theirs.milliseconds / ours.milliseconds,
                100.0,
            ));
            figures.push(ratio(
                "FastMCP from_openapi: memory after that",
                (theirs.megabytes, "MB"),
                theirs.megabytes / ours.megabytes,
                10.0,
            ));
        }
        Err(error) => figures.push(Figure {
            what: "FastMCP from_openapi".to_owned(),
            value: format!("not measured: {error:#}"),
            bound: "≥ 100 × our time".to_owned(),
            met: false,
        }),
    }
}

fn ratio(what: &str, (value, unit): (f64, &str), times: f64, bound: f64) -> Figure {
    Figure {
        what: what.to_owned(),
        value: format!("{value:.1} {unit}, {times:.0} × ours"),
        bound: format!("≥ {bound} × ours"),
        met: times >= bound,
    }
}

fn theirs() -> anyhow::Result<Start> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("tests/clients/fastmcp");
    let python = python_environment(&folder, &root.join("target/clients-fastmcp"))?;
    let mut best: Option<Start> = None;
    for _ in 0..STARTS {
        let start = Instant::now();
        let mut command = Command::new(&python);
        command.arg(folder.join("serve.py")).env("SPEC", root.join(NEWER_SPEC)).stderr(Stdio::null());
        let mut session = Session::spawn(&mut command)?;
        session.list()?;
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        std::thread::sleep(Duration::from_millis(100));
        let megabytes = session.memory()?;
        if best.is_none_or(|best| milliseconds < best.milliseconds) {
            best = Some(Start { milliseconds, megabytes });
        }
    }
    best.context("FastMCP was not started")
}

#[cfg(test)]
mod tests {
    use super::ratio;

    #[test]
    fn a_ratio_is_met_from_its_bound_on() {
        let figure = ratio("start", (7.14, "s"), 119.6, 100.0);
        assert_eq!((figure.value.as_str(), figure.met), ("7.1 s, 120 × ours", true));
        assert!(!ratio("start", (7.14, "s"), 99.9, 100.0).met);
    }
}
