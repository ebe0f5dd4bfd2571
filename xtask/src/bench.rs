//! `cargo xtask bench`: the project's figures beside their bounds, printed as a table and stored as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, ExitCode};

use serde::Serialize;
use serde_json::{Value, json};
use toolcrate_codegen::config::{self, Ledger, Profile};
use toolcrate_codegen::diagnostic::Errors;
use toolcrate_codegen::name::lock::Lock;
use toolcrate_codegen::name::{self, Named};
use toolcrate_codegen::{Options, generate, load, lower, repair};

use crate::bench_diff;
use crate::bench_fastmcp;
use crate::bench_load;
use crate::bench_sandbox;
use crate::bench_server;
use crate::bench_tools;
use crate::measure::{Cost, cost};
use crate::wrk;

/// Where the figures are stored.
const STORE: &str = "docs/figures.json";
/// The package that is measured.
const PACKAGE: &str = "connectwise-psa";
/// Two releases, to see that names stay.
pub const OLDER: &str = "specs/connectwise-psa-2022.1.json";
/// The newer one.
pub const NEWER: &str = "specs/connectwise-psa-2025.1.json";
/// Everything is compiled here, so that the daily target folder stays warm.
const TARGET: &str = "target/bench";

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
    /// Measure one part alone; nothing is stored.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Keep up the load on `cwpsa serve` for ten minutes.
    #[arg(long)]
    soak: bool,
}

/// What can be measured alone.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Part {
    /// `cargo xtask diff`.
    Diff,
    /// The sandbox.
    Sandbox,
    /// The tools: their schemas, and a process that uses one.
    Tools,
    /// `cwpsa`: size, start, memory, search.
    Server,
    /// `cwpsa serve` under load.
    Load,
}

/// Measures and prints; exit code 1 where a bound is missed, 2 where something could not be measured.
pub fn run(arguments: &Arguments) -> ExitCode {
    let is_loaded = matches!(arguments.only, None | Some(Part::Sandbox | Part::Load));
    let ready = if is_loaded { wrk::check() } else { Ok(()) };
    let measured = ready.and_then(|()| match arguments.only {
        Some(part) => measure_part(part, arguments.soak),
        None => measure(arguments.soak),
    });
    match measured {
        Ok(figures) => {
            print(&figures);
            if arguments.only.is_none()
                && let Err(error) = store(&figures)
            {
                eprintln!("{STORE} could not be written: {error}");
                return ExitCode::from(2);
            }
            if figures.iter().all(|figure| figure.met) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn measure_part(part: Part, soak: bool) -> Result<Vec<Figure>, String> {
    let mut figures = Vec::new();
    match part {
        Part::Diff => bench_diff::measure(&mut figures)?,
        Part::Sandbox => bench_sandbox::figures(&mut figures)?,
        Part::Tools => bench_tools::measure(&mut figures)?,
        Part::Server => {
            let ours = bench_server::measure(&mut figures)?;
            bench_fastmcp::measure(&mut figures, ours);
        }
        Part::Load => bench_load::measure(&mut figures, soak)?,
    }
    Ok(figures)
}

fn measure(soak: bool) -> Result<Vec<Figure>, String> {
    let mut figures = Vec::new();
    counts(&mut figures)?;
    stability(&mut figures)?;
    bench_tools::measure(&mut figures)?;
    generator(&mut figures)?;
    bench_diff::measure(&mut figures)?;
    compile(&mut figures)?;
    bench_sandbox::figures(&mut figures)?;
    let ours = bench_server::measure(&mut figures)?;
    bench_fastmcp::measure(&mut figures, ours);
    bench_load::measure(&mut figures, soak)?;
    Ok(figures)
}

fn counts(figures: &mut Vec<Figure>) -> Result<(), String> {
    let options = Options { profile: "specs/toolcrate.yaml".into(), spec: None, out: None };
    let generated = generate(&options).map_err(|errors| errors.to_string())?;
    let tools = tool_lines()?;
    let text = |tool: &Value, member: &str| tool[member].as_str().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = tools.iter().map(|tool| text(tool, "name")).collect();
    let functions = count_in_sources("generated/src", "pub fn ", &["models", "api.rs", "query.rs"])?;
    let models = count_in_sources("generated/src/models", "/// The schema `", &[])?;
    let equal = |what: &str, value: usize, bound: usize| Figure {
        what: what.to_owned(),
        value: value.to_string(),
        bound: format!("{bound}"),
        met: value == bound,
    };
    figures.push(equal("operations as typed functions", functions, generated.operations));
    figures.push(equal("operations as tools", tools.len(), generated.operations));
    figures.push(equal("schemas as models", models, generated.schemas));
    figures.push(equal("duplicate tool names", tools.len() - names.len(), 0));
    let long = tools.iter().filter(|tool| text(tool, "name").len() > 63).count();
    figures.push(equal("tool names over 63 characters", long, 0));
    let long = tools.iter().filter(|tool| text(tool, "short_name").len() > 46).count();
    figures.push(equal("short names over 46 characters", long, 0));
    let coverage = &generated.coverage;
    let known = coverage.reference_fields_resolved + coverage.id_arguments_resolved;
    let all = coverage.reference_fields + coverage.id_arguments;
    let share = 100.0 * known as f64 / all as f64;
    figures.push(Figure {
        what: format!(
            "relations resolved ({} of {} reference fields, {} of {} id arguments)",
            coverage.reference_fields_resolved,
            coverage.reference_fields,
            coverage.id_arguments_resolved,
            coverage.id_arguments
        ),
        value: format!("{share:.1} %"),
        bound: "≥ 95 %".to_owned(),
        met: share >= 95.0,
    });
    Ok(())
}

/// Generates the names of the older release, then those of the newer one over its lock.
fn stability(figures: &mut Vec<Figure>) -> Result<(), String> {
    let named = |spec: &str, lock: Lock| -> Result<Named, String> {
        let run = || {
            let profile: Profile = config::read_yaml("specs/toolcrate.yaml".as_ref())?;
            let ledger = Ledger::new();
            let document = repair::repair(load::load(spec.as_ref())?)?;
            name::name(lower::lower(document, &profile, &ledger)?, &profile, lock, &ledger)
        };
        run().map_err(|errors: Errors| errors.to_string())
    };
    let tools = |named: &Named| -> BTreeMap<String, String> {
        let keys = named.api.operations.iter().map(|operation| operation.key());
        keys.zip(named.operations.iter().map(|name| name.tool.clone())).collect()
    };
    let old = named(OLDER, Lock::default())?;
    let new = tools(&named(NEWER, old.lock.clone())?);
    let old = tools(&old);
    let exist: Vec<_> = old.iter().filter(|(key, _)| new.contains_key(*key)).collect();
    let stay = exist.iter().filter(|(key, tool)| new[*key] == **tool).count();
    figures.push(Figure {
        what: "names of 2022.1 that stay in 2025.1".to_owned(),
        value: format!("{stay} of {}", exist.len()),
        bound: "all".to_owned(),
        met: stay == exist.len(),
    });
    Ok(())
}

fn tool_lines() -> Result<Vec<Value>, String> {
    let mut tools = Vec::new();
    for path in files("generated/catalogue/tools")? {
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for line in text.lines() {
            tools.push(serde_json::from_str(line).map_err(|error| error.to_string())?);
        }
    }
    Ok(tools)
}

fn files(folder: &str) -> Result<Vec<std::path::PathBuf>, String> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(folder).to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

fn count_in_sources(folder: &str, needle: &str, without: &[&str]) -> Result<usize, String> {
    let mut count = 0;
    for path in files(folder)? {
        if path.components().any(|part| without.iter().any(|skip| part.as_os_str() == *skip)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        count += text.lines().filter(|line| line.starts_with(needle)).count();
    }
    Ok(count)
}

/// The generator itself, with nothing to change; medians of five runs.
fn generator(figures: &mut Vec<Figure>) -> Result<(), String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let own = own.to_string_lossy();
    let run = median(5, &[&own, "regenerate", "--check"])?;
    figures.push(at_most("generator, nothing changed: wall", run.wall, 0.5, "s"));
    figures.push(at_most("generator, nothing changed: memory", run.peak_mb, 300.0, "MB"));
    let cargo = env!("CARGO");
    let run = median(5, &[cargo, "xtask", "regenerate"])?;
    figures.push(at_most("`cargo xtask regenerate`, warm: wall", run.wall, 1.5, "s"));
    Ok(())
}

/// The run of `runs` that took the median of time.
pub fn median(runs: usize, command: &[&str]) -> Result<Cost, String> {
    let mut costs = Vec::new();
    for _ in 0..runs {
        costs.push(cost(command, &[])?);
    }
    costs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    Ok(costs[runs / 2])
}

/// The generated crate, cold: its dependencies are built before, it is cleaned before each run.
fn compile(figures: &mut Vec<Figure>) -> Result<(), String> {
    let all = ["full", "catalogue"].join(",");
    for (what, verb, features, cpu, peak) in [
        ("generated crate, all features: check", "check", all.as_str(), 7.0, Some(1200.0)),
        ("generated crate, all features: dev build", "build", all.as_str(), 13.0, Some(1200.0)),
        ("generated crate, `procurement` alone: check", "check", "procurement", 2.5, None),
        ("generated crate, catalogue alone: check", "check", "catalogue", 1.5, None),
    ] {
        eprintln!("measuring: {what} …");
        let command = [
            env!("CARGO"),
            verb,
            "--quiet",
            "--package",
            PACKAGE,
            "--no-default-features",
            "--features",
            features,
            "--target-dir",
            TARGET,
        ];
        // Once warm, so that dependencies are there and only this crate is measured.
        cost(&command, &[("CARGO_INCREMENTAL", "0")])?;
        clean()?;
        let run = cost(&command, &[("CARGO_INCREMENTAL", "0")])?;
        figures.push(at_most(&format!("{what}: CPU"), run.cpu, cpu, "s"));
        if let Some(peak) = peak {
            figures.push(at_most(&format!("{what}: memory"), run.peak_mb, peak, "MB"));
        }
    }
    Ok(())
}

fn clean() -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args(["clean", "--quiet", "--package", PACKAGE, "--target-dir", TARGET])
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err("cargo clean failed".to_owned()) }
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

fn store(figures: &[Figure]) -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(&json!({ "figures": figures }))?;
    std::fs::create_dir_all("docs")?;
    std::fs::write(STORE, text + "\n")
}
