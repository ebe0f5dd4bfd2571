//! The program: its startup message, shutdown, help, and error messages.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use crate::support::http::get;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_cwpsa-sandbox"))
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("it starts")
}

/// A started program, its messages, and the API's root.
fn start(arguments: &[&str]) -> (Child, BufReader<ChildStderr>, String) {
    let mut child = program()
        .args(["--listen", "127.0.0.1:0"])
        .args(arguments)
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut messages = BufReader::new(child.stderr.take().expect("messages"));
    let mut line = String::new();
    messages.read_line(&mut line).expect("a line");
    let root = line.trim().strip_prefix("the sandbox listens at ").unwrap_or_else(|| panic!("{line}"));
    let root = root.to_owned();
    (child, messages, root)
}

#[cfg(unix)]
#[tokio::test]
async fn program_prints_its_address_and_stops_on_sigterm() {
    let (mut child, mut messages, root) = start(&["--fault", "html_error=503 x1 GET /time/entries"]);
    let mut line = String::new();
    messages.read_line(&mut line).expect("a line");
    assert!(line.contains("company acme, public key public, private key private"), "{line}");
    assert_eq!(get(&format!("{root}/time/entries")).await.status, 503);
    assert_eq!(get(&format!("{root}/time/entries")).await.status, 200);

    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    assert!(told.success());
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
    let mut rest = String::new();
    messages.read_to_string(&mut rest).expect("text");
    assert!(!rest.contains("panicked"), "{rest}");
}

#[test]
fn invalid_arguments_are_explained() {
    for (arguments, message) in [
        (&["--fault", "earthquake"][..], "unknown fault \"earthquake\""),
        (&["--budget", "many"], "expected a budget like 1000/60"),
        (&["--key", "x"], "company+public:private"),
        (&["--listen", "nowhere"], "--listen"),
        (&["--faults", "no/such/file.json"], "no/such/file.json"),
        (&["--fault", "timeout 200%"], "expected a probability between 0 and 1"),
        (&["--listen", "192.0.2.1:1"], "192.0.2.1:1"),
    ] {
        let output = run(arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(message), "{arguments:?}: {text}");
    }
}

#[test]
fn help_has_examples() {
    let output = run(&["--help"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success());
    for part in
        ["--data", "--scale", "--allow-callbacks-to-anyone", "Examples:", "cut_after", "/_sandbox/faults"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
