//! Runs every command in the getting-started documents, in order, against the sandbox instead of an account, and
//! compares the actual output with the output shown in the document.
//!
//! A document is run as a person would follow it: in one folder and one shell, with servers that keep running until the
//! end. Ports 8080 and 9090 are replaced with free ones. In expected output, `…` matches the rest of a line, any number
//! of lines if nothing else is on its line, and, in JSON, any value or additional properties. A command may be marked
//! `# exits with code 2`.

mod compare;
mod fence;
mod mcp;
mod security;
mod session;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use compare::{compare, json_matches, lines_match, matches};
use fence::fences;
use mcp::clients;
use session::Session;

/// Follows a document; returns the problems, and the number of commands that were run.
fn follow(path: &Path) -> (Vec<String>, usize) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fences = fences(&fs::read_to_string(path).expect("a document"));
    let mut session = Session::new();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (at, fence) in fences.iter().enumerate() {
        let mut said = None;
        if fence.is_shell() {
            for command in fence.commands() {
                match session.run(&command) {
                    Ok(Some(text)) => {
                        count += 1;
                        said.get_or_insert_with(String::new).push_str(&text);
                    }
                    Ok(None) => {}
                    Err(problem) => wrong.push(format!("{name}:{}: `{command}`: {problem}", fence.line)),
                }
            }
        } else if fence.language == "json" && !fence.follows {
            let settings = serde_json::from_str(&fence.text).map_err(|error| error.to_string());
            if let Err(problem) = settings.and_then(|settings: Value| clients(&session, &settings)) {
                wrong.push(format!("{name}:{}: {problem}", fence.line));
            }
        }
        let Some(said) = said else { continue };
        let next = fences
            .get(at + 1)
            .filter(|next| next.follows && ["text", "json"].contains(&next.language.as_str()));
        if let Some(next) = next {
            let said =
                session.ports.iter().fold(said, |said, (port, used)| said.replace(&format!(":{used}"), port));
            if let Err(problem) = compare(next, &said) {
                wrong.push(format!("{name}: {problem}"));
            }
        } else if said.contains("\"statusCode\":") {
            // The server rejected the request unexpectedly; `curl` itself doesn't treat this as an error.
            wrong.push(format!("{name}:{}: {said}", fence.line));
        }
    }
    (wrong, count)
}

#[test]
fn every_command_in_the_docs_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = fs::read_dir(root.join("docs")).expect("documents");
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.expect("a document").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.push(root.join("README.md"));
    let results: Vec<(Vec<String>, usize)> = std::thread::scope(|scope| {
        let threads: Vec<_> = paths.iter().map(|path| scope.spawn(|| follow(path))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a document that can be read")).collect()
    });
    let wrong: Vec<String> = results.iter().flat_map(|(wrong, _)| wrong.clone()).collect();
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n\n"));
    let count: usize = results.iter().map(|(_, count)| count).sum();
    assert!(count >= 30, "only {count} commands were run");
}

#[test]
fn every_link_in_the_docs_resolves() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let mut broken = Vec::new();
    for entry in fs::read_dir(&root).expect("documents") {
        let path = entry.expect("a document").path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            if !link.is_empty() && !link.contains("://") && !root.join(link).exists() {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn output_that_differs_from_the_docs_is_detected() {
    assert!(matches("a … c", "a b c") && matches("…", "") && !matches("a…", "b"));
    let lines = |text: &'static str| text.lines().collect::<Vec<_>>();
    assert!(
        lines_match(&lines("a\n…\nz"), &lines("a\nb\nc\nz")) && !lines_match(&lines("a"), &lines("a\nb"))
    );
    let json = |text| serde_json::from_str::<Value>(text).expect("JSON");
    let said = json(r#"{"id": 4, "rows": [1, 2, 3]}"#);
    assert!(json_matches(&json(r#"{"id": 4, "rows": [1, "…"]}"#), &said));
    assert!(json_matches(&json(r#"{"id": "…", "…": "…"}"#), &said));
    assert!(
        !json_matches(&json(r#"{"id": 5, "…": "…"}"#), &said) && !json_matches(&json(r#"{"id": 4}"#), &said)
    );
    let mut session = Session::new();
    assert!(session.run("cwpsa describe no_such_tool").is_err());
    assert!(session.run("cwpsa describe no_such_tool # exits with code 2").is_ok());
    assert!(session.run("frobnicate --all").is_err_and(|problem| problem.contains("frobnicate")));
    assert_eq!(fences("1. x\n\n   ```sh\n   a \\\n     b\n   ```\n")[0].commands(), ["a   b"]);
}
