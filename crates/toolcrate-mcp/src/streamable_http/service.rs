//! The Tower service for streamable HTTP.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::session::{SessionManager, SessionStore};
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use toolcrate_runtime::{replace_lone_surrogates, run_cpu_bound, start_cpu_bound};

use super::accept::AcceptedForm;
use super::batch;
use super::errors::{McpResponse, ProtocolError, errors_as_json_rpc};
use super::event_stream::response_as_json;
use super::message::{IncomingBody, MessageHead};
use crate::server::McpServer;
use crate::session_store::StoredSessions;

/// Maximum size of a request body.
const MAX_BODY_BYTES: usize = 16 << 20;
/// How long a session without requests stays in memory. A stored session can still be continued afterwards.
const SESSION_IDLE_TIMEOUT: Duration = Duration::from_secs(3600);
const SESSION_HEADER: &str = "mcp-session-id";

/// Serves MCP over streamable HTTP.
#[derive(Clone)]
pub struct McpHttpService {
    transport: StreamableHttpService<McpServer, LocalSessionManager>,
    manager: Arc<LocalSessionManager>,
    stored: Option<Arc<StoredSessions>>,
}

impl fmt::Debug for McpHttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpHttpService").finish_non_exhaustive()
    }
}

/// Where the `Host` and `Origin` headers of requests are validated, to prevent DNS rebinding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostValidation {
    /// The service validates them. It accepts loopback hosts and these origins.
    Service {
        /// The origins, for example `http://localhost:8080`.
        allowed_origins: Vec<String>,
    },
    /// The server that mounts the service validates them.
    Mounted,
}

/// Creates a service whose sessions all use `server`. Replicas that share `sessions` can continue each other's
/// sessions.
pub fn http_service(
    server: McpServer,
    validation: HostValidation,
    sessions: Option<StoredSessions>,
) -> McpHttpService {
    let config = StreamableHttpServerConfig::default()
        .with_cancellation_token(server.in_flight().drained_token())
        .with_max_request_body_bytes(MAX_BODY_BYTES);
    let mut config = match validation {
        HostValidation::Service { allowed_origins } => config.with_allowed_origins(allowed_origins),
        HostValidation::Mounted => config.disable_allowed_hosts(),
    };
    let stored = sessions.map(Arc::new);
    config.session_store = stored.clone().map(|sessions| sessions as Arc<dyn SessionStore>);
    let mut manager = LocalSessionManager::default();
    manager.session_config.keep_alive = Some(SESSION_IDLE_TIMEOUT);
    let manager = Arc::new(manager);
    let transport = StreamableHttpService::new(move || Ok(server.for_session()), manager.clone(), config);
    McpHttpService { transport, manager, stored }
}

impl McpHttpService {
    /// Responds to a request.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<BoxBody<Bytes, Infallible>>
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (mut parts, body) = request.into_parts();
        if parts.method == Method::POST {
            return self.post(parts, body).await;
        }
        if parts.method == Method::GET && AcceptedForm::from_headers(&parts.headers) == AcceptedForm::Any {
            parts.headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        }
        if parts.method == Method::DELETE {
            return self.end_session(parts).await;
        }
        self.forward(parts, Bytes::new(), None).await
    }

    /// Ends a session. The transport accepts every ID, but clients expect an unknown one to be an error.
    async fn end_session(&self, parts: Parts) -> McpResponse {
        let exists = match parts.headers.get(SESSION_HEADER).and_then(|id| id.to_str().ok()) {
            Some(id) => self.has_session(id).await,
            None => false,
        };
        let mut response = self.forward(parts, Bytes::new(), None).await;
        if response.status() != StatusCode::ACCEPTED {
            return response;
        }
        if !exists {
            return ProtocolError::session_not_found().into_response();
        }
        // The session has ended in the meantime.
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    }

    /// Returns true if a session is in memory or in the shared store, or if the store can't be read.
    async fn has_session(&self, id: &str) -> bool {
        if self.manager.has_session(&id.into()).await.unwrap_or(true) {
            return true;
        }
        match &self.stored {
            Some(sessions) => sessions.load(id).await.map_or(true, |state| state.is_some()),
            None => false,
        }
    }

    async fn post<B>(&self, mut parts: Parts, body: B) -> McpResponse
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let form = AcceptedForm::from_headers(&parts.headers);
        if form != AcceptedForm::Neither {
            parts.headers.insert(ACCEPT, AcceptedForm::both());
        }
        let body = match read(body).await {
            Ok(body) => body,
            Err(error) => return error.into_response(),
        };
        let body = run_cpu_bound(body.len(), || with_valid_escapes(body)).await;
        match run_cpu_bound(body.len(), || IncomingBody::parse(&body)).await {
            Ok(IncomingBody::Single(head)) => self.send(parts, head, body.clone(), form).await,
            Ok(IncomingBody::Batch(messages)) => match batch::check_version(&parts.headers) {
                Ok(()) => {
                    let send = |parts, head, body| self.send(parts, head, body, AcceptedForm::Json);
                    batch::run(&parts, messages, form, send).await
                }
                Err(error) => error.into_response(),
            },
            Err(error) => error.into_response(),
        }
    }

    /// Sends one message, and converts its response to a format that the client accepts.
    async fn send(
        &self,
        mut parts: Parts,
        head: MessageHead,
        body: Bytes,
        form: AcceptedForm,
    ) -> McpResponse {
        if head.is_initialize {
            // The client is starting over; its old session may have ended.
            parts.headers.remove(SESSION_HEADER);
        }
        let response = self.forward(parts, body, head.id.clone()).await;
        match form {
            AcceptedForm::EventStream | AcceptedForm::Neither => response,
            AcceptedForm::Json => response_as_json(response, head.id, false).await,
            AcceptedForm::Any => response_as_json(response, head.id, true).await,
        }
    }

    /// Passes a request to the transport. `id` is the message ID, for errors.
    async fn forward(&self, parts: Parts, body: Bytes, id: Option<Value>) -> McpResponse {
        // The transport parses the body before it first waits.
        let size = body.len();
        let response =
            start_cpu_bound(size, self.transport.handle(Request::from_parts(parts, Full::new(body))));
        errors_as_json_rpc(response.await, id).await
    }
}

/// Returns the body without lone surrogates, which a client sends when it truncates text within an emoji.
fn with_valid_escapes(body: Bytes) -> Bytes {
    match replace_lone_surrogates(&body) {
        Cow::Owned(repaired) => repaired.into(),
        Cow::Borrowed(_) => body,
    }
}

/// Reads a body up to the size limit.
async fn read<B>(body: B) -> Result<Bytes, ProtocolError>
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match Limited::new(body, MAX_BODY_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("expected at most {MAX_BODY_BYTES} bytes in a request");
            Err(ProtocolError::invalid_request(None, message).with_status(StatusCode::PAYLOAD_TOO_LARGE))
        }
        Err(_) => Err(ProtocolError::parse("incomplete body")),
    }
}
