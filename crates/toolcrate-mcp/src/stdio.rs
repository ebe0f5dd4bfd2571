//! Serves a session on stdin and stdout.

use std::pin::pin;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;

use crate::error::McpError;
use crate::line_transport::{LineTransport, MAX_LINE_BYTES};
use crate::server::McpServer;

/// Serves one client on stdin and stdout until it disconnects or `stop` resolves, then finishes in-flight calls.
///
/// # Errors
/// Returns an error if the client doesn't speak the protocol, or if the session fails.
pub async fn serve_stdio(server: McpServer, stop: impl Future<Output = ()>) -> Result<(), McpError> {
    let calls = server.in_flight().clone();
    let mut stop = pin!(stop);
    let (input, output) = rmcp::transport::stdio();
    let transport = LineTransport::new(input, output, MAX_LINE_BYTES);
    let running = tokio::select! {
        running = server.clone().serve(transport) => match running {
            Ok(running) => running,
            // A client may send a discovery request and then disconnect.
            Err(ServerInitializeError::ConnectionClosed(_)) if server.was_discovered() => return Ok(()),
            Err(error) => return Err(McpError::Initialize(Box::new(error))),
        },
        () = &mut stop => return Ok(()),
    };
    let leave = running.cancellation_token();
    let mut ended = pin!(running.waiting());
    tokio::select! {
        ended = &mut ended => return ended.map(drop).map_err(McpError::Session),
        () = &mut stop => {}
    }
    calls.drain().await;
    // Results that are ready are still sent.
    leave.cancel();
    tokio::select! {
        ended = ended => ended.map(drop).map_err(McpError::Session),
        () = calls.forced_token().cancelled_owned() => Ok(()),
    }
}
