//! Tests `cwpsa healthcheck`, the container's health probe.

use std::process::Stdio;

use toolcrate_testing::process::ServerProcess;

use crate::support::{cwpsa, origin};

/// Runs the probe and returns its exit code.
async fn exit_code(listen: &str, flags: &[&str]) -> Option<i32> {
    let mut command = cwpsa();
    command.arg("healthcheck").args(flags).env("CWPSA_LISTEN", listen);
    command.output().await.unwrap().status.code()
}

#[tokio::test]
async fn healthcheck_succeeds_only_while_the_server_runs() {
    let mut program = cwpsa();
    program
        .args(["serve", "--sandbox", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let mut server = ServerProcess::start(program);
    let origin = origin(&server).await;
    let listen = origin.strip_prefix("http://").unwrap();
    assert_eq!(exit_code(listen, &[]).await, Some(0));
    assert_eq!(exit_code(listen, &["--ready"]).await, Some(0));
    server.child.kill().await.unwrap();
    assert_eq!(exit_code(listen, &[]).await, Some(1));
}

#[tokio::test]
async fn healthcheck_rejects_an_invalid_address() {
    assert_eq!(exit_code("here", &[]).await, Some(2));
}
