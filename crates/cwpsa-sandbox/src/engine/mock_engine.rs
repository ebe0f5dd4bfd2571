//! The interface between the server and the engine.

use connectwise_psa::runtime::Value;

use super::sandbox::Sandbox;
use crate::message::{ChangeEvent, MockRequest, MockResponse};

/// Handles a server's requests: a [`Sandbox`], or a fake in tests.
pub trait MockEngine: Send + Sync + 'static {
    /// Handles a request. It may take as long as a search of all records.
    fn answer(&self, request: &MockRequest) -> MockResponse;

    /// Returns the registered callbacks.
    fn callbacks(&self) -> Vec<Value>;

    /// Marks a callback as inactive, as the API does if it keeps failing.
    fn disable_callback(&self, id: i64);

    /// Calls `listener` for each change, after it has been stored.
    fn on_event(&self, listener: Box<dyn Fn(&ChangeEvent) + Send + Sync>);
}

impl MockEngine for Sandbox {
    fn answer(&self, request: &MockRequest) -> MockResponse {
        Self::answer(self, request)
    }

    fn callbacks(&self) -> Vec<Value> {
        Self::callbacks(self)
    }

    fn disable_callback(&self, id: i64) {
        Self::disable_callback(self, id);
    }

    fn on_event(&self, listener: Box<dyn Fn(&ChangeEvent) + Send + Sync>) {
        Self::on_event(self, listener);
    }
}
