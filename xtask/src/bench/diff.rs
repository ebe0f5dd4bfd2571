//! Measures `cargo xtask diff` on two real releases, and compares it with another diff tool.

use std::path::Path;

use crate::bench::figure::{Figure, NEWER_SPEC, OLDER_SPEC};
use crate::cost::{Cost, median};

/// The folder of the other tool, which is installed with `npm ci`, as in `cargo xtask test --clients`.
const OTHER: &str = "tests/other-diff-tool";

/// Measures the median of five runs, or of three for the other tool.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let own = std::env::current_exe()?;
    let own = own.to_string_lossy();
    for format in ["json", "markdown", "html", "note"] {
        let run =
            median(5, &[&own, "diff", OLDER_SPEC, NEWER_SPEC, "--format", format, "--fail-on", "never"])?;
        figures.push(Figure::at_most(&format!("diff of two releases, {format}: wall"), run.wall, 1.0, "s"));
        figures.push(Figure::at_most(
            &format!("diff of two releases, {format}: memory"),
            run.peak_mb,
            400.0,
            "MB",
        ));
    }
    if !Path::new(OTHER).join("node_modules").is_dir() {
        eprintln!(
            "note: {OTHER} is not installed, so the other diff tool is not measured; run `npm ci` there"
        );
        return Ok(());
    }
    let script = format!("{OTHER}/findings.mjs");
    let out = std::env::temp_dir().join(format!("findings-{}.tsv", std::process::id()));
    let run = median(3, &["node", &script, OLDER_SPEC, NEWER_SPEC, &out.to_string_lossy()]);
    drop(std::fs::remove_file(&out));
    let Cost { wall, peak_mb, .. } = run?;
    let beside = |what: &str, value: f64, unit: &str| Figure {
        what: format!("the same two releases, api-smart-diff, HTTP alone: {what}"),
        value: format!("{value:.2} {unit}"),
        bound: "to compare".to_owned(),
        met: true,
    };
    figures.push(beside("wall", wall, "s"));
    figures.push(beside("memory", peak_mb, "MB"));
    Ok(())
}
