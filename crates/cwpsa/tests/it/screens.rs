//! What a person sees in a terminal of 80 columns: the help, an error. Read the difference before accepting one.

use std::process::Output;

use tokio::process::Command;

async fn cwpsa(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cwpsa"));
    // What is set on this machine is not shown.
    command.env_clear().env("COLUMNS", "80").args(arguments).output().await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[tokio::test]
async fn the_help_teaches() {
    let help = cwpsa(&["--help"]).await;
    assert_eq!(help.status.code(), Some(0));
    insta::assert_snapshot!("help", text(&help.stdout));
}

#[tokio::test]
async fn every_help_fits_its_width() {
    for command in ["tools", "search", "describe", "call", "mcp", "serve", "sandbox", "doctor", "completions"]
    {
        for flag in ["-h", "--help"] {
            let help = text(&cwpsa(&[command, flag]).await.stdout);
            let long: Vec<&str> = help.lines().filter(|line| line.chars().count() > 80).collect();
            assert!(help.contains("Usage: cwpsa") && long.is_empty(), "{command} {flag}: {long:#?}");
        }
    }
}

#[tokio::test]
async fn an_error_says_what_would_work() {
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
    // What is wrong is not what is missing.
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "default = \"a\"\n[accounts.a\n").unwrap();
    for (flags, wrong) in [
        (["--config", file.path().to_str().unwrap()], " line 2: "),
        (["--region", "xx"], "unknown region \"xx\""),
    ] {
        let error = cwpsa(&[&["doctor"][..], &flags].concat()).await;
        let said = text(&error.stderr);
        assert_eq!(error.status.code(), Some(2));
        assert!(
            said.contains(wrong) && said.ends_with("\n     Correct this, then run this again.\n"),
            "{said}"
        );
    }
}
