//! An executor for the library API, set up so that tests can inspect its audit log and prepared calls.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use toolcrate_executor::{
    ApprovalPolicy, Approvals, AuditLog, CallMetrics, Consent, ExecuteError, ExecutionContext,
    ExecutionLimits, InFlight, Prepared, Principal, Rejection, ToolCall, ToolExecutor, ToolFilter,
};
use toolcrate_runtime::{Client, Credentials, Error, ExecuteOptions, HeaderMap, HeaderValue, Outcome, Tool};
use toolcrate_store::{MemoryStore, SharedStore};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fixture::{API, CATALOG};

/// An audit log in memory that can be made to fail.
#[derive(Clone, Default)]
pub(crate) struct AuditLines(Arc<Mutex<(Vec<u8>, bool)>>);

impl AuditLines {
    pub(crate) fn fail(&self, fails: bool) {
        self.0.lock().unwrap().1 = fails;
    }

    pub(crate) fn all(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().0.clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn outcomes(&self) -> Vec<String> {
        self.all().iter().map(|line| line["outcome"].as_str().unwrap().to_owned()).collect()
    }
}

impl Write for AuditLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = self.0.lock().unwrap();
        if lines.1 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        lines.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Credentials that count how often they are applied: once for each request that is built, and once for each that is
/// sent.
#[derive(Clone, Default)]
struct CountingCredentials(Arc<AtomicUsize>);

impl Credentials for CountingCredentials {
    fn apply(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::SeqCst);
        headers.insert("authorization", HeaderValue::from_static("Bearer secret"));
        Ok(())
    }
}

pub(crate) struct Harness {
    pub(crate) upstream: MockServer,
    pub(crate) executor: ToolExecutor,
    pub(crate) audit: AuditLines,
    pub(crate) store: SharedStore,
    credentials: CountingCredentials,
}

impl Harness {
    /// Starts an executor with the approval policy `approve`.
    pub(crate) async fn start(approve: &[&str]) -> Self {
        let upstream = MockServer::start().await;
        let url = upstream.uri();
        Self::with_upstream(approve, upstream, &url)
    }

    /// Starts an executor with a client that sends requests to `url`.
    pub(crate) fn with_upstream(approve: &[&str], upstream: MockServer, url: &str) -> Self {
        // Only the first of several tests in a process installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (audit, credentials) = (AuditLines::default(), CountingCredentials::default());
        let store: SharedStore = Arc::new(MemoryStore::default());
        let words: Vec<String> = approve.iter().map(|&word| word.to_owned()).collect();
        let policy = ApprovalPolicy::new(&CATALOG, &words).unwrap();
        let timeout = Duration::from_secs(5);
        let context = ExecutionContext {
            metrics: CallMetrics::register(&mut Default::default()),
            audit: AuditLog::new(Box::new(audit.clone())),
            in_flight: InFlight::new(timeout),
            limits: ExecutionLimits { max_rows: 100, max_bytes: Some(1000), upstream_timeout: timeout },
            approvals: Approvals::new(policy, Arc::clone(&store)),
        };
        let builder = Client::builder(&API).base_url(url).credentials(credentials.clone());
        let client = builder.timeout(timeout).build().unwrap();
        let executor = ToolExecutor::new("acme", client, ToolFilter::all(&CATALOG), Arc::new(context));
        Self { upstream, executor, audit, store, credentials }
    }

    /// Makes the mock server respond to requests with this method and path.
    pub(crate) async fn respond(&self, verb: &str, route: &str, response: ResponseTemplate) {
        Mock::given(method(verb)).and(path(route)).respond_with(response).mount(&self.upstream).await;
    }

    pub(crate) async fn sent(&self) -> Vec<wiremock::Request> {
        self.upstream.received_requests().await.unwrap()
    }

    pub(crate) fn credentials_applied(&self) -> usize {
        self.credentials.0.load(Ordering::SeqCst)
    }

    pub(crate) async fn prepare(&self, name: &str, arguments: &Value) -> Result<Prepared, Rejection> {
        self.executor.prepare(call(tool(name), arguments)).await
    }

    pub(crate) async fn execute(&self, name: &str, arguments: &Value) -> Result<Outcome, ExecuteError> {
        self.executor.execute(call(tool(name), arguments), Consent::None).await
    }
}

pub(crate) fn tool(name: &str) -> Tool {
    CATALOG.get(name).unwrap()
}

pub(crate) fn call(tool: Tool, arguments: &Value) -> ToolCall<'_> {
    let (principal, options) = (Principal::with_token("http", "sesame"), ExecuteOptions::default());
    ToolCall { principal, tool, arguments, options }
}

/// Returns a successful response with this body.
pub(crate) fn created(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(body)
}

/// Returns a loan with arguments in the short forms that clients use.
pub(crate) fn loan() -> Value {
    json!({"bookId": 7.0, "text": "two weeks", "member": 3})
}

/// Returns the same loan as it is approved, audited and sent.
pub(crate) fn decoded_loan() -> Value {
    json!({"bookId": 7, "text": "two weeks", "member": {"id": 3}})
}
