//! Runs `cargo xtask regenerate` as a person or CI would: tests exit codes, messages, and the resulting files on disk.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Creates a folder with the small profile from the generator's golden tests.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codegen/tests/golden/orders");
    for file in ["toolcrate.yaml", "overlay.yaml", "spec.yaml", "names.lock"] {
        fs::copy(golden.join(file), folder.path().join(file)).unwrap();
    }
    folder
}

/// Runs `xtask regenerate` in `folder`, with paths relative to it.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("regenerate")
        .args(["--profile", "toolcrate.yaml"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn it_writes_then_finds_nothing_to_do_then_notices_what_is_stale() {
    let folder = project();
    let (code, stdout, stderr) = run(folder.path(), &[]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("release 1.0: 11 operations, 6 schemas"), "{stdout}");
    let (code, stdout, _) = run(folder.path(), &["--check"]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("0 changed") && stdout.contains("nothing was written"), "{stdout}");

    let edited = folder.path().join("expected/src/query.rs");
    let text = fs::read_to_string(&edited).unwrap();
    fs::write(&edited, text.replace("    page:", "    side:")).unwrap();
    let (code, stdout, stderr) = run(folder.path(), &["--check"]);
    assert_eq!(code, Some(1));
    assert!(stdout.contains("-    side: Option<i64>,\n+    page: Option<i64>,"), "{stdout}");
    assert!(stderr.contains("run `cargo xtask regenerate`"), "{stderr}");
    assert!(fs::read_to_string(&edited).unwrap().contains("    side:"), "--check writes nothing");
    assert_eq!(run(folder.path(), &[]).0, Some(0));
    assert_eq!(fs::read_to_string(&edited).unwrap(), text);
}

/// A run that would do the same as the last one is not made; any file that it reads or writes counts.
#[test]
fn run_after_a_change_generates() {
    let folder = project();
    let first = run(folder.path(), &[]).1;
    let words = |output: &str| output.lines().take(4).map(str::to_owned).collect::<Vec<_>>();
    let (code, second, _) = run(folder.path(), &[]);
    assert_eq!((code, words(&second)), (Some(0), words(&first)));
    assert!(second.contains("0 files added, 0 changed, 0 removed"), "{second}");

    let spec = folder.path().join("spec.yaml");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(&spec, text.replace("version: \"1.0\"", "version: \"1.1\"")).unwrap();
    let (code, stdout, _) = run(folder.path(), &[]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("release 1.1"), "{stdout}");
    fs::remove_file(folder.path().join("expected/src/lib.rs")).unwrap();
    assert_eq!(run(folder.path(), &["--check"]).0, Some(1));
    assert_eq!(run(folder.path(), &[]).0, Some(0));
    assert!(folder.path().join("expected/src/lib.rs").exists());
}

#[test]
fn in_ci_stale_files_are_annotated_and_the_difference_is_summed_up() {
    let folder = project();
    assert_eq!(run(folder.path(), &[]).0, Some(0));
    let edited = folder.path().join("expected/src/query.rs");
    let text = fs::read_to_string(&edited).unwrap();
    fs::write(&edited, text.replace("    page:", "    side:")).unwrap();
    let summary = folder.path().join("summary.md");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["regenerate", "--profile", "toolcrate.yaml", "--check"])
        .current_dir(folder.path())
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let annotation = "::error file=expected/src/query.rs,title=not up to date::run `cargo xtask regenerate`";
    assert!(stdout.lines().any(|line| line.starts_with(annotation)), "{stdout}");
    let summary = fs::read_to_string(&summary).unwrap();
    assert!(summary.starts_with("## 1 generated files are not up to date\n\n```diff\n"), "{summary}");
    assert!(summary.contains("-    side: Option<i64>,\n+    page: Option<i64>,"), "{summary}");
}

#[test]
fn another_folder_gets_the_same_bytes() {
    let folder = project();
    assert_eq!(run(folder.path(), &[]).0, Some(0));
    assert_eq!(run(folder.path(), &["--out", "deep/er/out"]).0, Some(0));
    for file in ["Cargo.toml", "src/sales/models/order.rs", "catalog/tools/sales.jsonl", "manifest.txt"] {
        let read = |out: &str| fs::read(folder.path().join(out).join(file)).unwrap();
        assert_eq!(read("expected"), read("deep/er/out"), "{file}");
    }
}

#[test]
fn invalid_input_is_reported_once_and_changes_nothing() {
    let folder = project();
    assert_eq!(run(folder.path(), &[]).0, Some(0));
    let kept = fs::read(folder.path().join("expected/manifest.txt")).unwrap();
    fs::write(folder.path().join("spec.yaml"), "swagger: '1.2'\npaths: {}\n").unwrap();
    let (code, stdout, stderr) = run(folder.path(), &[]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    let expected = "error[E003] spec.yaml at /swagger: unsupported format: Swagger 1.2 (expected Swagger 2.0 or OpenAPI 3)";
    assert!(stderr.starts_with(expected) && stderr.lines().count() == 1, "{stderr}");
    assert_eq!(fs::read(folder.path().join("expected/manifest.txt")).unwrap(), kept);
    let (code, _, stderr) = run(folder.path(), &["--spec", "missing.json"]);
    assert_eq!(code, Some(2));
    assert!(stderr.starts_with("error[E001] missing.json: the spec can't be read"), "{stderr}");
}
