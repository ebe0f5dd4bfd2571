//! `cargo xtask corpus`: generates a crate from each spec of a folder, compiles them, and prints a table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::Args;
use toolcrate_codegen::diagnostic::{Effect, Errors};
use toolcrate_codegen::{Generated, Options, generate};

use crate::new;

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
}

/// One spec's row of the table.
struct Row {
    name: String,
    generated: Result<Generated, Errors>,
    millis: u128,
    compiles: Option<bool>,
}

/// Runs the generator on each spec. Exit code 1: a spec is rejected or a crate does not compile.
pub fn run(arguments: &CorpusArguments) -> ExitCode {
    match rows(arguments) {
        Ok(rows) => {
            let is_good = rows.iter().all(|row| row.generated.is_ok() && row.compiles != Some(false));
            print(&rows);
            if is_good { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn rows(arguments: &CorpusArguments) -> std::io::Result<Vec<Row>> {
    let work = std::path::absolute(&arguments.work)?;
    let crates = work.join("crates");
    if crates.exists() {
        fs::remove_dir_all(&crates)?;
    }
    let mut specs: Vec<PathBuf> = fs::read_dir(&arguments.folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| ["json", "yaml", "yml"].iter().any(|known| ending == *known))
        })
        .collect();
    specs.sort();
    let mut rows: Vec<Row> = specs.iter().map(|spec| row(spec, &crates)).collect();
    if !arguments.no_check {
        check(&mut rows, &work)?;
    }
    Ok(rows)
}

fn row(spec: &Path, crates: &Path) -> Row {
    let name = spec.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let started = Instant::now();
    let generated = new::create(spec, &format!("corpus {name}"), &crates.join(&name)).and_then(|profile| {
        let generated = generate(&Options { profile, ..Options::default() })?;
        generated.plan.apply(&generated.plan.changes()?)?;
        Ok(generated)
    });
    Row { name, generated, millis: started.elapsed().as_millis(), compiles: None }
}

/// Compiles all crates in one workspace, so that they share their dependencies.
fn check(rows: &mut [Row], work: &Path) -> std::io::Result<()> {
    let made: Vec<&mut Row> = rows.iter_mut().filter(|row| row.generated.is_ok()).collect();
    let members: Vec<String> = made.iter().map(|row| format!("\"crates/{}/crate\"", row.name)).collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[profile.dev]\ndebug = false\n",
        members.join(", ")
    );
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

fn print(rows: &[Row]) {
    println!("| spec | operations | typed | omitted | degraded by code | repaired | ms | compiles |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for row in rows {
        match &row.generated {
            Ok(generated) => {
                let report = &generated.report;
                let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
                for degradation in &report.degradations {
                    *codes.entry(degradation.problem.code).or_default() += 1;
                }
                let codes: Vec<String> =
                    codes.iter().map(|(code, count)| format!("{code} {count}")).collect();
                let left_out =
                    report.degradations.iter().filter(|part| part.effect == Effect::Omitted).count();
                let compiles = row.compiles.map_or("–", |compiles| if compiles { "yes" } else { "NO" });
                println!(
                    "| {} | {} | {} | {left_out} | {} | {} | {} | {compiles} |",
                    row.name,
                    generated.operations,
                    generated.typed_operations,
                    codes.join(", "),
                    report.repairs.len(),
                    row.millis,
                );
            }
            Err(errors) => {
                let error = errors
                    .0
                    .first()
                    .map_or_else(String::new, |error| format!("{}: {}", error.code, error.message));
                println!("| {} | rejected: {error} | | | | | | |", row.name);
            }
        }
    }
}
