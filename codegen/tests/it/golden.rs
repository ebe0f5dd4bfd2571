//! Compares generated crates with golden ones. Each folder in `golden/` is a small API, and its `expected/` folder is
//! the complete crate generated from it. `UPDATE_GOLDEN=1` rewrites these folders; review the diff before you commit
//! it.

use std::path::Path;
use std::process::Command;

use toolcrate_codegen::{Options, generate};

use crate::support::round_trips::RoundTrips;
use crate::support::{golden, golden_api, golden_cases};

#[test]
fn each_crate_matches_its_expected_files() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut stale = Vec::new();
    for case in golden_cases() {
        let options = Options { profile: case.join("toolcrate.yaml"), strict: true, ..Options::default() };
        let generated = generate(&options).unwrap_or_else(|errors| panic!("{}:\n{errors}", case.display()));
        let changes = generated.plan.changes().unwrap();
        if update {
            generated.plan.apply(&changes).unwrap();
        } else if !changes.is_empty() {
            stale.push(generated.plan.diff(&changes, 80).unwrap());
        }
    }
    assert!(stale.is_empty(), "UPDATE_GOLDEN=1 accepts this:\n{}", stale.join("\n"));
    assert!(!golden_cases().is_empty());
}

/// Compiles all golden crates in one workspace, lints them, runs the library's tools against a server
/// (`tests/other_api/main.rs`), and compares random values of every schema with what the models make of them.
#[test]
fn crates_compile_and_another_api_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden-workspace");
    let mut members = Vec::new();
    let mut trips = RoundTrips::default();
    let mut dependencies = String::new();
    for case in golden_cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        copy(&case.join("expected"), &folder.join(&name), &root);
        members.push(format!("\"{name}\""));
        let (api, names) = golden_api(&case);
        trips.add(&case, &api, &names);
        let package = golden(&case).0.api.package;
        dependencies.push_str(&format!(
            "{package} = {{ path = \"../{name}\", default-features = false, features = [\"full\"] }}\n"
        ));
    }
    write(&folder.join("round_trips/Cargo.toml"), &format!("{ROUND_TRIPS}{dependencies}"));
    write(&folder.join("round_trips/src/main.rs"), &trips.program());
    members.push("\"round_trips\"".to_owned());
    copy(&root.join("codegen/tests/other_api"), &folder.join("other_api"), &root);
    members.push("\"other_api\"".to_owned());
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", "));
    write(&folder.join("Cargo.toml"), &manifest);
    // These are the project's own versions, which are already on the machine.
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let cargo = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .arg("--offline")
            .args(arguments)
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", folder.join("target"))
            // Nobody debugs these crates, and each run starts from scratch.
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "0")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {arguments:?} failed:\n{text}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    assert_eq!(
        cargo(&["run", "--quiet", "--package", "other-api"]),
        "3 books by tool, 3 by type, 1 added, 1 changed\n"
    );
    cargo(&["build", "--quiet", "--package", "round-trips"]);
    write(&folder.join("values.jsonl"), &trips.input);
    let program = folder.join("target/debug/round-trips").with_extension(std::env::consts::EXE_EXTENSION);
    let values = std::fs::File::open(folder.join("values.jsonl")).unwrap();
    let output = Command::new(program).stdin(values).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let wrong = trips.differences(&String::from_utf8_lossy(&output.stdout));
    assert!(wrong.is_empty(), "{} values:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(trips.schemas > 150, "only {} schemas have values", trips.schemas);
}

/// The manifest of the program that reads and writes values, without the golden crates.
const ROUND_TRIPS: &str = "[package]
name = \"round-trips\"
version = \"0.1.0\"
edition = \"2024\"
publish = false

[dependencies]
serde = \"1\"
serde_json = \"1\"
";

/// Copies a folder, making the path to the runtime absolute.
fn copy(from: &Path, to: &Path, root: &Path) {
    for entry in from.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target, root);
        } else {
            let runtime = root.join("crates/toolcrate-runtime");
            let text = std::fs::read_to_string(&path).unwrap();
            write(
                &target,
                &text.replace("../../../../../crates/toolcrate-runtime", runtime.to_str().unwrap()),
            );
        }
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    if std::fs::read_to_string(path).ok().as_deref() != Some(text) {
        std::fs::write(path, text).unwrap();
    }
}
