//! Checks that acknowledged writes survive a restart, even if the process is killed in the middle of a write.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::engine::{self, ask, call, done, get, json};
use cwpsa_sandbox::{Sandbox, SandboxSettings};
use serde_json::{Value, json};
use toolcrate_testing::old_database::write_redb_2_file;

fn open(path: &Path, now: i64) -> Sandbox {
    Sandbox::new(SandboxSettings {
        data: Some(path.to_owned()),
        now: Some(now),
        ..SandboxSettings::default()
    })
    .expect("a sandbox")
}

#[test]
fn restart_preserves_all_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.redb");
    let sandbox = open(&path, engine::NOW);
    let made = done(&sandbox, "POST", "/service/tickets", json!({"summary": "kept", "company": {"id": 250}}));
    let ticket = format!("/service/tickets/{}", made["id"]);
    done(
        &sandbox,
        "PATCH",
        "/company/companies/251",
        json!([{"op": "replace", "path": "city", "value": "Springfield"}]),
    );
    assert_eq!(ask(&sandbox, "DELETE", "/service/tickets/8812/notes/1", &Value::Null).0, 204);
    let refused =
        ask(&sandbox, "POST", "/service/tickets", &json!({"summary": "not kept", "company": {"id": 1}}));
    assert_eq!(refused.0, 400);
    let mut upload = call("POST", "/system/menuentries/1/image", &Value::Null);
    upload.body = b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.gif\"\r\nContent-Type: image/gif\r\n\r\nbytes\r\n--B--\r\n".as_slice().into();
    upload.headers.insert("content-type", "multipart/form-data; boundary=B".parse().expect("a value"));
    assert_eq!(sandbox.answer(&upload).status.as_u16(), 204);
    let paths = [
        ticket.as_str(),
        "/company/companies/251",
        "/service/tickets/8812/notes",
        "/service/tickets/count",
        "/company/configurations/3101",
    ];
    let before: Vec<Value> = paths.iter().map(|path| get(&sandbox, path)).collect();
    drop(sandbox);
    // A month later, seed dates are still relative to the day on which the tenant was created.
    let sandbox = open(&path, engine::NOW + 30 * 86_400);
    let after: Vec<Value> = paths.iter().map(|path| get(&sandbox, path)).collect();
    assert_eq!(before, after);
    let image = sandbox.answer(&call("GET", "/system/menuentries/1/image", &Value::Null));
    assert_eq!(
        (&image.body[..], &image.headers["content-type"]),
        (&b"bytes"[..], &"image/gif".parse().expect("a value"))
    );
    let next = done(&sandbox, "POST", "/service/tickets", json!({"summary": "next", "company": {"id": 250}}));
    assert_eq!(next["id"].as_i64(), made["id"].as_i64().map(|id| id + 1));
    // A deleted record's ID isn't reused, even after a restart.
    assert_eq!(ask(&sandbox, "DELETE", &format!("/service/tickets/{}", next["id"]), &Value::Null).0, 204);
    drop(sandbox);
    let sandbox = open(&path, engine::NOW);
    let last = done(&sandbox, "POST", "/service/tickets", json!({"summary": "last", "company": {"id": 250}}));
    assert_eq!(last["id"].as_i64(), next["id"].as_i64().map(|id| id + 1));
}

#[test]
fn data_file_from_an_older_release_is_rejected_and_unchanged() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.redb");
    write_redb_2_file(&path);
    let written = std::fs::read(&path).expect("a file");
    let settings = SandboxSettings { data: Some(path.clone()), ..SandboxSettings::default() };
    let Err(error) = Sandbox::new(settings) else { panic!("expected an error") };
    let error = error.to_string();
    assert!(error.contains("found an older format (redb file format 2); move the file"), "{error}");
    assert!(std::fs::read(&path).expect("a file") == written, "the older release can still open it");
}

#[cfg(unix)]
#[test]
fn data_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.redb");
    drop(open(&path, engine::NOW));
    let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn file_that_is_not_a_database_is_rejected() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "not a database").expect("a file");
    let error = Sandbox::new(SandboxSettings { data: Some(path.clone()), ..SandboxSettings::default() })
        .expect_err("a refusal");
    assert!(error.to_string().starts_with("can't use the data file"), "{error}");
    assert_eq!(std::fs::read_to_string(path).expect("a file"), "not a database", "nothing is lost");
}

#[test]
fn records_from_a_file_are_added_to_the_seeded_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("records.json");
    let start = |records: &Value| {
        std::fs::write(&path, records.to_string()).expect("a file");
        Sandbox::new(SandboxSettings {
            records: Some(path.clone()),
            now: Some(engine::NOW),
            ..SandboxSettings::default()
        })
    };
    let sandbox = start(&json!({
        "/company/companies": [{"id": 901, "identifier": "Umbra", "name": "Umbra Ltd"}],
        "/service/tickets": [
            {"summary": "From a file", "company": {"identifier": "Umbra"}, "board": {"id": 1}},
            {"id": 8812, "summary": "Instead", "company": {"id": 250}, "board": {"id": 1}},
        ],
        "/service/tickets/8812/notes": [{"text": "Mine"}],
    }))
    .expect("a sandbox");
    let tickets =
        get(&sandbox, "/service/tickets?conditions=company/identifier='Umbra'&fields=summary,company/name");
    assert_eq!(tickets, json!([{"summary": "From a file", "company": {"name": "Umbra Ltd"}}]));
    assert_eq!(get(&sandbox, "/service/tickets/8812")["summary"], "Instead");
    assert!(get(&sandbox, "/service/tickets/8812/notes").to_string().contains("Mine"));
    assert!(
        get(&sandbox, "/company/companies/count")["count"].as_u64() > Some(2),
        "the seeded ones are there"
    );
    for (records, wrong) in [
        (json!({"/service/tickats": []}), "/service/tickats: unknown collection"),
        (json!({"/service/tickets": [{"sumary": "x"}]}), "unknown field sumary"),
        (json!([]), "records.json: "),
    ] {
        let error = start(&records).expect_err("a refusal").to_string();
        assert!(error.starts_with("invalid seed records: ") && error.contains(wrong), "{error}");
    }
}

/// The variable with the data file for the child process in the next test.
const CHILD: &str = "CWPSA_SANDBOX_TEST_DATA";

/// This isn't a test itself: it writes until it is killed, and reports each response.
#[test]
fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let sandbox = open(&path, engine::NOW);
    loop {
        let answer = sandbox.answer(&call(
            "POST",
            "/service/tickets",
            &json!({"summary": "kept", "company": {"id": 250}}),
        ));
        println!("acknowledged {}", json(&answer)["id"]);
    }
}

#[test]
fn acknowledged_writes_survive_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.redb");
    let mut acknowledged = Vec::new();
    for round in 1..=3 {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["persistence::writes_until_it_is_killed", "--exact", "--nocapture", "--test-threads=1"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        let ids = lines.filter_map(|line| line.rsplit_once("acknowledged ")?.1.parse::<i64>().ok());
        for id in ids {
            acknowledged.push(id);
            if acknowledged.len() >= 20 * round {
                // SIGKILL, in the middle of the next write.
                child.kill().expect("a kill");
                break;
            }
        }
        child.wait().expect("an end");
    }
    let sandbox = open(&path, engine::NOW);
    for id in &acknowledged {
        assert_eq!(get(&sandbox, &format!("/service/tickets/{id}"))["summary"], "kept");
    }
    println!("{} acknowledged writes survived 3 kills", acknowledged.len());
    assert!(acknowledged.len() >= 60);
}
