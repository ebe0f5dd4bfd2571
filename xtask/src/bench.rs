//! `cargo xtask bench`: the project's figures beside their bounds, printed as a table and stored as JSON, by parts.

use std::process::ExitCode;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::bench_diff;
use crate::bench_fastmcp;
use crate::bench_generator;
use crate::bench_load;
use crate::bench_sandbox;
use crate::bench_server;
use crate::bench_tools;
use crate::wrk;

/// Where the figures are stored.
const STORE: &str = "docs/figures.json";
/// Two releases, to see that names stay.
pub const OLDER: &str = "specs/connectwise-psa-2022.1.json";
/// The newer one.
pub const NEWER: &str = "specs/connectwise-psa-2025.1.json";

/// A figure and its bound.
#[derive(Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// What came out, with its unit.
    pub value: String,
    /// What it may be.
    pub bound: String,
    /// Whether it is.
    pub met: bool,
}

/// What can be set.
#[derive(clap::Args)]
pub struct Arguments {
    /// Measure one part alone; the figures of the others stay as they are stored.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Keep up the load on `cwpsa serve` for ten minutes.
    #[arg(long)]
    soak: bool,
}

/// What can be measured alone.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// The generator, and what its output costs to compile.
    Generator,
    /// The tools: their schemas, and a process that uses one.
    Tools,
    /// `cargo xtask diff`.
    Diff,
    /// The sandbox.
    Sandbox,
    /// `cwpsa`: size, start, memory, search.
    Server,
    /// `cwpsa serve` under load.
    Load,
}

/// Measures and prints; exit code 1 where a bound is missed, 2 where something could not be measured.
pub fn run(arguments: &Arguments) -> ExitCode {
    let parts = arguments.only.map_or_else(|| Part::value_variants().to_vec(), |part| vec![part]);
    match measure(&parts, arguments.soak) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Measures part by part, and stores each, so that what comes after a failure is all that is lost; whether all bounds
/// are met.
fn measure(parts: &[Part], soak: bool) -> Result<bool, String> {
    if parts.iter().any(|part| matches!(part, Part::Sandbox | Part::Load)) {
        wrk::check()?;
    }
    let mut are_met = true;
    for part in parts {
        let mut figures = Vec::new();
        match part {
            Part::Generator => bench_generator::measure(&mut figures)?,
            Part::Tools => bench_tools::measure(&mut figures)?,
            Part::Diff => bench_diff::measure(&mut figures)?,
            Part::Sandbox => bench_sandbox::figures(&mut figures)?,
            Part::Server => {
                let ours = bench_server::measure(&mut figures)?;
                bench_fastmcp::measure(&mut figures, ours);
            }
            Part::Load => bench_load::measure(&mut figures, soak)?,
        }
        print(&figures);
        store(*part, &figures).map_err(|error| format!("{STORE} could not be written: {error}"))?;
        are_met &= figures.iter().all(|figure| figure.met);
    }
    Ok(are_met)
}

/// A figure that must not be more than `bound`.
pub fn at_most(what: &str, value: f64, bound: f64, unit: &str) -> Figure {
    Figure {
        what: what.to_owned(),
        value: format!("{value:.2} {unit}"),
        bound: format!("≤ {bound} {unit}"),
        met: value <= bound,
    }
}

fn print(figures: &[Figure]) {
    let width = figures.iter().map(|figure| figure.what.chars().count()).max().unwrap_or(0);
    for figure in figures {
        let mark = if figure.met { " " } else { "✗" };
        println!("{mark} {:width$}  {:>12}  {}", figure.what, figure.value, figure.bound);
    }
}

/// Puts a part's figures in the place of those that are stored of it.
fn store(part: Part, figures: &[Figure]) -> std::io::Result<()> {
    let stored = std::fs::read_to_string(STORE).unwrap_or_default();
    let stored: Map<String, Value> = serde_json::from_str(&stored).unwrap_or_default();
    let text = serde_json::to_string_pretty(&with(stored, part, figures))?;
    std::fs::create_dir_all("docs")?;
    std::fs::write(STORE, text + "\n")
}

/// All figures by parts, in the order in which they are measured.
fn with(mut stored: Map<String, Value>, part: Part, figures: &[Figure]) -> Map<String, Value> {
    stored.insert(name(part), json!(figures));
    let names = Part::value_variants().iter().map(|part| name(*part));
    names.filter_map(|name| stored.remove(&name).map(|figures| (name, figures))).collect()
}

fn name(part: Part) -> String {
    part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_takes_the_place_of_its_own_figures_alone() {
        let figure = |value: f64| [at_most("it", value, 1.0, "s")];
        let stored = with(Map::new(), Part::Load, &figure(0.5));
        let stored = with(stored, Part::Tools, &figure(2.0));
        let stored = with(stored, Part::Load, &figure(0.7));
        assert_eq!(stored.keys().collect::<Vec<_>>(), ["tools", "load"]);
        assert_eq!(stored["load"][0]["value"], "0.70 s");
        assert_eq!(stored["tools"][0]["met"], false);
    }
}
