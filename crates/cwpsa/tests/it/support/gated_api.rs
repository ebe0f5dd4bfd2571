//! A mock API that holds back each response until the test releases it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::sync::{Semaphore, watch};

/// An API that only has a ticket by ID. Requests wait until [`release`](Self::release).
pub struct GatedApi {
    address: SocketAddr,
    gate: Arc<Semaphore>,
    requests: watch::Receiver<usize>,
}

impl GatedApi {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let gate = Arc::new(Semaphore::new(0));
        let (count, requests) = watch::channel(0);
        let handler = {
            let gate = Arc::clone(&gate);
            move |Path(id): Path<u64>| async move {
                count.send_modify(|count| *count += 1);
                drop(gate.acquire().await);
                Json(json!({"id": id}))
            }
        };
        let router = Router::new().route("/service/tickets/{id}", get(handler));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, gate, requests }
    }

    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the number of requests received.
    pub fn request_count(&self) -> usize {
        *self.requests.borrow()
    }

    /// Waits until a request has arrived.
    pub async fn wait_for_request(&self) {
        self.requests.clone().wait_for(|count| *count > 0).await.unwrap();
    }

    /// Lets every request complete.
    pub fn release(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }
}
