//! Errors of the protocol: those that end a server, and those that a client gets in place of a result. A tool call that
//! fails is no such error; it has a result that says so.

use rmcp::ErrorData;
use rmcp::model::ErrorCode;
use rmcp::service::ServerInitializeError;
use serde_json::json;
use tokio::task::JoinError;
use toolcrate_executor::limit_text;
use toolcrate_store::StoreError;

/// Why the server stops, or why a request has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum McpError {
    /// The client did not open a session.
    #[error("invalid MCP handshake: {0}")]
    Initialize(#[source] Box<ServerInitializeError>),
    /// The task that serves the session failed.
    #[error("the MCP session failed: {0}")]
    Session(#[source] JoinError),
    /// The protocol has no such method.
    #[error("unknown method \"{0}\"")]
    UnknownMethod(String),
    /// The parameters are not those of the method.
    #[error("invalid parameters for {0}")]
    InvalidParameters(String),
    /// The cursor is not one of this server.
    #[error("unknown cursor \"{0}\"; start over without a cursor")]
    InvalidCursor(String),
    /// The list of tools is not the one that the cursor belongs to.
    #[error("the tool list has changed since this cursor was issued; start over without a cursor")]
    ListChanged,
    /// There is no such prompt.
    #[error("unknown prompt \"{name}\" (expected {})", .known.join(", "))]
    UnknownPrompt {
        /// The prompt that was requested.
        name: String,
        /// The prompts of the product.
        known: Vec<&'static str>,
    },
    /// An argument of a prompt is missing.
    #[error("\"{argument}\" is required: {description}")]
    MissingPromptArgument {
        /// The argument.
        argument: &'static str,
        /// The description.
        description: &'static str,
    },
    /// There is no such resource, or it never changes and was subscribed to.
    #[error("unknown resource \"{0}\"")]
    UnknownResource(String),
    /// The store can't be read.
    #[error("can't read the events; retry later")]
    Events(#[source] StoreError),
    /// The client canceled the request.
    #[error("the call was canceled")]
    Canceled,
}

/// Maximum number of characters of a message, which may contain input of a client.
const MAX_CHARACTERS: usize = 1000;

impl From<McpError> for ErrorData {
    fn from(error: McpError) -> Self {
        let message = limit_text(&error.to_string(), MAX_CHARACTERS);
        match error {
            McpError::UnknownMethod(_) => Self::new(ErrorCode::METHOD_NOT_FOUND, message, None),
            McpError::InvalidParameters(_)
            | McpError::InvalidCursor(_)
            | McpError::ListChanged
            | McpError::UnknownPrompt { .. }
            | McpError::MissingPromptArgument { .. } => Self::invalid_params(message, None),
            McpError::UnknownResource(uri) => {
                Self::resource_not_found(message, Some(json!({"uri": limit_text(&uri, MAX_CHARACTERS)})))
            }
            McpError::Initialize(_) | McpError::Session(_) | McpError::Events(_) | McpError::Canceled => {
                Self::internal_error(message, None)
            }
        }
    }
}
