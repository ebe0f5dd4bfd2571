//! `cargo xtask semver`: runs `cargo-semver-checks` on the crates of two releases and records its findings. A test
//! compares them with our own diff.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use toolcrate_codegen::config::UsageTracker;
use toolcrate_codegen::emit;
use toolcrate_diff::{DiffSettings, Snapshot, SpecSource};

use crate::bench::{NEWER_SPEC, OLDER_SPEC};

/// Where the crates are generated and documented.
const FOLDER: &str = "target/semver";
/// The manifest of the generated crate has its features between these lines.
const FEATURES: [&str; 2] = ["[features]\n", "[dependencies]\n"];

/// The arguments of the command.
#[derive(Args)]
pub(crate) struct SemverArguments {
    /// Spec of the older release.
    #[arg(long, value_name = "FILE", default_value = OLDER_SPEC)]
    old: PathBuf,
    /// Spec of the newer release.
    #[arg(long, value_name = "FILE", default_value = NEWER_SPEC)]
    new: PathBuf,
    /// The API's profile.
    #[arg(long, value_name = "FILE", default_value = "specs/toolcrate.yaml")]
    profile: PathBuf,
    /// The `cargo-semver-checks` program. To install it, run `cargo install cargo-semver-checks --locked`.
    #[arg(long, value_name = "FILE", default_value = "cargo-semver-checks")]
    program: PathBuf,
    /// File to write the findings to.
    #[arg(long, value_name = "FILE", default_value = "tests/semver-checks/findings.tsv")]
    out: PathBuf,
}

/// Runs the command. Exit code 0: the findings were written; 2: they could not be determined.
pub(crate) fn run(arguments: &SemverArguments) -> ExitCode {
    match write_findings(arguments) {
        Ok(count) => {
            println!("{}: {count} findings", arguments.out.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn write_findings(arguments: &SemverArguments) -> anyhow::Result<usize> {
    let settings = DiffSettings::read(&arguments.profile).map_err(|errors| anyhow!("{errors}"))?;
    let source = |spec: &Path| SpecSource::read(spec).map_err(|errors| anyhow!("{errors}"));
    let (old, new) = (source(&arguments.old)?, source(&arguments.new)?);
    let (old, new) = toolcrate_diff::read(&old, &new, &settings).map_err(|errors| anyhow!("{errors}"))?;
    let document =
        |name: &str, release: &Snapshot| document(&settings, release, &Path::new(FOLDER).join(name));
    let (old, new) = (document("old", &old)?, document("new", &new)?);
    let output = Command::new(&arguments.program)
        .args(["semver-checks", "--color", "never", "--release-type", "patch"])
        .arg("--baseline-rustdoc")
        .arg(old)
        .arg("--current-rustdoc")
        .arg(new)
        .output()
        .with_context(|| format!("can't run {}", arguments.program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let findings = findings(&text);
    // The program fails if it finds something, and says how much it checked in any case.
    if findings.is_empty() && !output.status.success() {
        bail!("{}:\n{text}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let lines: String = findings.iter().map(|(lint, item)| format!("{lint}\t{item}\n")).collect();
    if let Some(folder) = arguments.out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&arguments.out, lines)
        .with_context(|| format!("can't write {}", arguments.out.display()))?;
    Ok(findings.len())
}

/// Writes the crate of a release as a separate package, and returns the path of its rustdoc JSON.
fn document(settings: &DiffSettings, release: &Snapshot, folder: &Path) -> anyhow::Result<PathBuf> {
    eprintln!("documenting the crate of {} …", release.release.file);
    let files = emit::emit(&release.model, &settings.profile, &release.overlay, &UsageTracker::new());
    drop(std::fs::remove_dir_all(folder));
    for (path, text) in files.map_err(|errors| anyhow!("{errors}"))? {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, text)?;
    }
    let path = folder.join("Cargo.toml");
    let manifest = manifest(&std::fs::read_to_string(&path)?)?;
    std::fs::write(path, manifest)?;
    std::fs::copy("Cargo.lock", folder.join("Cargo.lock"))?;
    let status = Command::new(env!("CARGO"))
        .args(["rustdoc", "--lib", "--all-features", "--target-dir"])
        .arg(std::env::current_dir()?.join("target"))
        .arg("--")
        .args(["-Zunstable-options", "--output-format", "json", "--cap-lints", "allow"])
        // The format of the documentation is stable enough for the program that reads it.
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(folder)
        .status()?;
    if !status.success() {
        bail!("cargo rustdoc failed: {status}");
    }
    let file = folder.join("rustdoc.json");
    std::fs::rename("target/doc/connectwise_psa.json", &file)?;
    Ok(file)
}

/// The manifest of a package that belongs to no workspace, with the features of the generated one.
fn manifest(generated: &str) -> anyhow::Result<String> {
    let root = std::env::current_dir()?;
    let [start, end] = FEATURES;
    let features = generated.split_once(start).and_then(|(_, rest)| rest.split_once(end));
    let (features, _) = features.context("the generated manifest has no features")?;
    Ok(format!(
        "[package]\nname = \"connectwise-psa\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         {start}{features}{end}toolcrate-runtime = {{ path = {:?} }}\n",
        root.join("crates/toolcrate-runtime")
    ))
}

/// Returns the findings of a report: the lint, and the item without the place of its definition.
fn findings(report: &str) -> BTreeSet<(String, String)> {
    let mut findings = BTreeSet::new();
    let (mut lint, mut in_list) = ("", false);
    for line in report.lines() {
        if let Some(title) = line.strip_prefix("--- ") {
            // `failure function_missing: pub fn removed or renamed ---`, or `warning …`.
            lint =
                title.split_once(' ').and_then(|(_, rest)| rest.split_once(':')).map_or("", |(name, _)| name);
            in_list = false;
        } else if line.starts_with("Failed in:") {
            in_list = true;
        } else if let (true, Some(item)) = (in_list, line.strip_prefix("  ")) {
            findings.insert((lint.to_owned(), without_location(item)));
        } else {
            in_list = false;
        }
    }
    findings
}

/// Removes the location from an item: `function a::b, previously in file c.rs:3` becomes `function a::b`.
fn without_location(item: &str) -> String {
    let is_location = |rest: &str| {
        let word = rest.split_whitespace().next().unwrap_or_default();
        word == "file" || word.contains(".rs:")
    };
    let location = item.match_indices(" in ").find(|(at, word)| is_location(&item[at + word.len()..]));
    let item = location.map_or(item, |(at, _)| &item[..at]);
    item.trim_end_matches(", previously").trim_end_matches(',').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::findings;

    #[test]
    fn findings_are_read_from_a_report() {
        let report = "\
--- failure function_missing: pub fn removed or renamed ---

Description:
A publicly-visible function cannot be imported by its prior path.
        ref: https://doc.rust-lang.org/cargo/reference/semver.html#item-remove

Failed in:
  function a::b, previously in file src/b.rs:3
  function a::c, previously in file src/c.rs:4

--- warning struct_marked_deprecated: struct is deprecated ---

Failed in:
  struct a::D in src/d.rs:3
  a::E::new takes 0 parameters in src/e.rs:3, but now takes 2 parameters in src/e.rs:4

     Summary semver requires new major version
";
        let findings: Vec<String> =
            findings(report).into_iter().map(|(lint, item)| format!("{lint} {item}")).collect();
        assert_eq!(
            findings,
            [
                "function_missing function a::b",
                "function_missing function a::c",
                "struct_marked_deprecated a::E::new takes 0 parameters",
                "struct_marked_deprecated struct a::D"
            ]
        );
    }
}
