//! Calls of the API: the engine's answer, or what a fault makes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;
use http::StatusCode;
use hyper::Response;

use super::body::{Body, Cut, damaged, response};
use super::reply::{self, Received};
use super::{Engine, Shared};
use crate::faults::Ending;
use crate::{Answer, Call};

/// Answers a call of `path` below `root`.
pub(super) async fn answer(
    shared: &Shared,
    received: &Received,
    root: &str,
    path: &str,
) -> Result<Response<Body>, Cut> {
    let call = Call {
        method: received.parts.method.clone(),
        path: path.to_owned(),
        query: received.query(),
        headers: received.parts.headers.clone(),
        body: received.body.clone(),
        root: format!("{}://{}{root}", shared.settings.scheme(), received.host(shared)),
    };
    let plan = shared.faults.plan(&call.method, path);
    if !plan.delay.is_zero() {
        tokio::time::sleep(plan.delay).await;
    }
    let engine = &*shared.engine;
    match plan.ending {
        None => Ok(response(ask(engine, &call))),
        Some(Ending::Damaged(damage)) => Ok(damaged(ask(engine, &call), damage)),
        Some(Ending::Answer { answer, effect }) => {
            if effect {
                ask(engine, &call);
            }
            Ok(response(answer))
        }
        Some(Ending::Cut { effect }) => {
            if effect {
                ask(engine, &call);
            }
            Err(Cut)
        }
    }
}

/// The engine's answer. A bug in it is an error of the server and takes no other call with it.
fn ask(engine: &dyn Engine, call: &Call) -> Answer {
    catch_unwind(AssertUnwindSafe(|| engine.answer(call))).unwrap_or_else(|_| {
        let message = "The sandbox failed at this call. That is a bug of the sandbox.";
        let body = json!({"code": "Sandbox", "message": message, "errors": Value::Null});
        reply::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
    })
}
