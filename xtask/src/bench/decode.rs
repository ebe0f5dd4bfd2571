//! Measures how long the generated models take to decode a page of tickets, compared with structs that use serde's
//! derive.

use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::bench::figure::Figure;

/// The program that measures. It is a package of its own, so that nothing else is built in release.
const FOLDER: &str = "tests/decode";
const TARGET: &str = "target/bench";

/// Builds the program, runs it, and reads its figure.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    eprintln!("measuring: decoding …");
    std::fs::copy("Cargo.lock", format!("{FOLDER}/Cargo.lock"))?;
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--manifest-path", &format!("{FOLDER}/Cargo.toml")])
        .args(["--target-dir", TARGET])
        .stderr(std::process::Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("{FOLDER}: {}", output.status);
    }
    let result: Value = serde_json::from_slice(&output.stdout).context("expected JSON")?;
    let number =
        |name: &str| result[name].as_f64().with_context(|| format!("{name} is missing from {result}"));
    let (models, derive) = (number("models_ms")?, number("derive_ms")?);
    figures.push(Figure::at_most(
        &format!("decode a page of 1,000 tickets ({models:.1} ms) over a serde derive ({derive:.1} ms)"),
        number("ratio")?,
        1.1,
        "×",
    ));
    Ok(())
}
