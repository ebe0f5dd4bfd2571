//! Snapshots of help and errors in an 80-column terminal.

use std::process::Output;

use clap::CommandFactory;
use cwpsa::cli::Cli;
use tokio::process::Command;

async fn cwpsa(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cwpsa"));
    // The snapshots must not depend on the machine's environment.
    command.env_clear().env("COLUMNS", "80").args(arguments).output().await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[tokio::test]
async fn help_shows_the_commands_and_examples() {
    let help = cwpsa(&["--help"]).await;
    assert_eq!(help.status.code(), Some(0));
    insta::assert_snapshot!("help", text(&help.stdout));
}

#[tokio::test]
async fn help_of_every_command_fits_the_terminal() {
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        let help = text(&cwpsa(&[name, "--help"]).await.stdout);
        let long: Vec<&str> = help.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(help.contains("Usage: cwpsa") && long.is_empty(), "{name}: {long:#?}");
        insta::assert_snapshot!(format!("help_{name}"), help);
    }
}

#[tokio::test]
async fn error_names_the_valid_values() {
    let error =
        cwpsa(&["call", "create_a_ticket_note", "--sandbox", "--args", r#"{"ticketId": "x", "txt": "y"}"#])
            .await;
    assert_eq!(error.status.code(), Some(2));
    insta::assert_snapshot!("error", text(&error.stderr));
    let error = cwpsa(&["describe", "create_a_tiket_note"]).await;
    assert_eq!(error.status.code(), Some(2));
    insta::assert_snapshot!("misspelt", text(&error.stderr));
    let error = cwpsa(&["doctor"]).await;
    assert_eq!(error.status.code(), Some(2));
    insta::assert_snapshot!("doctor", text(&error.stderr));
    // An invalid setting is reported, not the settings that are missing.
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "default = \"a\"\n[accounts.a\n").unwrap();
    for (flags, wrong) in [
        (["--config", file.path().to_str().unwrap()], ", line 2: "),
        (["--region", "xx"], "unknown region \"xx\""),
    ] {
        let error = cwpsa(&[&["doctor"][..], &flags].concat()).await;
        let said = text(&error.stderr);
        assert_eq!(error.status.code(), Some(2));
        assert!(
            said.contains(wrong) && said.ends_with("\n     Fix this, then run cwpsa doctor again.\n"),
            "{said}"
        );
    }
}
