//! Golden crates: each folder in `golden/` is a small API, and its `expected/` folder is the complete
//! crate generated from it. `UPDATE_GOLDEN=1` rewrites them; review the diff before you commit it.

use std::path::Path;
use std::process::Command;

use toolcrate_codegen::{Options, generate};

use crate::support::golden_cases;

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

/// Compiles all golden crates in one workspace, lints them, and runs the library's tools against a server
/// (`tests/other_api/main.rs`).
#[test]
fn crates_compile_and_another_api_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden-workspace");
    let mut members = Vec::new();
    for case in golden_cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        copy(&case.join("expected"), &folder.join(&name), &root);
        members.push(format!("\"{name}\""));
    }
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
}

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
