//! The part of the bench that is about the tools: what their schemas cost, how calls drawn from them fare, and what
//! it costs to start a process that uses one. They are measured by examples of the end to end tests.

use std::process::Command;

use serde_json::Value;

use crate::bench::figure::Figure;
use crate::cost::cost;

/// Runs the examples and adds what they print.
///
/// # Errors
/// What could not be run.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> Result<(), String> {
    eprintln!("measuring: the tools …");
    let build = ["build", "--quiet", "--release", "--package", "e2e", "--examples"];
    let status = Command::new(env!("CARGO")).args(build).status().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err("the examples of the end to end tests could not be built".to_owned());
    }
    let output =
        Command::new("target/release/examples/figures").output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("the figures of the tools: {}", String::from_utf8_lossy(&output.stderr)));
    }
    for line in text.lines() {
        let figure: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |member: &str| figure[member].as_str().unwrap_or_default().to_owned();
        figures.push(Figure {
            what: text("what"),
            value: text("value"),
            bound: text("bound"),
            met: figure["met"] == true,
        });
    }
    let mut starts = Vec::new();
    for _ in 0..21 {
        starts.push(cost(&["target/release/examples/one_tool"], &[])?.wall * 1000.0);
    }
    starts.sort_by(f64::total_cmp);
    figures.push(Figure::at_most(
        "a process that uses one tool, start to end (median of 21)",
        starts[10],
        5.0,
        "ms",
    ));
    Ok(())
}
