//! `cargo xtask diff` as a person or CI runs it: exit codes, formats, the allow-list, and what a run in CI says
//! beside its output.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of the pairs that have one kind of change each.
fn pairs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/toolcrate-diff/tests/pairs")
}

struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Runs `xtask diff` in the folder of the pairs; `in_ci` gives it what a step of a workflow has.
fn run(arguments: &[&str], in_ci: Option<&Path>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("diff").args(["--profile", "toolcrate.yaml"]).args(arguments).current_dir(pairs());
    command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
    if let Some(summary) = in_ci {
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", summary);
    }
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

const OLD: &str = "property-added/old.yaml";
const NEW: &str = "property-added/new.yaml";

#[test]
fn exit_codes_follow_what_one_fails_on() {
    let wording = ["property-reworded/old.yaml", "property-reworded/new.yaml"];
    // A new field breaks nobody, as structs are non-exhaustive; a removed one breaks everyone.
    for (specs, fail_on, code) in [
        ([OLD, OLD], "any", 0),
        ([OLD, NEW], "breaking", 0),
        ([OLD, NEW], "any", 1),
        ([NEW, OLD], "breaking", 1),
        ([NEW, OLD], "never", 0),
        (wording, "breaking", 0),
        (wording, "any", 1),
    ] {
        let run = run(&[specs[0], specs[1], "--fail-on", fail_on], None);
        assert_eq!((run.code, run.stderr.as_str()), (Some(code), ""), "{specs:?} {fail_on}\n{}", run.stdout);
    }
}

#[test]
fn incomparable_input_exits_with_2() {
    let missing = run(&[OLD, "missing.yaml"], None);
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(2), ""));
    assert!(
        missing.stderr.starts_with("error[E001] missing.yaml: the spec can't be read"),
        "{}",
        missing.stderr
    );
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.yaml");
    fs::write(&broken, "swagger: '1.2'\npaths: {}\n").unwrap();
    let summary = folder.path().join("summary.md");
    let broken = run(&[OLD, broken.to_str().unwrap()], Some(&summary));
    assert_eq!(broken.code, Some(2));
    assert!(broken.stderr.contains("error[E003]"), "{}", broken.stderr);
    assert!(broken.stdout.starts_with("::error file="), "{}", broken.stdout);
    assert!(broken.stdout.contains("title=E003::error[E003]"), "{}", broken.stdout);
    let unwritten = run(&[OLD, NEW, "--out", "no/such/folder/report.md"], None);
    assert_eq!(unwritten.code, Some(2));
    assert!(unwritten.stderr.contains("error[E041] no/such/folder/report.md"), "{}", unwritten.stderr);
    assert_eq!(run(&[], None).code, Some(2), "usage");
    assert_eq!(run(&[OLD, NEW, NEW], None).code, Some(2), "usage");
}

#[test]
fn one_spec_is_compared_with_what_the_crate_is_made_from() {
    let one = run(&[NEW, "--format", "json", "--fail-on", "never"], None);
    let two = run(&[OLD, NEW, "--format", "json", "--fail-on", "never"], None);
    assert_eq!(one.stdout.replace("./", ""), two.stdout);
    let report: serde_json::Value = serde_json::from_str(&one.stdout).unwrap();
    assert_eq!(report["counts"]["http"]["compatible"], 1);
    assert_eq!(report["changes"][0]["kind"], "property-added");
}

#[test]
fn each_format_is_written_to_stdout_or_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for (format, start) in [
        ("text", "1 (property-added/old.yaml) → 2 (property-added/new.yaml): "),
        ("markdown", "<!-- Made by `cargo xtask diff`; do not edit. -->\n# From 1 to 2\n"),
        ("json", "{\n"),
        ("html", "<!doctype html>"),
        ("note", "<!-- Made by `cargo xtask diff OLD NEW --format note`; do not edit. -->\n# From 1 to 2\n"),
    ] {
        let arguments = [OLD, NEW, "--fail-on", "never", "--format", format];
        let printed = run(&arguments, None);
        assert!(printed.stdout.to_lowercase().starts_with(&start.to_lowercase()), "{}", printed.stdout);
        let file = folder.path().join(format);
        let written = run(&[&arguments[..], &["--out", file.to_str().unwrap()]].concat(), None);
        assert_eq!(written.code, Some(0));
        assert_eq!(fs::read_to_string(&file).unwrap(), printed.stdout, "{format}");
        assert!(written.stdout.ends_with(" changes\n"), "{}", written.stdout);
    }
}

#[test]
fn in_ci_changes_are_annotated_and_summed_up() {
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "Earlier steps.\n").unwrap();
    let run = run(&[NEW, OLD], Some(&summary));
    assert_eq!(run.code, Some(1));
    let annotations: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(
        annotations[0],
        "::error file=property-added/old.yaml,title=property-removed::`Order` no longer has the property \
         `due` (text) (/components/schemas/Order/properties/due)"
    );
    assert!(annotations.iter().all(|line| line.starts_with("::error file=property-added/old.yaml,title=")));
    let report: Vec<&str> = run.stdout.lines().filter(|line| !line.starts_with("::")).collect();
    assert_eq!(
        report.join("\n").trim(),
        self::run(&[NEW, OLD], None).stdout.trim(),
        "the report is the same"
    );
    let summary = fs::read_to_string(&summary).unwrap();
    assert!(summary.starts_with("Earlier steps.\n<!-- Made by"), "{summary}");
    assert!(summary.contains("### `property-removed` (1)"), "{summary}");
}

#[test]
fn more_annotations_than_a_step_shows_are_counted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let spec = |release: &str| root.join(format!("connectwise-psa-{release}.json"));
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("diff")
        .args([spec("2022.1"), spec("2025.1")])
        .arg("--profile")
        .arg(root.join("toolcrate.yaml"))
        .arg("--out")
        .arg(folder.path().join("report.txt"))
        .env("GITHUB_ACTIONS", "true")
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let errors: Vec<&str> = stdout.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(errors.len(), 10, "{stdout}");
    assert!(errors[9].ends_with(" more changes are in the summary"), "{}", errors[9]);
}

#[test]
fn accepted_changes_do_not_fail_and_idle_entries_are_flagged() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("accepted.yaml");
    let accepted = |entries: &str, in_ci| {
        fs::write(&list, entries).unwrap();
        run(&[NEW, OLD, "--allow", list.to_str().unwrap()], in_ci)
    };
    let all = concat!(
        "- { kind: 'property-removed', subject: Order, reason: Nobody used it., until: 2999-12-31 }\n",
        "- { kind: 'rust-field-*', reason: The next major release., until: 2999-12-31 }\n",
        "- { kind: 'tool-argument-*', reason: Prompts were adapted., until: 2999-12-31 }\n",
    );
    let run = accepted(all, None);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    assert!(run.stdout.contains("(text): Nobody used it."), "{}", run.stdout);

    let late = all.replacen("2999-12-31", "2020-01-31", 1);
    let idle = "- { kind: tool-removed, reason: Never., until: 2999-12-31 }\n";
    let summary = folder.path().join("summary.md");
    let run = accepted(&format!("{late}{idle}"), Some(&summary));
    assert_eq!(run.code, Some(1));
    let warnings = [
        "the acceptance of `property-removed Order` expired on 2020-01-31; fix the change or extend the date",
        "`tool-removed` matches no change; delete the entry",
    ];
    for warning in warnings {
        assert!(run.stderr.contains(&format!("warning: {warning}\n")), "{}", run.stderr);
        assert!(run.stdout.contains(&format!("::warning title=allow-list::{warning}\n")), "{}", run.stdout);
        assert!(fs::read_to_string(&summary).unwrap().contains(&format!("- {warning}\n")));
    }

    let run = accepted("- { kind: property-removed, reason: '', until: soon }\n", None);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("error[E034]") && run.stderr.contains("`reason` is missing"),
        "{}",
        run.stderr
    );
}
