//! Measures the generator: output size, name stability, speed, and the cost of compiling the output.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, anyhow};
use serde_json::Value;
use toolcrate_codegen::config::{self, Profile, UsageTracker};
use toolcrate_codegen::diagnostic::Errors;
use toolcrate_codegen::naming::{self, Lock};
use toolcrate_codegen::{Options, generate, load, lower, repair};

use crate::bench::figure::{Figure, NEWER_SPEC, OLDER_SPEC};
use crate::cost::{cost, median};

/// The generated package.
const PACKAGE: &str = "connectwise-psa";
/// A separate target folder, so measuring leaves the usual one warm.
const TARGET: &str = "target/bench";

/// Measures all figures.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    counts(figures)?;
    stability(figures)?;
    generator(figures)?;
    compile(figures)
}

fn counts(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let options = Options { profile: "specs/toolcrate.yaml".into(), strict: true, ..Options::default() };
    let generated = generate(&options).map_err(|errors| anyhow!("{errors}"))?;
    let tools = tool_lines()?;
    let text = |tool: &Value, member: &str| tool[member].as_str().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = tools.iter().map(|tool| text(tool, "name")).collect();
    let functions = count_in_sources("generated/src", "pub fn ", &["models", "api.rs", "query.rs"])?;
    let is_model = |path: &Path| {
        let folder = path.parent().and_then(Path::file_name);
        folder.is_some_and(|folder| folder == "models" || folder == "shared") && !path.ends_with("mod.rs")
    };
    let models = files("generated/src")?.iter().filter(|path| is_model(path)).count();
    let equal = |what: &str, value: usize, bound: usize| Figure {
        what: what.to_owned(),
        value: value.to_string(),
        bound: format!("{bound}"),
        met: value == bound,
    };
    figures.push(equal("operations as typed functions", functions, generated.operations));
    figures.push(equal("operations as tools", tools.len(), generated.operations));
    figures.push(equal("schemas as models", models, generated.documentation.models));
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

/// Compares the names in the older release with those in the newer one, generated with the older one's lock
/// file.
fn stability(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    // Each operation's tool, and the lock file with the new names.
    let tools = |spec: &str, lock: Lock| -> anyhow::Result<(BTreeMap<String, String>, Lock)> {
        let run = || {
            let profile: Profile = config::read_yaml("specs/toolcrate.yaml".as_ref())?;
            let usage = UsageTracker::new();
            let document = repair::repair(load::load(spec.as_ref())?)?;
            let api = lower::lower(document, &profile, &usage)?.api;
            let names = naming::name(&api, &profile, lock, &usage)?;
            let tools = api.operations.zip(&names.operations);
            let tools = tools.map(|(operation, name)| (operation.key(), name.tool.clone())).collect();
            Ok((tools, names.lock))
        };
        run().map_err(|errors: Errors| anyhow!("{errors}"))
    };
    let (old, lock) = tools(OLDER_SPEC, Lock::default())?;
    let (new, _) = tools(NEWER_SPEC, lock)?;
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

fn tool_lines() -> anyhow::Result<Vec<Value>> {
    let mut tools = Vec::new();
    for path in files("generated/catalog/tools")? {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
        for line in text.lines() {
            tools.push(serde_json::from_str(line)?);
        }
    }
    Ok(tools)
}

fn files(folder: &str) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(folder).to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("can't read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

fn count_in_sources(folder: &str, needle: &str, without: &[&str]) -> anyhow::Result<usize> {
    let mut count = 0;
    for path in files(folder)? {
        if path.components().any(|part| without.iter().any(|skip| part.as_os_str() == *skip)) {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        count += text.lines().filter(|line| line.starts_with(needle)).count();
    }
    Ok(count)
}

/// Measures the generator itself, with nothing to change; medians of five runs.
fn generator(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let own = std::env::current_exe()?;
    let own = own.to_string_lossy();
    let run = median(5, &[&own, "regenerate", "--check"])?;
    figures.push(Figure::at_most("generator, nothing changed: wall", run.wall, 0.5, "s"));
    figures.push(Figure::at_most("generator, nothing changed: memory", run.peak_mb, 300.0, "MB"));
    let cargo = env!("CARGO");
    let run = median(5, &[cargo, "xtask", "regenerate"])?;
    figures.push(Figure::at_most("`cargo xtask regenerate`, warm: wall", run.wall, 1.5, "s"));
    Ok(())
}

/// Measures a cold build of the generated crate: its dependencies are built first, and it is cleaned before
/// each run.
fn compile(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let all = ["full", "catalog"].join(",");
    for (what, verb, features, cpu, peak) in [
        ("generated crate, all features: check", "check", all.as_str(), 7.0, Some(1200.0)),
        ("generated crate, all features: dev build", "build", all.as_str(), 13.0, Some(1200.0)),
        ("generated crate, `procurement` alone: check", "check", "procurement", 2.5, None),
        ("generated crate, catalog alone: check", "check", "catalog", 1.5, None),
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
        // One warm-up run builds the dependencies, so only this crate is measured.
        cost(&command, &[("CARGO_INCREMENTAL", "0")])?;
        clean()?;
        let run = cost(&command, &[("CARGO_INCREMENTAL", "0")])?;
        figures.push(Figure::at_most(&format!("{what}: CPU"), run.cpu, cpu, "s"));
        if let Some(peak) = peak {
            figures.push(Figure::at_most(&format!("{what}: memory"), run.peak_mb, peak, "MB"));
        }
    }
    Ok(())
}

fn clean() -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["clean", "--quiet", "--package", PACKAGE, "--target-dir", TARGET])
        .status()?;
    if status.success() { Ok(()) } else { Err(anyhow!("cargo clean failed: {status}")) }
}
