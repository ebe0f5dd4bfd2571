//! Callbacks: a change of a record is posted to the URLs that are registered for it.
//!
//! A listener at the engine only queues each change; a separate task looks up which callbacks match and delivers
//! to them, so that a slow receiver delays no request. Deliveries run concurrently and may overtake each other,
//! as the API's do.

mod delivery_log;
mod dispatcher;
mod settings;
mod webhook_client;

pub(crate) use dispatcher::Callbacks;
pub use settings::CallbackSettings;
