//! Tests settings that include both the sandbox and an account: which of them takes precedence, and how the other is
//! reported. Also tests empty environment variables.

use std::collections::BTreeSet;
use std::process::Output;

use clap::CommandFactory;
use tokio::process::Command;
use toolcrate_testing::process::ServerProcess;

/// Returns the output of `cwpsa` with these variables.
async fn cwpsa(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cwpsa"));
    // The machine's own variables are ignored.
    command.env_clear().envs(variables.iter().copied()).args(arguments).output().await.unwrap()
}

/// An unreachable account.
const ACCOUNT: [(&str, &str); 6] = [
    ("CWPSA_ACCOUNT", "mine"),
    ("CWPSA_REGION", "na"),
    ("CWPSA_COMPANY_ID", "mine"),
    ("CWPSA_PUBLIC_KEY", "public-of-mine"),
    ("CWPSA_PRIVATE_KEY", "private-of-mine"),
    ("CWPSA_CLIENT_ID", "client-of-mine"),
];
const CALL: [&str; 5] =
    ["call", "get_single_ticket_by_id", "--sandbox", "--args", r#"{"id": 8812, "fields": "id"}"#];

#[tokio::test]
async fn sandbox_flag_overrides_the_account_in_the_environment() {
    let quiet = cwpsa(&CALL, &ACCOUNT).await;
    let said = |output: &Output| String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((quiet.status.code(), said(&quiet)), (Some(0), String::new()));
    let answer: serde_json::Value = serde_json::from_slice(&quiet.stdout).unwrap();
    assert_eq!(answer, serde_json::json!({"id": 8812}), "a ticket of the sandbox");

    let told = cwpsa(&CALL, &[&ACCOUNT[..], &[("CWPSA_LOG_LEVEL", "cwpsa=info")]].concat()).await;
    let told = said(&told);
    let lines: Vec<&str> = told.lines().filter(|line| line.contains("environment")).collect();
    assert!(lines.len() == 1 && lines[0].contains("(CWPSA_ACCOUNT, CWPSA_REGION)"), "{told}");
    assert!(!told.contains("of-mine"), "{told}");
    let told = said(&cwpsa(&CALL, &[("CWPSA_LOG_LEVEL", "cwpsa=info")]).await);
    assert!(!told.contains("environment"), "there is none: {told}");
}

#[tokio::test]
async fn sandbox_and_account_flags_conflict() {
    let doctor = async |flags: &[&str], variables: &[(&str, &str)]| {
        let output = cwpsa(&[&["doctor"], flags].concat(), variables).await;
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (flags, variables, both) in [
        (&["--sandbox", "--region", "na"][..], &[][..], ["--sandbox", "--region"]),
        (&["--sandbox", "--account", "a"], &ACCOUNT[..], ["--sandbox", "--account"]),
        (&["--sandbox", "--base-url", "http://127.0.0.1:1"], &[], ["--sandbox", "--base-url"]),
        (&["--region", "na"], &[("CWPSA_SANDBOX", "true")], ["CWPSA_SANDBOX", "--region"]),
        (&[], &[("CWPSA_SANDBOX", "1"), ("CWPSA_REGION", "na")], ["CWPSA_SANDBOX", "CWPSA_REGION"]),
    ] {
        let (code, said) = doctor(flags, variables).await;
        let says = format!("{} can't be used with {}", both[0], both[1]);
        assert!(code == Some(2) && said.contains(&says), "{flags:?} {variables:?}: {said}");
    }
    assert_eq!(doctor(&[], &[("CWPSA_SANDBOX", "yes")]).await.0, Some(0));
    // A variable set to false is no contradiction; the account is still incomplete.
    let (code, said) = doctor(&["--region", "na"], &[("CWPSA_SANDBOX", "false")]).await;
    assert!(code == Some(2) && said.contains("company ID"), "{said}");
}

#[tokio::test]
async fn empty_variable_counts_as_unset() {
    // Collects the arguments of all commands, so no new one is forgotten.
    let mut names = BTreeSet::new();
    collect(&cwpsa::cli::Cli::command(), &mut names);
    assert!(names.len() > 15 && names.contains("CWPSA_WEBHOOK_POST"), "{names:?}");
    let empty: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let output = cwpsa(&CALL, &empty).await;
    assert_eq!((output.status.code(), &*output.stdout), (Some(0), &b"{\"id\":8812}\n"[..]), "{output:?}");
    let file = tempfile::NamedTempFile::new().unwrap();
    let account = "[accounts.a]\nregion = \"na\"\ncompany_id = \"ours\"\npublic_key = \"p\"\nprivate_key = \"s\"\nclient_id = \"c\"\n";
    std::fs::write(file.path(), account).unwrap();
    let dry = ["call", "count_tickets", "--dry-run", "--config", file.path().to_str().unwrap()];
    let output = cwpsa(&dry, &empty).await;
    assert_eq!(output.stdout, cwpsa(&dry, &[]).await.stdout);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // The server starts on a free port, with working callbacks, log and store.
    let serve = ["serve", "--sandbox", "--listen", "127.0.0.1:0"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_cwpsa"));
    command.env_clear().envs(empty.iter().copied()).args(serve);
    ServerProcess::start(command).wait_for_line("http://127.0.0.1:").await;
}

fn collect(command: &clap::Command, names: &mut BTreeSet<String>) {
    let variables = command.get_arguments().filter_map(clap::Arg::get_env);
    names.extend(variables.map(|name| name.to_str().unwrap().to_owned()));
    command.get_subcommands().for_each(|command| collect(command, names));
}

#[tokio::test]
async fn faults_and_budget_work_in_one_process() {
    let note = r#"{"ticketId": 8812, "text": "x", "internalAnalysisFlag": true}"#;
    let create = ["call", "create_a_ticket_note", "--sandbox", "--args", note];
    let error = |output: &Output| -> serde_json::Value {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    let lost = cwpsa(&[&create[..], &["--sandbox-fault", "cut_after POST"]].concat(), &[]).await;
    assert_eq!(lost.status.code(), Some(3));
    assert_eq!(error(&lost)["error"]["kind"], "outcome_unknown");
    let limited = cwpsa(&[&create[..], &["--sandbox-budget", "0/600"]].concat(), &[]).await;
    assert_eq!(limited.status.code(), Some(1));
    assert_eq!(error(&limited)["error"]["status"], 429);
    // One of several faults, with a comma in it.
    let faults = ["--sandbox-fault", "bad_value GET /x,y", "--sandbox-fault", "bad_value POST"];
    let refused = cwpsa(&[&create[..], &faults].concat(), &[]).await;
    assert!(!refused.status.success() && !error(&refused)["error"].is_null());
    for (flags, message) in [
        (&["--sandbox", "--sandbox-fault", "earthquake"][..], "earthquake"),
        (&["--sandbox", "--sandbox-budget", "many"], "many"),
        (&["--sandbox-budget", "1/1"], "--sandbox"),
    ] {
        let refused = cwpsa(&[&["doctor"], flags].concat(), &[]).await;
        let text = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.status.code() == Some(2) && text.contains(message), "{text}");
    }
}

#[tokio::test]
async fn base_url_without_the_api_path_is_reported() {
    let server = cwpsa_sandbox::command::start(&cwpsa_sandbox::command::SandboxArguments {
        listen: std::net::SocketAddr::from(([127, 0, 0, 1], 0)),
        ..cwpsa_sandbox::command::SandboxArguments::default()
    })
    .await
    .unwrap();
    let base_url = format!("http://{}", server.address());
    let variables = [
        ("CWPSA_BASE_URL", base_url.as_str()),
        ("CWPSA_COMPANY_ID", "acme"),
        ("CWPSA_PUBLIC_KEY", "public"),
        ("CWPSA_PRIVATE_KEY", "private"),
        ("CWPSA_CLIENT_ID", "test"),
    ];
    for arguments in [&["call", "get_single_ticket_by_id", "--args", r#"{"id": 8812}"#][..], &["doctor"]] {
        let output = cwpsa(arguments, &variables).await;
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains("/v4_6_release/apis/3.0"), "{text}");
    }
    server.stop().await;
}
