//! Receives callbacks with axum and prints the changes.
//!
//! `cargo run --example axum -- BASE_URL COMPANY_ID [ADDRESS]`

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{Router, post};
use connectwise_callbacks::CallbackVerifier;
use tokio::net::TcpListener;

/// The maximum callback size. A callback contains a record as a JSON string.
const MAX_BODY_BYTES: usize = 1 << 20;

async fn receive(verifier: State<Arc<CallbackVerifier>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match verifier.verify(&headers, &body).await {
        Ok(event) => println!("{} {} {}", event.record_type, event.record_id, event.action),
        Err(error) => return error.status(),
    }
    StatusCode::ACCEPTED
}

pub(crate) async fn serve(listener: TcpListener, verifier: CallbackVerifier) -> std::io::Result<()> {
    let route = post(receive).layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    let app = Router::new().route("/callbacks", route).with_state(Arc::new(verifier));
    axum::serve(listener, app).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(base_url), Some(company_id)) = (arguments.next(), arguments.next()) else {
        return Err("usage: axum BASE_URL COMPANY_ID [ADDRESS]".into());
    };
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8090".to_owned());
    let verifier = CallbackVerifier::new(&base_url, &company_id)?;
    let listener = TcpListener::bind(address).await?;
    println!("register http://{}/callbacks?recordId=", listener.local_addr()?);
    Ok(serve(listener, verifier).await?)
}
