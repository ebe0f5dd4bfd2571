//! Tests the `cwpsa-sandbox` program: its startup message, shutdown, help, and error messages.

use std::process::{Command, Output};

use toolcrate_testing::process::ServerProcess;

use crate::support::http::get;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_cwpsa-sandbox"))
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("it starts")
}

#[cfg(unix)]
#[tokio::test]
async fn program_prints_its_address_and_stops_on_sigterm() {
    let mut command = tokio::process::Command::from(program());
    command.args(["--listen", "127.0.0.1:0", "--fault", "html_error=503 x1 GET /time/entries"]);
    let mut server = ServerProcess::start(command);
    let root = server.wait_for_url("the sandbox is listening at ").await;
    server.wait_for_line("company acme, public key public, private key private").await;
    assert_eq!(get(&format!("{root}/time/entries")).await.status, 503);
    assert_eq!(get(&format!("{root}/time/entries")).await.status, 200);

    let id = server.child.id().expect("a running process").to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
    assert!(told.success());
    assert_eq!(server.wait_for_exit().await.code(), Some(0));
    assert!(!server.log().contains("panicked"), "{}", server.log());
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
