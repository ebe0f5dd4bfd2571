//! Posts each record change to the callback URLs registered for it.
//!
//! A listener on the engine only queues each change. A separate task looks up the matching callbacks and delivers the
//! change, so a slow receiver never delays a request. Deliveries run concurrently and may overtake each other, as in
//! the real API.

mod delivery_log;
mod dispatcher;
mod settings;
mod webhook_client;

pub(crate) use dispatcher::Callbacks;
pub use settings::CallbackSettings;
