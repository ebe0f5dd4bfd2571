//! Measures the tools: schema sizes, the results of random calls, and the cost of a process that uses one tool.
//! Examples in the end-to-end tests make the measurements.

use std::process::Command;

use anyhow::bail;
use serde_json::Value;

use crate::bench::figure::Figure;
use crate::cost::cost;

/// Runs the examples and adds the figures that they print.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    eprintln!("measuring: the tools …");
    let build = ["build", "--quiet", "--release", "--package", "e2e", "--examples"];
    let status = Command::new(env!("CARGO")).args(build).status()?;
    if !status.success() {
        bail!("can't build the end-to-end test examples");
    }
    let output = Command::new("target/release/examples/figures").output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("the `figures` example failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    for line in text.lines() {
        let figure: Value = serde_json::from_str(line)?;
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
