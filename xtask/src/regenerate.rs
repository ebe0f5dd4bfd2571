//! `cargo xtask regenerate`: spec in, crate out.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use toolcrate_codegen::diagnostic::Errors;
use toolcrate_codegen::{Generated, Options, generate, repair};

use crate::ci;

/// How much of a difference `--check` shows.
const DIFF_LINES: usize = 200;

/// What can be set.
#[derive(Args)]
pub struct RegenerateArguments {
    /// The profile: which spec, which crate, the API's conventions.
    #[arg(long, default_value = "specs/toolcrate.yaml")]
    profile: PathBuf,
    /// Generate from this spec instead of the profile's.
    #[arg(long)]
    spec: Option<PathBuf>,
    /// Write to this folder instead of the profile's.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Write nothing; print what would change, and exit with 1 if anything would.
    #[arg(long)]
    check: bool,
    /// Refuse a document of which a part cannot be expressed, instead of leaving that part out.
    #[arg(long)]
    strict: bool,
}

/// Runs the generator. Exit code 0: done; 1: `--check` found differences; 2: bad input, nothing written.
pub fn run(arguments: RegenerateArguments) -> ExitCode {
    let started = Instant::now();
    let check = arguments.check;
    let options = Options {
        profile: arguments.profile,
        spec: arguments.spec,
        out: arguments.out,
        strict: arguments.strict,
    };
    match generate(&options).and_then(|generated| finish(&generated, check, started)) {
        Ok(code) => code,
        Err(errors) => {
            eprintln!("{errors}");
            ci::errors(&errors);
            ExitCode::from(2)
        }
    }
}

fn finish(generated: &Generated, check: bool, started: Instant) -> Result<ExitCode, Errors> {
    let changes = generated.plan.changes()?;
    if !check {
        generated.plan.apply(&changes)?;
    }
    summary(generated);
    println!(
        "{}: {} files added, {} changed, {} removed, {} as they were ({} ms){}",
        generated.out.display(),
        changes.added.len(),
        changes.changed.len(),
        changes.removed.len(),
        changes.unchanged,
        started.elapsed().as_millis(),
        if check { "; nothing was written" } else { "" }
    );
    if check && !changes.is_empty() {
        let diff = generated.plan.diff(&changes, DIFF_LINES)?;
        print!("{diff}");
        let files = || changes.added.iter().chain(&changes.changed).chain(&changes.removed);
        ci::stale(files().map(|path| path.as_path()));
        if ci::wants_summary() {
            let count = files().count();
            ci::summary(&format!("## {count} generated files are not up to date\n\n```diff\n{diff}```\n"));
        }
        eprintln!("error: the generated files are not up to date; run `cargo xtask regenerate`");
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}

fn summary(generated: &Generated) {
    let Generated { version, operations, schemas, coverage, unused, report, .. } = generated;
    println!("release {version}: {operations} operations, {schemas} schemas");
    let kinds: Vec<String> =
        repair::count(&report.repairs).into_iter().map(|(code, count)| format!("{code} {count}")).collect();
    println!("{} repairs: {} (docs/repairs.md has them all)", report.repairs.len(), kinds.join(", "));
    println!(
        "relations: {} of {} reference fields, {} of {} id arguments",
        coverage.reference_fields_resolved,
        coverage.reference_fields,
        coverage.id_arguments_resolved,
        coverage.id_arguments
    );
    for degradation in &report.degradations {
        eprintln!("warning: {degradation}");
    }
    for entry in unused {
        eprintln!("warning: {entry}");
    }
}
