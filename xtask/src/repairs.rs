//! `cargo xtask repairs`: lists the defects in a spec that the generator repairs, and the parts that it can't express.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use toolcrate_codegen::config::{self, Profile, UsageTracker};
use toolcrate_codegen::diagnostic::{Errors, Report};
use toolcrate_codegen::{draft, load, lower, naming, repair};

/// Maximum number of repairs of one kind that are listed without `--all`.
const SHOWN: usize = 3;

/// The repairs that leave a value without a type.
const UNTYPING: [&str; 3] = ["R018", "R021", "R027"];

/// The arguments of the command.
#[derive(Args)]
pub struct RepairsArguments {
    /// Spec file: OpenAPI 3 or Swagger 2.0, in JSON or YAML.
    spec: PathBuf,
    /// The API's profile. Defaults to `toolcrate.yaml` in the spec's folder, or to a draft if that doesn't exist.
    #[arg(long)]
    profile: Option<PathBuf>,
    /// List every repair, not just the first three of each kind.
    #[arg(long)]
    all: bool,
    /// List only omitted or untyped items, grouped by cause.
    #[arg(long)]
    untyped: bool,
}

/// The reports of all stages.
struct Findings {
    title: String,
    version: String,
    operations: usize,
    schemas: usize,
    report: Report,
}

/// Prints the repairs of a spec, grouped by code. Exit code 2: the spec can't be read.
pub fn run(arguments: &RepairsArguments) -> ExitCode {
    let findings = match findings(arguments) {
        Ok(findings) => findings,
        Err(errors) => {
            eprintln!("{errors}");
            return ExitCode::from(2);
        }
    };
    let report = &findings.report;
    let mut groups: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for repair in &report.repairs {
        let is_shown = !arguments.untyped || UNTYPING.contains(&repair.code);
        if is_shown {
            let line = format!("{}: {}", repair.pointer, repair.message);
            groups.entry((repair.code, "repaired")).or_default().push(line);
        }
    }
    for degradation in &report.degradations {
        let problem = &degradation.problem;
        let line = format!("{}: {}", problem.location.as_deref().unwrap_or("/"), problem.message);
        groups.entry((problem.code, degradation.effect.as_str())).or_default().push(line);
    }
    for ((code, effect), lines) in &groups {
        println!("{code}  {}  {effect}", lines.len());
        let limit = if arguments.all { usize::MAX } else { SHOWN };
        lines.iter().take(limit).for_each(|line| println!("      {line}"));
        if lines.len() > limit {
            println!("      … and {} more (--all lists them)", lines.len() - limit);
        }
    }
    println!(
        "{} {}: {} operations, {} schemas, {} repairs, {} parts that can't be expressed",
        findings.title,
        findings.version,
        findings.operations,
        findings.schemas,
        report.repairs.len(),
        report.degradations.len()
    );
    ExitCode::SUCCESS
}

fn findings(arguments: &RepairsArguments) -> Result<Findings, Errors> {
    let profile = profile(arguments)?;
    let usage = UsageTracker::new();
    let document = repair::repair(load::load(&arguments.spec)?)?;
    let schemas = document.components.schemas.len();
    let lower::Lowering { api, mut report } = lower::lower(document, &profile, &usage)?;
    let names = naming::name(&api, &profile, naming::Lock::default(), &usage)?;
    report.repairs.extend(names.repairs);
    report.sort();
    Ok(Findings { operations: api.operations.len(), title: api.title, version: api.version, schemas, report })
}

fn profile(arguments: &RepairsArguments) -> Result<Profile, Errors> {
    let beside = arguments.spec.with_file_name("toolcrate.yaml");
    match &arguments.profile {
        Some(path) => config::read_yaml(path),
        None if beside.is_file() => config::read_yaml(&beside),
        None => {
            let tree = load::read_tree(&arguments.spec)?;
            config::parse_yaml(&draft::profile(&tree, &arguments.spec, "api", Path::new("runtime")))
        }
    }
}
