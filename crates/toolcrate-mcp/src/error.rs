//! Protocol errors: errors that end a server, and errors that a client gets instead of a result. A failed tool call
//! isn't a protocol error; its result reports the failure.

use rmcp::ErrorData;
use rmcp::model::ErrorCode;
use rmcp::service::ServerInitializeError;
use serde_json::json;
use tokio::task::JoinError;
use toolcrate_executor::limit_text;
use toolcrate_store::StoreError;

/// The reason why the server stops, or why a request has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum McpError {
    /// The client did not open a session.
    #[error("invalid MCP handshake: {0}")]
    Initialize(#[source] Box<ServerInitializeError>),
    /// The session's task failed.
    #[error("the MCP session failed: {0}")]
    Session(#[source] JoinError),
    /// The protocol has no such method.
    #[error("unknown method \"{0}\"")]
    UnknownMethod(String),
    /// The parameters don't match the method.
    #[error("invalid parameters for {0}")]
    InvalidParameters(String),
    /// The cursor wasn't issued by this server.
    #[error("unknown cursor \"{0}\"; start over without a cursor")]
    InvalidCursor(String),
    /// The tool list has changed since the cursor was issued.
    #[error("the tool list has changed since this cursor was issued; start over without a cursor")]
    ListChanged,
    /// The prompt doesn't exist.
    #[error("unknown prompt \"{name}\" (expected {})", .known.join(", "))]
    UnknownPrompt {
        /// The requested prompt.
        name: String,
        /// The product's prompts.
        known: Vec<&'static str>,
    },
    /// A prompt argument is missing.
    #[error("\"{argument}\" is required: {description}")]
    MissingPromptArgument {
        /// The argument.
        argument: &'static str,
        /// The description.
        description: &'static str,
    },
    /// The resource doesn't exist, or a client tried to subscribe to one that never changes.
    #[error("unknown resource \"{0}\"")]
    UnknownResource(String),
    /// The store can't be read.
    #[error("can't read the events; try again later")]
    Events(#[source] StoreError),
    /// The client canceled the request.
    #[error("the call was canceled")]
    Canceled,
}

/// Maximum length of a message in characters. A message may contain client input.
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
