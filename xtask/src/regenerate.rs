//! `cargo xtask regenerate`: generates the crate.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use toolcrate_codegen::diagnostic::Errors;
use toolcrate_codegen::write::FileChanges;
use toolcrate_codegen::{Generated, LockUpdate, Options, generate, repair};

use crate::ci;
use crate::last_run::{self, LastRun, RunSummary};

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
        format_cache: last_run::format_cache(),
    };
    let last_run = LastRun::new(&options);
    if let Some(summary) = last_run.as_ref().and_then(LastRun::current_summary) {
        print(&summary);
        let unchanged = FileChanges { unchanged: summary.files, ..FileChanges::default() };
        print_changes(&summary.out, &unchanged, check, started);
        return ExitCode::SUCCESS;
    }
    match generate(&options).and_then(|generated| finish(&generated, last_run.as_ref(), check, started)) {
        Ok(code) => code,
        Err(errors) => {
            eprintln!("{errors}");
            ci::errors(&errors);
            ExitCode::from(2)
        }
    }
}

fn finish(
    generated: &Generated,
    last_run: Option<&LastRun>,
    check: bool,
    started: Instant,
) -> Result<ExitCode, Errors> {
    let changes = generated.plan.changes()?;
    if !check {
        generated.plan.apply(&changes)?;
    }
    let summary = summary(generated);
    print(&summary);
    print_changes(&summary.out, &changes, check, started);
    if let Some(last_run) = last_run.filter(|_| !check || changes.is_empty()) {
        last_run.remember(generated, &summary);
    }
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

fn print(summary: &RunSummary) {
    print!("{}", summary.output);
    eprint!("{}", summary.warnings);
}

fn print_changes(out: &str, changes: &FileChanges, check: bool, started: Instant) {
    println!(
        "{out}: {} files added, {} changed, {} removed, {} unchanged ({} ms){}",
        changes.added.len(),
        changes.changed.len(),
        changes.removed.len(),
        changes.unchanged,
        started.elapsed().as_millis(),
        if check { "; nothing was written" } else { "" }
    );
}

/// Describes the generated crate.
fn summary(generated: &Generated) -> RunSummary {
    let Generated { version, operations, schemas, coverage, documentation, unused, report, .. } = generated;
    let kinds: Vec<String> =
        repair::count(&report.repairs).into_iter().map(|(code, count)| format!("{code} {count}")).collect();
    let output = format!(
        "release {version}: {operations} operations, {schemas} schemas\n\
         {} repairs: {} (listed in docs/repairs.md)\n\
         relations: {} of {} reference fields, {} of {} id arguments\n\
         documentation: {} of {} models and {} of {} fields are described in the spec or the overlay\n",
        report.repairs.len(),
        kinds.join(", "),
        coverage.reference_fields_resolved,
        coverage.reference_fields,
        coverage.id_arguments_resolved,
        coverage.id_arguments,
        documentation.models_in_words,
        documentation.models,
        documentation.fields_in_words,
        documentation.fields
    );
    let degradations = report.degradations.iter().map(|degradation| format!("warning: {degradation}\n"));
    let warnings = report.warnings.iter().map(|warning| format!("{}\n", warning.to_warning()));
    let unused = unused.iter().map(|entry| format!("warning: {entry}\n"));
    RunSummary {
        output,
        warnings: degradations.chain(warnings).chain(unused).collect(),
        out: generated.out.display().to_string(),
        files: generated.plan.files().count(),
    }
}
