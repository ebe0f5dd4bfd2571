//! The engine's entry point, which takes a request and returns a response.
//!
//! Requests that read share the state, while a write has exclusive access to it. A write is on disk before its response
//! is returned, and its events are emitted afterwards.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::Value;

use super::handlers::{self, RequestContext};
use super::rule::RuleSet;
use super::store::{RecordDatabase, TenantState};
use super::synthetic::ensure_table;
use super::transaction::Transaction;
use crate::api::{ApiOperation, BodyFormat, CollectionId, Purpose, RouteMatch, api};
use crate::connectwise::date;
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::INACTIVE_FLAG;
use crate::connectwise::paths::CALLBACKS;
use crate::message::{ChangeEvent, MockRequest, MockResponse};
use crate::settings::SandboxSettings;

/// Maximum number of recorded actions.
const MAX_RECORDED_ACTIONS: usize = 1000;
/// The user name for changes made by the server itself.
const SYSTEM_MEMBER: &str = "system";

type EventListener = Arc<dyn Fn(&ChangeEvent) + Send + Sync>;

/// A mock ConnectWise server without a network.
pub struct Sandbox {
    settings: SandboxSettings,
    rules: &'static RuleSet,
    state: RwLock<TenantState>,
    database: Option<RecordDatabase>,
    listeners: RwLock<Vec<EventListener>>,
    recorded: Mutex<VecDeque<RecordedAction>>,
}

/// An action that was carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedAction {
    /// The request's HTTP method and path.
    pub call: String,
    /// The validated body; null if it was empty.
    pub body: Value,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Creates the engine from its parts.
    pub(crate) fn from_parts(
        settings: SandboxSettings,
        rules: &'static RuleSet,
        state: TenantState,
        database: Option<RecordDatabase>,
    ) -> Self {
        let state = RwLock::new(state);
        Self { settings, rules, state, database, listeners: RwLock::default(), recorded: Mutex::default() }
    }

    /// Handles a request.
    pub fn answer(&self, request: &MockRequest) -> MockResponse {
        let response = self.handle(request).unwrap_or_else(|error| handlers::error(&error));
        handlers::with_requested_media_type(response, request)
    }

    fn handle(&self, request: &MockRequest) -> Result<MockResponse, ApiError> {
        let key = handlers::authenticate(&self.settings.keys, &request.headers)?;
        let (index, path_values) = match api().find(request.method.as_str(), &request.path) {
            RouteMatch::Operation { operation, path_values } => (operation, path_values),
            RouteMatch::WrongVerb => {
                return Err(ApiError::method_not_allowed(request.method.as_str()));
            }
            RouteMatch::NoEndpoint => return Err(ApiError::no_endpoint()),
        };
        let operation = &api().operations[index];
        let context = RequestContext { request, index, operation, path_values, rules: self.rules };
        context.check_media_type()?;
        self.ensure_tables(operation);
        let is_read = request.method == http::Method::GET && !self.rules.has_action(index);
        if let (Purpose::Search(collection), _) | (Purpose::List(collection), true) =
            (operation.purpose, is_read)
        {
            return handlers::list(&self.read(), &context, collection);
        }
        if is_read {
            return handlers::read(&self.read(), &context, self.now());
        }
        self.write(|tx| self.change(&context, tx), &key.member)
    }

    fn change(
        &self,
        context: &RequestContext<'_>,
        tx: &mut Transaction<'_>,
    ) -> Result<MockResponse, ApiError> {
        match context.operation.purpose {
            _ if self.rules.has_action(context.index) => self.act(context, tx),
            Purpose::Create(collection) if context.operation.details().body == BodyFormat::Multipart => {
                handlers::upload(context, tx, collection)
            }
            Purpose::Bulk(collection) => handlers::write_many(context, tx, collection),
            Purpose::Action | Purpose::Copy(_) | Purpose::Download => self.act(context, tx),
            _ => handlers::write(context, tx),
        }
    }

    fn act(&self, context: &RequestContext<'_>, tx: &mut Transaction<'_>) -> Result<MockResponse, ApiError> {
        let (response, body) = handlers::run_action(context, tx)?;
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        if recorded.len() == MAX_RECORDED_ACTIONS {
            recorded.pop_front();
        }
        let call = format!("{} {}", context.request.method, context.request.path);
        recorded.push_back(RecordedAction { call, body });
        Ok(response)
    }

    /// Runs a transaction and commits it, or rolls it back if it fails.
    fn write(
        &self,
        run: impl FnOnce(&mut Transaction<'_>) -> Result<MockResponse, ApiError>,
        member: &str,
    ) -> Result<MockResponse, ApiError> {
        let mut state = self.lock();
        let mut tx = Transaction::new(&mut state, self.now(), member);
        tx.strict_references = self.settings.strict_references;
        let response = match run(&mut tx) {
            Ok(response) => response,
            Err(error) => {
                tx.rollback();
                return Err(error);
            }
        };
        let events = tx.commit(self.database.as_ref())?;
        drop(state);
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone();
        events.iter().for_each(|event| listeners.iter().for_each(|listener| listener(event)));
        Ok(response)
    }

    fn now(&self) -> i64 {
        self.settings.now.unwrap_or_else(date::now)
    }

    fn read(&self) -> RwLockReadGuard<'_, TenantState> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> RwLockWriteGuard<'_, TenantState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Creates the tables that an operation reads, so reads never need to write.
    fn ensure_tables(&self, operation: &ApiOperation) {
        let own = operation.purpose.collection();
        let state = self.read();
        let source = own.map(|own| state.overrides.source(own));
        let needed = || operation.parameters().iter().flatten().copied().chain(own).chain(source);
        if needed().all(|collection| state.has_table(collection)) {
            return;
        }
        drop(state);
        let mut state = self.lock();
        needed().for_each(|collection| ensure_table(&mut state, collection));
    }

    /// Calls `listener` after each record change, on the thread of the request that made it.
    pub fn on_event(&self, listener: impl Fn(&ChangeEvent) + Send + Sync + 'static) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(listener));
    }

    /// Returns the registered callbacks.
    pub fn callbacks(&self) -> Vec<Value> {
        let Some(callbacks) = api().collection_id(CALLBACKS) else { return Vec::new() };
        let state = self.read();
        let rows = state.table(callbacks).map(|table| table.rows()).unwrap_or_default();
        rows.iter().map(|row| Value::Object(row.record.to_json())).collect()
    }

    /// Marks a callback as inactive, as the API does when its deliveries keep failing. Returns true if
    /// the callback exists and the change was stored.
    pub fn disable_callback(&self, id: i64) -> bool {
        let done = self.write(
            |tx| {
                let callbacks = tx.collection(CALLBACKS)?;
                tx.get_or_404(callbacks, id)?;
                tx.set(callbacks, id, [(INACTIVE_FLAG, Value::Bool(true))]);
                Ok(handlers::no_content())
            },
            SYSTEM_MEMBER,
        );
        done.is_ok()
    }

    /// Returns the most recent 1,000 actions that were carried out, oldest first.
    pub fn recorded(&self) -> Vec<RecordedAction> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Purpose {
    /// Returns the operation's collection.
    fn collection(self) -> Option<CollectionId> {
        match self {
            Self::List(id)
            | Self::Search(id)
            | Self::Count(id)
            | Self::Create(id)
            | Self::Clear(id)
            | Self::Read(id)
            | Self::Replace(id)
            | Self::Patch(id)
            | Self::Delete(id)
            | Self::Usages(id)
            | Self::Defaults(id)
            | Self::Bulk(id)
            | Self::Copy(id)
            | Self::Single(id)
            | Self::ReplaceSingle(id)
            | Self::PatchSingle(id) => Some(id),
            Self::Download | Self::Action => None,
        }
    }
}
