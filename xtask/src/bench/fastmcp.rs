//! FastMCP beside ours: what its `from_openapi` takes, on the same spec and machine, to list the same tools. It needs
//! python; what it uses is pinned in `tests/clients/fastmcp`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::bench::figure::{Figure, NEWER_SPEC};
use crate::bench::server::{Session, Start};
use crate::clients::process::python_environment;

/// A start takes many seconds; the fastest counts, which is in its favour.
const STARTS: usize = 3;

/// Measures, and compares with `ours`. Where it can't be measured, that is the figure.
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
            value: format!("not measured: {error}"),
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

fn theirs() -> Result<Start, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("tests/clients/fastmcp");
    let python = python_environment(&folder, &root.join("target/clients-fastmcp"))?;
    let mut best: Option<Start> = None;
    for _ in 0..STARTS {
        let start = Instant::now();
        let mut command = Command::new(&python);
        command.arg(folder.join("serve.py")).env("SPEC", root.join(NEWER_SPEC)).stderr(Stdio::null());
        let mut session = Session::of(&mut command)?;
        session.list()?;
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        std::thread::sleep(Duration::from_millis(100));
        let megabytes = session.memory()?;
        if best.is_none_or(|best| milliseconds < best.milliseconds) {
            best = Some(Start { milliseconds, megabytes });
        }
    }
    best.ok_or_else(|| "it was not started".to_owned())
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
