//! `cargo xtask regenerate`: generates the crate.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use toolcrate_codegen::diagnostic::Errors;
use toolcrate_codegen::{Generated, LockUpdate, Options, generate, repair};

use crate::ci;

/// Maximum number of diff lines printed by `--check`.
const DIFF_LINES: usize = 200;

/// The arguments of the command.
#[derive(Args)]
pub struct RegenerateArguments {
    /// The API's profile.
    #[arg(long, default_value = "specs/toolcrate.yaml")]
    profile: PathBuf,
    /// Generate from this spec instead of the profile's spec.
    #[arg(long)]
    spec: Option<PathBuf>,
    /// Write to this folder instead of the profile's output folder. The profile's lock isn't changed.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Add new names to the lock even if they are guesses.
    #[arg(long)]
    accept_names: bool,
    /// Add new names to the profile's lock even with `--out`.
    #[arg(long)]
    update_lock: bool,
    /// Print the differences without writing anything, and exit with 1 if there are any.
    #[arg(long)]
    check: bool,
    /// Fail if a part of the spec can't be expressed, instead of omitting that part.
    #[arg(long)]
    strict: bool,
}

/// Runs the generator. Exit code 0: success; 1: `--check` found a difference; 2: invalid input, nothing was written.
pub fn run(arguments: RegenerateArguments) -> ExitCode {
    let started = Instant::now();
    let check = arguments.check;
    let lock = match (arguments.accept_names, arguments.out.is_some() && !arguments.update_lock) {
        (true, _) => LockUpdate::All,
        (false, true) => LockUpdate::Nothing,
        (false, false) => LockUpdate::Certain,
    };
    let options = Options {
        profile: arguments.profile,
        spec: arguments.spec,
        out: arguments.out,
        strict: arguments.strict,
        lock,
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
        "{}: {} files added, {} changed, {} removed, {} unchanged ({} ms){}",
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
    let Generated { version, operations, schemas, coverage, documentation, unused, report, .. } = generated;
    println!("release {version}: {operations} operations, {schemas} schemas");
    let kinds: Vec<String> =
        repair::count(&report.repairs).into_iter().map(|(code, count)| format!("{code} {count}")).collect();
    println!("{} repairs: {} (listed in docs/repairs.md)", report.repairs.len(), kinds.join(", "));
    println!(
        "relations: {} of {} reference fields, {} of {} id arguments",
        coverage.reference_fields_resolved,
        coverage.reference_fields,
        coverage.id_arguments_resolved,
        coverage.id_arguments
    );
    println!(
        "documentation: {} of {} models and {} of {} fields are described in the spec or the overlay",
        documentation.models_in_words,
        documentation.models,
        documentation.fields_in_words,
        documentation.fields
    );
    for degradation in &report.degradations {
        eprintln!("warning: {degradation}");
    }
    for warning in &report.warnings {
        eprintln!("{}", warning.to_warning());
    }
    for entry in unused {
        eprintln!("warning: {entry}");
    }
}
