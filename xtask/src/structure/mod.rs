//! `cargo xtask structure`: rules about the shape of the workspace that neither the compiler nor Clippy checks.
//!
//! Violations that are known and not yet fixed are listed in [`EXCEPTIONS`]. The list can only shrink: a violation
//! that is not in it fails the check, and so does an entry that is violated less often or not at all.

mod exceptions;
mod files;
mod finding;
mod graph;
mod imports;
mod layering;
mod metadata;
mod naming;
mod phrases;
mod product_name;
mod scanner;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use exceptions::Exceptions;
use finding::{Finding, Rule};
use metadata::Workspace;

/// The file with known violations, relative to the workspace's root.
const EXCEPTIONS: &str = "xtask/structure.txt";

#[derive(clap::Args)]
pub(crate) struct StructureArguments {
    /// Check the workspace in this folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Rewrite the list of known violations; refused where a rule would get more of them.
    #[arg(long)]
    update: bool,
}

/// Prints all violations. Exit code 0: none but the known ones; 1: new or outdated ones; 2: unreadable workspace.
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
    let mut findings = Vec::new();
    findings.extend(files::too_long(root)?);
    let sources = scanner::scan_workspace(&workspace)?;
    findings.extend(imports::cycles(&workspace, &sources));
    findings.extend(naming::duplicate_types(&workspace, &sources));
    findings.extend(layering::violations(&workspace));
    findings.extend(product_name::mentions(&workspace)?);
    findings.extend(naming::banned_names(&workspace, &sources));
    findings.extend(phrases::violations(root)?);
    findings.sort_by(|a, b| (a.rule, &a.subject).cmp(&(b.rule, &b.subject)));

    let path = root.join(EXCEPTIONS);
    let exceptions = Exceptions::read(&path)?;
    if update {
        exceptions.updated(&findings)?.write(&path)?;
        println!("{}: {} known violations", path.display(), findings.len());
        return Ok(true);
    }
    report(&findings, &exceptions);
    let new: Vec<&Finding> = findings.iter().filter(|finding| !exceptions.contains(finding)).collect();
    let outdated = exceptions.outdated(&findings);
    for finding in &new {
        eprintln!("error[{}] {}: {}", finding.rule.id(), finding.subject, finding.detail);
    }
    for (rule, subject) in &outdated {
        eprintln!(
            "error[{rule}] {subject}: listed in {EXCEPTIONS}, but violated less often; run `cargo xtask structure --update`"
        );
    }
    Ok(new.is_empty() && outdated.is_empty())
}

fn report(findings: &[Finding], exceptions: &Exceptions) {
    for rule in Rule::ALL {
        let of_rule: Vec<&Finding> = findings.iter().filter(|finding| finding.rule == rule).collect();
        println!("{} ({}): {} violations", rule.id(), rule.summary(), of_rule.len());
        for finding in of_rule {
            let mark = if exceptions.contains(finding) { "known" } else { "new" };
            println!("  {mark:5} {}: {}", finding.subject, finding.detail);
        }
    }
}
