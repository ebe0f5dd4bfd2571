//! Tests the output of commands: its format, and what happens if it can't be written.

use std::fs::File;
use std::process::{Command, Output, Stdio};

/// Returns a command that is independent of the machine's settings.
fn cwpsa(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cwpsa"));
    command.env_clear().args(arguments);
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn lost_output_is_an_error() {
    for arguments in [
        &["tools"][..],
        &["tools", "--json"],
        &["search", "note", "--json"],
        &["describe", "count_tickets"],
        &["call", "count_tickets", "--sandbox"],
        &["completions", "bash"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = cwpsa(arguments).stdout(full).output().unwrap();
        let told = said(&output);
        assert_eq!(output.status.code(), Some(4), "{arguments:?}: {told}");
        assert!(told.contains("error: can't write the result to stdout: "), "{arguments:?}: {told}");
    }
}

#[test]
fn closed_pipe_is_not_an_error() {
    for arguments in [&["completions", "bash"][..], &["tools", "--json"]] {
        let mut process = cwpsa(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(process.stdout.take());
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success() && !said(&output).contains("panicked"), "{}", said(&output));
    }
}

#[test]
fn call_usage_errors_have_the_same_format_as_its_other_errors() {
    for (arguments, kind, message) in [
        (&["--args", "{bad"][..], "invalid_arguments", "--args: invalid JSON"),
        (&["--args", "[]"], "invalid_arguments", "--args: expected a JSON object"),
        (&["--args", "@/nonexistent"], "invalid_arguments", "/nonexistent: "),
        (&["--region", "na"], "configuration", "no account configured"),
        (&["--account", "nope"], "configuration", "unknown account \"nope\""),
    ] {
        let output = cwpsa(&[&["call", "count_tickets", "--json"], arguments].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(printed["error"]["kind"], kind, "{arguments:?}");
        assert!(printed["error"]["message"].as_str().unwrap().contains(message), "{printed}");
        assert!(said(&output).starts_with("error: ") && said(&output).contains(message), "{}", said(&output));
    }
    for arguments in [&["describe", "count_tickets", "--json"][..], &["doctor", "--sandbox", "--json"]] {
        let output = cwpsa(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    }
}

#[test]
fn dry_run_shows_the_configured_server() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "this is = [not toml").unwrap();
    let broken = file.path().to_str().unwrap();
    let own = "https://psa.example.com/v4_6_release/apis/3.0";
    let dry = |flags: &[&str], variables: &[(&str, &str)]| {
        let arguments = [&["call", "count_tickets", "--dry-run"], flags].concat();
        let output = cwpsa(&arguments).envs(variables.iter().copied()).output().unwrap();
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), printed, said(&output))
    };
    for flags in [["--account", "nope"], ["--region", "xx"], ["--config", "/nope.toml"], ["--config", broken]]
    {
        let (code, printed, told) = dry(&flags, &[]);
        let is_usage = code == Some(2) && printed["error"]["kind"] == "configuration";
        assert!(is_usage && told.starts_with("error: "), "{flags:?}: {printed} {told}");
    }
    assert_eq!(dry(&[], &[("CWPSA_REGION", "xx")]).0, Some(2));
    for (flags, variables) in [(&["--base-url", own][..], &[][..]), (&[], &[("CWPSA_BASE_URL", own)])] {
        let (code, printed, told) = dry(flags, variables);
        assert_eq!((code, told.as_str()), (Some(0), ""), "{flags:?}");
        assert!(printed["url"].as_str().unwrap().starts_with(own), "{printed}");
    }
    let (code, printed, told) = dry(&[], &[]);
    assert!(code == Some(0) && told.starts_with("note: no server configured"), "{printed} {told}");
}

#[test]
fn byte_limit_applies_to_a_record_and_to_all_pages() {
    let call = |tool: &str, flags: &[&str], arguments: &str| {
        let arguments = [&["call", tool, "--sandbox", "--args", arguments][..], flags].concat();
        let output = cwpsa(&arguments).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (printed, output.stdout.len() - 1, said(&output))
    };
    let (printed, _, told) = call("get_single_ticket_by_id", &["--max-bytes", "100"], r#"{"id": 8812}"#);
    assert_eq!(printed, serde_json::json!({"id": 8812}), "what was made can be found");
    assert!(told.contains("exceed the limit of 100"), "{told}");
    let (printed, bytes, told) = call("get_single_ticket_by_id", &["--max-bytes", "9999"], r#"{"id": 8812}"#);
    assert!(printed["id"] == 8812 && bytes > 100 && told.is_empty(), "{told}");

    let (all, whole, _) = call("list_all_tickets", &["--all-pages"], r#"{"fields": "id", "pageSize": 2}"#);
    let all = all.as_array().unwrap();
    assert!(all.len() > 4 && whole > 60, "{all:?}");
    // A limit within a page, one between pages, and the total size.
    for most in [40, 41, 55, whole - 1, whole] {
        let (mut rows, mut arguments) = (Vec::new(), r#"{"fields": "id", "pageSize": 2}"#.to_owned());
        loop {
            let flags = ["--all-pages", "--max-bytes", &most.to_string()];
            let (printed, bytes, told) = call("list_all_tickets", &flags, &arguments);
            let some = printed.as_array().unwrap();
            assert!(bytes <= most && !some.is_empty(), "{bytes} {most}: {told}");
            rows.extend_from_slice(some);
            let rest = told.split_once("--args '").and_then(|(_, rest)| rest.split_once('\''));
            assert_eq!(rest.is_some(), told.contains("note: "), "{told}");
            match rest {
                Some((rest, _)) => arguments = rest.to_owned(),
                None => break,
            }
        }
        assert_eq!(rows, *all, "{most}");
    }
}
