//! `cargo xtask corpus`: generates a crate from each spec of a folder, compiles them, checks what they send, and prints
//! a table.

mod checks;
mod driver;
mod row;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::Args;
use toolcrate_codegen::{Options, generate};

use crate::new;
use row::{CheckResult, CorpusRow};

/// The arguments of the command.
#[derive(Args)]
pub struct CorpusArguments {
    /// Folder with the specs.
    folder: PathBuf,
    /// Folder for the crates. Its content is replaced.
    #[arg(long, default_value = "target/corpus")]
    work: PathBuf,
    /// Do not compile the crates.
    #[arg(long)]
    no_check: bool,
    /// Also call each tool against a local server, have the requests checked against the original document, and compare
    /// values of each schema with what the models make of them. Needs Python 3.11.
    #[arg(long, conflicts_with = "no_check")]
    requests: bool,
}

/// The file that marks a folder as one of this command.
const MARKER: &str = "corpus-workspace.txt";

/// Runs the generator on each spec. Exit code 1: a spec is rejected, a crate does not compile, or a check fails.
pub fn run(arguments: &CorpusArguments) -> ExitCode {
    match rows(arguments) {
        Ok(rows) => {
            let is_good = rows.iter().all(|row| {
                let is_checked = row.checked.as_ref().is_none_or(CheckResult::is_good);
                row.generated.is_ok() && row.compiles != Some(false) && is_checked
            });
            table::print(&rows);
            if is_good { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn rows(arguments: &CorpusArguments) -> anyhow::Result<Vec<CorpusRow>> {
    let work = std::path::absolute(&arguments.work)?;
    let crates = work.join("crates");
    if crates.exists() {
        let is_own = work.join(MARKER).exists();
        anyhow::ensure!(is_own, "{} was not created by this command; nothing was changed", crates.display());
        fs::remove_dir_all(&crates)?;
    }
    fs::create_dir_all(&work)?;
    fs::write(
        work.join(MARKER),
        "Made by `cargo xtask corpus`, which deletes `crates` next to this file.\n",
    )?;
    let mut rows: Vec<CorpusRow> =
        specs(&arguments.folder)?.into_iter().map(|(name, spec)| row(name, spec, &crates)).collect();
    if !arguments.no_check {
        check(&mut rows, &work)?;
    }
    if arguments.requests {
        checks::run(&mut rows, &work)?;
    }
    Ok(rows)
}

/// The specs in a folder, by name: its documents, and those that its folders have as `spec`.
fn specs(folder: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let is_spec = |path: &Path| {
        path.extension().is_some_and(|ending| ["json", "yaml", "yml"].iter().any(|known| ending == *known))
    };
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut specs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && is_spec(&path) {
            specs.push((stem(&path), path));
        } else if path.is_dir() {
            let inside = ["json", "yaml", "yml"].map(|ending| path.join("spec").with_extension(ending));
            specs.extend(inside.into_iter().find(|spec| spec.is_file()).map(|spec| (stem(&path), spec)));
        }
    }
    specs.sort();
    Ok(specs)
}

fn row(name: String, spec: PathBuf, crates: &Path) -> CorpusRow {
    let started = Instant::now();
    let generated = new::create(&spec, &format!("corpus {name}"), &crates.join(&name)).and_then(|profile| {
        let generated = generate(&Options { profile, ..Options::default() })?;
        generated.plan.apply(&generated.plan.changes()?)?;
        Ok(generated)
    });
    let millis = started.elapsed().as_millis();
    CorpusRow { name, spec, generated, millis, compiles: None, checked: None }
}

/// Compiles all crates in one workspace, so that they share their dependencies.
fn check(rows: &mut [CorpusRow], work: &Path) -> anyhow::Result<()> {
    let made: Vec<&mut CorpusRow> = rows.iter_mut().filter(|row| row.generated.is_ok()).collect();
    let members: Vec<String> = made.iter().map(|row| format!("\"crates/{}/*\"", row.name)).collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[profile.dev]\ndebug = false\n",
        members.join(", ")
    );
    for row in &made {
        driver::write(&work.join("crates").join(&row.name), &row.name)?;
    }
    fs::write(work.join("Cargo.toml"), manifest)?;
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), work.join("Cargo.lock"))?;
    for row in made {
        let folder = work.join("crates").join(&row.name).join("crate");
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["check", "--quiet", "--offline", "--message-format", "short"])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", work.join("target"))
            .output()?;
        row.compiles = Some(output.status.success());
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            eprintln!("{}:", row.name);
            text.lines().filter(|line| line.contains("error")).take(8).for_each(|line| eprintln!("  {line}"));
        }
    }
    Ok(())
}
