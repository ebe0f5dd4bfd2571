//! Tests responses whose content depends on the status.

use kinds_api::API;
use kinds_api::jobs::{self, CreateRunResponse, DownloadRunLogResponse, RetryRunResponse, Run};
use kinds_api::runtime::{Bytes, Client, http, transport_fn};

/// A client whose server always responds so.
fn client(status: u16, body: &'static str) -> Client {
    let mock = transport_fn(move |_| async move {
        let response = http::Response::builder().status(status).header("content-type", "application/json");
        Ok(response.body(Bytes::from(body)).expect("a response"))
    });
    Client::builder(&API).base_url("https://kinds.example").transport(mock).build().unwrap()
}

pub async fn check() {
    let run = Run::new(1);
    let send = async |status, body| jobs::create_run(&run).send(&client(status, body)).await;
    match send(200, r#"{"id": 1, "x": 2}"#).await.unwrap() {
        CreateRunResponse::Ok(run) => assert_eq!((run.id, run.extra.len()), (Some(1), 1)),
        other => panic!("{other:?}"),
    }
    match send(202, r#"{"ticket": "t"}"#).await.unwrap() {
        CreateRunResponse::Accepted(ticket) => assert_eq!(ticket.ticket.as_deref(), Some("t")),
        other => panic!("{other:?}"),
    }
    assert!(matches!(send(204, "").await.unwrap(), CreateRunResponse::NoContent));
    let other = send(206, "part").await.unwrap();
    assert_eq!(other.status(), 206);
    match other {
        CreateRunResponse::Other(raw) => assert_eq!(raw.body().as_ref(), b"part"),
        other => panic!("{other:?}"),
    }
    assert!(send(200, "").await.is_err(), "a run was promised");
    assert!(send(404, r#"{"message": "m"}"#).await.is_err());

    // One type: the status is beside the value.
    for status in [200, 201] {
        let response = jobs::replace_run(&run).send_full(&client(status, r#"{"id": 1}"#)).await.unwrap();
        assert_eq!((response.status, response.value.id), (status, Some(1)));
    }
    assert_eq!(jobs::delete_run().send_full(&client(202, "")).await.unwrap().status, 202);
    assert_eq!(jobs::list_runs().send(&client(204, "")).await.unwrap(), []);

    match jobs::download_run_log(1).send(&client(200, "line")).await.unwrap() {
        DownloadRunLogResponse::Ok(log) => assert_eq!(log.bytes.as_ref(), b"line"),
        other => panic!("{other:?}"),
    }
    let later = jobs::download_run_log(1).send(&client(202, r#"{"ticket": "t"}"#)).await.unwrap();
    assert!(matches!(later, DownloadRunLogResponse::Accepted(_)), "{later:?}");

    let retry = async |status, body| jobs::retry_run(1).send(&client(status, body)).await.unwrap();
    match retry(201, r#"{"again": true}"#).await {
        RetryRunResponse::Created(answer) => assert_eq!(answer.again, Some(true)),
        other => panic!("{other:?}"),
    }
    match retry(207, r#"{"id": 2}"#).await {
        RetryRunResponse::Success(status, run) => assert_eq!((status, run.id), (207, Some(2))),
        other => panic!("{other:?}"),
    }
}
