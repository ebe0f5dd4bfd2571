//! `cargo xtask structure`: checks rules about the workspace's structure that neither the compiler nor Clippy checks.
//!
//! Known violations that are not yet fixed are listed in [`EXCEPTIONS`]. The list can only shrink: a violation that
//! isn't listed fails the check, and so does an entry with fewer violations than listed.

mod exceptions;
mod files;
mod graph;
mod imports;
mod layering;
mod metadata;
mod naming;
mod phrases;
mod product_name;
mod scanner;
mod violation;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use exceptions::Exceptions;
use metadata::Workspace;
use violation::{Rule, Violation};

/// The file with known violations, relative to the workspace root.
const EXCEPTIONS: &str = "xtask/structure.txt";

#[derive(clap::Args)]
pub(crate) struct StructureArguments {
    /// Check the workspace in this folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Update the list of known violations. Fails if a rule would have more violations than before.
    #[arg(long)]
    update: bool,
}

/// Prints all violations. Exit code 0: only known ones; 1: new or outdated ones; 2: the workspace is unreadable.
pub(crate) fn run(arguments: &StructureArguments) -> ExitCode {
    match check(&arguments.root, arguments.update) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message:#}");
            ExitCode::from(2)
        }
    }
}

fn check(root: &Path, update: bool) -> anyhow::Result<bool> {
    let workspace = Workspace::load(root)?;
    let mut violations = Vec::new();
    violations.extend(files::too_long(root)?);
    let sources = scanner::scan_workspace(&workspace)?;
    violations.extend(imports::cycles(&workspace, &sources));
    violations.extend(naming::duplicate_types(&workspace, &sources));
    violations.extend(layering::violations(&workspace));
    violations.extend(product_name::mentions(&workspace)?);
    violations.extend(naming::banned_names(&workspace, &sources));
    violations.extend(phrases::violations(root)?);
    violations.sort_by(|a, b| (a.rule, &a.subject).cmp(&(b.rule, &b.subject)));

    let path = root.join(EXCEPTIONS);
    let exceptions = Exceptions::read(&path)?;
    if update {
        exceptions.updated(&violations)?.write(&path)?;
        println!("{}: {} known violations", path.display(), violations.len());
        return Ok(true);
    }
    report(&violations, &exceptions);
    let new: Vec<&Violation> =
        violations.iter().filter(|violation| !exceptions.contains(violation)).collect();
    let outdated = exceptions.outdated(&violations);
    for violation in &new {
        eprintln!("error[{}] {}: {}", violation.rule.id(), violation.subject, violation.detail);
    }
    for (rule, subject) in &outdated {
        eprintln!(
            "error[{rule}] {subject}: listed in {EXCEPTIONS}, but violated less often; run `cargo xtask structure --update`"
        );
    }
    Ok(new.is_empty() && outdated.is_empty())
}

fn report(violations: &[Violation], exceptions: &Exceptions) {
    for rule in Rule::ALL {
        let of_rule: Vec<&Violation> = violations.iter().filter(|violation| violation.rule == rule).collect();
        println!("{} ({}): {} violations", rule.id(), rule.summary(), of_rule.len());
        for violation in of_rule {
            let mark = if exceptions.contains(violation) { "known" } else { "new" };
            println!("  {mark:5} {}: {}", violation.subject, violation.detail);
        }
    }
}
