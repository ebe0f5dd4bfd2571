//! Handles API requests: returns the engine's response, unless a fault alters it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;
use http::{Response, StatusCode};

use super::body::{ConnectionCut, MockBody, into_damaged_response, into_response};
use super::request::BufferedRequest;
use super::responses;
use super::state::ServerState;
use crate::engine::mock_engine::MockEngine;
use crate::fault_injection::FaultEnding;
use crate::message::{MockRequest, MockResponse};

/// Handles a request to `path` below the base path.
pub(super) async fn handle(
    state: &ServerState,
    received: &BufferedRequest,
    base: &str,
    path: &str,
) -> Result<Response<MockBody>, ConnectionCut> {
    let request = MockRequest {
        method: received.parts.method.clone(),
        path: path.to_owned(),
        query: received.query(),
        headers: received.parts.headers.clone(),
        body: received.body.clone(),
        base_url: format!("{}://{}{base}", state.settings.scheme(), received.host(state)),
    };
    let plan = state.faults.plan(&request.method, path);
    if !plan.delay.is_zero() {
        tokio::time::sleep(plan.delay).await;
    }
    let engine = &*state.engine;
    match plan.ending {
        None => Ok(into_response(call_engine(engine, &request))),
        Some(FaultEnding::Damaged(damage)) => {
            Ok(into_damaged_response(call_engine(engine, &request), damage))
        }
        Some(FaultEnding::Response { response, effect }) => {
            if effect {
                call_engine(engine, &request);
            }
            Ok(into_response(response))
        }
        Some(FaultEnding::Cut { effect }) => {
            if effect {
                call_engine(engine, &request);
            }
            Err(ConnectionCut)
        }
    }
}

/// Calls the engine. A panic in the engine becomes a 500 and affects no other request.
fn call_engine(engine: &dyn MockEngine, request: &MockRequest) -> MockResponse {
    catch_unwind(AssertUnwindSafe(|| engine.answer(request))).unwrap_or_else(|_| {
        let message = "The sandbox failed to handle this request. This is a bug of the sandbox.";
        let body = json!({"code": "Sandbox", "message": message, "errors": Value::Null});
        responses::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
    })
}
