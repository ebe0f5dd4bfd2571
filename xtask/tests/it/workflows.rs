//! Tests the GitHub workflows: the expected steps must exist, and their scripts must work in a scratch repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Creates a repository with one commit: the small profile from the generator's golden tests, in `specs/`.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let golden = root().join("codegen/tests/golden/orders");
    fs::create_dir(folder.path().join("specs")).unwrap();
    for file in ["toolcrate.yaml", "overlay.yaml", "spec.yaml", "names.lock"] {
        fs::copy(golden.join(file), folder.path().join("specs").join(file)).unwrap();
    }
    let git = |arguments: &[&str]| {
        let author =
            ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"];
        let status = Command::new("git").args(author).args(arguments).current_dir(folder.path()).status();
        assert!(status.unwrap().success(), "git {arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "The first release"]);
    folder
}

/// Runs a script in `.github/scripts`. Returns its exit code, its output, and the outputs it wrote for later
/// steps.
fn script(folder: &Path, name: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let outputs = folder.join("outputs.txt");
    fs::write(&outputs, "").unwrap();
    let Output { status, stdout, stderr } = Command::new(root().join(".github/scripts").join(name))
        .args(arguments)
        .current_dir(folder)
        .env("XTASK", env!("CARGO_BIN_EXE_xtask"))
        .env("GITHUB_OUTPUT", &outputs)
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    (status.code(), text, fs::read_to_string(&outputs).unwrap())
}

/// Writes the repository's spec as JSON, as another release, after applying `edit`.
fn release(folder: &Path, version: &str, edit: impl Fn(&mut Value)) -> PathBuf {
    let text = fs::read_to_string(folder.join("specs/spec.yaml")).unwrap();
    let mut spec: Value = serde_yaml::from_str(&text).unwrap();
    spec["info"]["version"] = version.into();
    edit(&mut spec);
    let file = folder.join("new.json");
    fs::write(&file, spec.to_string()).unwrap();
    file
}

#[test]
fn a_new_release_becomes_a_crate_and_the_text_of_a_pull_request() {
    let folder = repository();
    let folder = folder.path();
    release(folder, "2.0", |spec| {
        let list = spec["paths"]["/company/customers"].clone();
        spec["paths"]["/company/suppliers"] = list;
        spec["paths"]["/company/suppliers"]["get"]["operationId"] = "getSuppliers".into();
    });
    let (code, text, outputs) = script(folder, "take-spec.sh", &["new.json", "body.md"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(outputs, "version=2.0\ndraft=false\n");
    let body = fs::read_to_string(folder.join("body.md")).unwrap();
    assert!(body.contains("# From 1.0 to 2.0\n") && body.contains("`GET /company/suppliers`"), "{body}");
    assert!(
        fs::read_to_string(folder.join("specs/toolcrate.yaml")).unwrap().contains("spec: spec-2.0.json\n")
    );
    let tools = fs::read_to_string(folder.join("specs/expected/catalog/tools/company.jsonl")).unwrap();
    assert!(tools.contains("/company/suppliers"), "{tools}");

    // The next day, there is nothing new.
    let (code, text, outputs) = script(folder, "take-spec.sh", &["new.json", "body.md"]);
    assert_eq!((code, outputs.as_str()), (Some(0), "version=\n"), "{text}");

    // Nothing is breaking, but the comparison with the previous commit shows the text change.
    let (code, text, _) = script(folder, "spec-changes.sh", &["HEAD"]);
    assert!(text.contains("operation-added: `GET /company/suppliers` was added"), "{text}");
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn release_that_the_overlay_does_not_fit_becomes_a_draft_with_the_reason() {
    let folder = repository();
    let folder = folder.path();
    release(folder, "2.0", |spec| {
        spec["paths"].as_object_mut().unwrap().remove("/sales/orders/{id}/close");
    });
    let (code, text, outputs) = script(folder, "take-spec.sh", &["new.json", "body.md"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(outputs, "version=2.0\ndraft=true\n");
    let body = fs::read_to_string(folder.join("body.md")).unwrap();
    assert!(body.contains("`POST /sales/orders/{id}/close`"), "{body}");
    assert!(body.contains("## The crate could not be generated\n\n```\nerror[E032]"), "{body}");

    // A removed operation fails the check until it is accepted.
    let (code, text, _) = script(folder, "spec-changes.sh", &["HEAD"]);
    assert_eq!(code, Some(1), "{text}");
    let accepted = "- { kind: '*', reason: Orders close by themselves., until: 2999-12-31 }\n";
    fs::write(folder.join("specs/accepted.yaml"), accepted).unwrap();
    let (code, text, _) = script(folder, "spec-changes.sh", &["HEAD"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Orders close by themselves."), "{text}");
}

#[test]
fn a_release_without_a_usable_name_touches_nothing() {
    let folder = repository();
    let folder = folder.path();
    release(folder, "../2.0", |_| {});
    let (code, text, outputs) = script(folder, "take-spec.sh", &["new.json", "body.md"]);
    assert_eq!((code, outputs.as_str()), (Some(2), ""), "{text}");
    assert!(text.contains("info.version of new.json is \"../2.0\""), "{text}");
    assert!(!folder.join("body.md").exists());
    let (code, text, _) = script(folder, "spec-changes.sh", &["HEAD"]);
    assert_eq!((code, text.as_str()), (Some(0), "the spec is the same\n"));
}

/// Returns the commands of each step of a workflow, and the actions that it uses.
fn steps(workflow: &str) -> Vec<Value> {
    let text = fs::read_to_string(root().join(".github/workflows").join(workflow)).unwrap();
    let workflow: Value = serde_yaml::from_str(&text).unwrap();
    let jobs = workflow["jobs"].as_object().unwrap().values();
    jobs.flat_map(|job| job["steps"].as_array().unwrap().clone()).collect()
}

#[test]
fn steps_are_shell_and_their_scripts_can_be_run() {
    for workflow in ["check.yml", "new-release.yml"] {
        let steps = steps(workflow);
        assert!(steps.len() > 3);
        for step in steps {
            let Some(run) = step["run"].as_str() else {
                let uses = step["uses"].as_str().unwrap();
                assert!(uses.starts_with("actions/") && uses.contains("@v"), "{uses}");
                continue;
            };
            let status = Command::new("bash").args(["-n", "-c", run]).status().unwrap();
            assert!(status.success(), "{workflow}: {run}");
            for script in
                run.split_whitespace().filter(|word| word.ends_with(".sh") || word.ends_with(".ci/run"))
            {
                use std::os::unix::fs::PermissionsExt;
                let path = root().join(script);
                let mode = path.metadata().unwrap_or_else(|_| panic!("no {script}")).permissions().mode();
                assert_ne!(mode & 0o111, 0, "{script} can be run");
            }
        }
    }
}
