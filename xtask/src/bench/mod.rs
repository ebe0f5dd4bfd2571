//! `cargo xtask bench`: measures the project's figures in groups, compares them with their limits, prints them as a
//! table and stores them as JSON.

mod decode;
mod diff;
mod fastmcp;
mod figure;
mod generator;
mod load;
mod sandbox;
mod search;
mod server;
mod strangers;
mod tools;
mod wrk;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::server_process;
use figure::Figure;
pub(crate) use figure::{NEWER_SPEC, OLDER_SPEC};
pub(crate) use strangers::attack;

/// The file with the figures.
const STORE: &str = "docs/figures.json";

#[derive(clap::Args)]
pub(crate) struct BenchArguments {
    /// Run only this part. The stored results for other parts aren't changed.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Run the `cwpsa serve` load test for ten minutes.
    #[arg(long)]
    soak: bool,
    /// Measure the `cwpsa` and `cwpsa-sandbox` binaries in this folder instead of building them. Applies only to the
    /// `strangers` and `load` parts. For `load`, only the added latency is measured, and it isn't stored.
    #[arg(long, value_name = "FOLDER")]
    programs: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// The generator, and the compile time of its output.
    Generator,
    /// The typed client: how long a page of records takes to decode.
    Decode,
    /// The tools' schemas, and a process that calls a tool.
    Tools,
    /// `cargo xtask diff`.
    Diff,
    /// The sandbox.
    Sandbox,
    /// Tool search: recall, and the time of queries and indexing. Updates the tables in `docs/tool-search.md`.
    Search,
    /// `cwpsa`: size, startup, memory.
    Server,
    /// `cwpsa serve` under load.
    Load,
    /// `cwpsa serve` with hostile callers.
    Strangers,
}

/// Measures and prints the figures. Exit code 1: a limit is exceeded; 2: something couldn't be measured.
pub(crate) fn run(arguments: &BenchArguments) -> ExitCode {
    let parts = arguments.only.map_or_else(|| Part::value_variants().to_vec(), |part| vec![part]);
    match measure(&parts, arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

/// Measures part by part and stores each one, so a failure doesn't lose earlier measurements. Returns true if all
/// figures are within their limits.
fn measure(parts: &[Part], arguments: &BenchArguments) -> anyhow::Result<bool> {
    let programs = arguments.programs.as_deref();
    let programs = programs.map(|folder| (folder.join("cwpsa-sandbox"), folder.join("cwpsa")));
    if parts.iter().any(|part| *part == Part::Sandbox || *part == Part::Load && programs.is_none()) {
        wrk::check()?;
    }
    let mut are_met = true;
    for part in parts {
        let mut figures = Vec::new();
        match part {
            Part::Generator => generator::measure(&mut figures)?,
            Part::Decode => decode::measure(&mut figures)?,
            Part::Tools => tools::measure(&mut figures)?,
            Part::Diff => diff::measure(&mut figures)?,
            Part::Sandbox => sandbox::measure(&mut figures)?,
            Part::Search => search::measure(&mut figures)?,
            Part::Server => {
                let ours = server::measure(&mut figures)?;
                fastmcp::measure(&mut figures, ours);
            }
            Part::Strangers => {
                let (sandbox, program) = match programs.clone() {
                    Some(programs) => programs,
                    None => {
                        server::build(server::DIST)?;
                        (server_process::build(&["--release"])?, PathBuf::from(server::PROGRAM))
                    }
                };
                strangers::measure(&mut figures, &sandbox, &program)?;
            }
            Part::Load => match &programs {
                Some((sandbox, program)) => load::measure_overhead(&mut figures, sandbox, program)?,
                None => load::measure(&mut figures, arguments.soak)?,
            },
        }
        print(&figures);
        if *part != Part::Load || programs.is_none() {
            store(*part, &figures).with_context(|| format!("can't write {STORE}"))?;
        }
        are_met &= figures.iter().all(|figure| figure.met);
    }
    Ok(are_met)
}

fn print(figures: &[Figure]) {
    let width = figures.iter().map(|figure| figure.what.chars().count()).max().unwrap_or(0);
    for figure in figures {
        let mark = if figure.met { " " } else { "✗" };
        println!("{mark} {:width$}  {:>12}  {}", figure.what, figure.value, figure.bound);
    }
}

/// Replaces a part's stored figures.
fn store(part: Part, figures: &[Figure]) -> std::io::Result<()> {
    let stored = std::fs::read_to_string(STORE).unwrap_or_default();
    let stored: Map<String, Value> = serde_json::from_str(&stored).unwrap_or_default();
    let text = serde_json::to_string_pretty(&with(stored, part, figures))?;
    std::fs::create_dir_all("docs")?;
    std::fs::write(STORE, text + "\n")
}

/// Returns all figures by part, in the order of measurement.
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
    fn a_part_replaces_only_its_own_figures() {
        let figure = |value: f64| [Figure::at_most("it", value, 1.0, "s")];
        let stored = with(Map::new(), Part::Load, &figure(0.5));
        let stored = with(stored, Part::Tools, &figure(2.0));
        let stored = with(stored, Part::Load, &figure(0.7));
        assert_eq!(stored.keys().collect::<Vec<_>>(), ["tools", "load"]);
        assert_eq!(stored["load"][0]["value"], "0.70 s");
        assert_eq!(stored["tools"][0]["met"], false);
    }
}
