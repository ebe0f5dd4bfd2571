use connectwise_callbacks::CallbackVerifier;
use connectwise_psa::runtime::http::{HeaderMap, StatusCode};

pub async fn receive(verifier: &CallbackVerifier, headers: &HeaderMap, body: &[u8]) -> StatusCode {
    match verifier.verify(headers, body).await {
        Ok(event) => println!("{} {} {}", event.record_type, event.record_id, event.action),
        Err(error) => return error.status(),
    }
    StatusCode::ACCEPTED
}
