//! Delivers queued changes to the callbacks registered for them.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use connectwise_psa::runtime::Value;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

use super::delivery_log::{CallbackDelivery, DeliveryLog};
use super::settings::CallbackSettings;
use super::webhook_client::WebhookClient;
use crate::connectwise::callback_payload::{self, PayloadBuilder};
use crate::connectwise::callback_signature::CallbackKey;
use crate::connectwise::callback_types;
use crate::engine::mock_engine::MockEngine;
use crate::message::ChangeEvent;

/// A server's callbacks. Dropping this value cancels deliveries in progress.
pub(crate) struct Callbacks {
    key: CallbackKey,
    log: Arc<DeliveryLog>,
    task: JoinHandle<()>,
}

impl Callbacks {
    /// Delivers the changes that the engine emits from now on. `server_url` is the server's own URL, such as
    /// `http://127.0.0.1:9090`.
    pub(crate) fn start(
        engine: &Arc<dyn MockEngine>,
        settings: CallbackSettings,
        server_url: &str,
        company: &str,
    ) -> io::Result<Self> {
        let key = CallbackKey::generate(Uuid::new_v4().to_string())?;
        let log = Arc::new(DeliveryLog::default());
        let (queue, changes) = mpsc::unbounded_channel();
        engine.on_event(Box::new(move |event| {
            if callback_types::has_type(&event.collection) {
                // An error means that the server has stopped.
                let _ = queue.send(event.clone());
            }
        }));
        let payload = PayloadBuilder {
            server_url: server_url.to_owned(),
            company: company.to_owned(),
            key_id: key.id().to_owned(),
        };
        let dispatcher = Dispatcher {
            engine: engine.clone(),
            payload,
            key: key.clone(),
            disable_after: settings.disable_after,
            client: WebhookClient::new(settings),
            log: log.clone(),
        };
        let task = tokio::spawn(run(Arc::new(dispatcher), changes));
        Ok(Self { key, log, task })
    }

    /// Returns the signing key, if `id` is its ID.
    pub(crate) fn signing_key(&self, id: &str) -> Option<&str> {
        id.eq_ignore_ascii_case(self.key.id()).then(|| self.key.as_str())
    }

    /// Returns the results of the most recent deliveries, newest last.
    pub(crate) fn deliveries(&self) -> Vec<Value> {
        self.log.entries()
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The context of a delivery.
struct Dispatcher {
    engine: Arc<dyn MockEngine>,
    payload: PayloadBuilder,
    key: CallbackKey,
    client: WebhookClient,
    disable_after: Duration,
    log: Arc<DeliveryLog>,
}

/// Delivers changes from the queue until the engine is dropped.
async fn run(dispatcher: Arc<Dispatcher>, mut changes: UnboundedReceiver<ChangeEvent>) {
    let mut deliveries = JoinSet::new();
    while let Some(event) = changes.recv().await {
        // Remove deliveries that have finished.
        while deliveries.try_join_next().is_some() {}
        let callbacks = dispatcher.engine.callbacks().into_iter();
        let matching: Vec<Value> =
            callbacks.filter(|callback| callback_types::matches(callback, &event)).collect();
        let event = Arc::new(event);
        for callback in matching {
            let (dispatcher, event) = (dispatcher.clone(), event.clone());
            deliveries.spawn(async move { dispatcher.deliver(&callback, &event).await });
        }
    }
}

impl Dispatcher {
    async fn deliver(&self, callback: &Value, event: &ChangeEvent) {
        let id = callback["id"].as_i64().unwrap_or_default();
        let body = self.payload.body(callback, event);
        let url = callback_payload::url(callback, event);
        let outcome = self.client.deliver(&url, &self.key.sign(&body), body).await;
        let delivery = CallbackDelivery { callback: id, url: &url, event, outcome: &outcome };
        if self.log.record(&delivery, self.disable_after, Instant::now()) {
            self.engine.disable_callback(id);
        }
    }
}
