//! Notifies sessions of changes to the tool list and of new events. Up to protocol version 2025-11-25, every session is
//! notified of tool list changes. Since version 2026-07-28, only sessions that requested it with `subscriptions/listen`
//! are.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::SubscriptionFilter;
use rmcp::service::{Peer, SubscriptionContext};

use crate::event_feed::EventFeed;
use crate::pagination;
use crate::server::McpServer;

/// How often a session without changes is checked for a client that has disconnected.
const CLOSED_CHECK_INTERVAL: Duration = Duration::from_secs(30);

/// Notifies a session of each change to the list that its client was shown, while the session is open.
pub(crate) fn notify_list_changes(server: McpServer, peer: Peer<RoleServer>) {
    let (mut changes, draining) = (server.changes().subscribe(), server.in_flight().draining_token());
    tokio::spawn(async move {
        loop {
            tokio::select! {
                changed = changes.changed() => if changed.is_err() {
                    return;
                },
                // Changes made before a list was shown count as well.
                () = server.shown().changed() => {}
                () = tokio::time::sleep(CLOSED_CHECK_INTERVAL) => if peer.is_transport_closed() {
                    return;
                },
                () = draining.cancelled() => return,
            }
            if server.shown().update(|| current_version(&server))
                && peer.notify_tool_list_changed().await.is_err()
            {
                return;
            }
        }
    });
}

/// Returns the version of the list that the server would show now.
fn current_version(server: &McpServer) -> String {
    pagination::shown_version(server.context(), &server.listed_tools())
}

/// Returns the supported subscriptions.
pub(crate) fn subscription_filter(events: Option<&EventFeed>) -> SubscriptionFilter {
    let mut filter = events.map_or_else(SubscriptionFilter::new, EventFeed::subscription_filter);
    filter.tools_list_changed = Some(true);
    filter
}

/// Notifies a stream of the events it subscribed to, until it is closed or the server shuts down.
pub(crate) async fn listen(server: &McpServer, context: &SubscriptionContext) {
    let (mut changes, events) = (server.changes().subscribe(), server.events());
    let wants_list_changes = context.accepted().tools_list_changed == Some(true);
    let _subscription = events.and_then(|events| events.subscribe_stream(context));
    let ended = async {
        match events {
            Some(events) => events.ended().await,
            None => std::future::pending().await,
        }
    };
    let mut ended = std::pin::pin!(ended);
    if wants_list_changes {
        // The custom fields that the first list waits for aren't a change to it.
        pagination::first_page_account(server.context()).await;
    }
    let mut shown = current_version(server);
    changes.mark_unchanged();
    loop {
        tokio::select! {
            changed = changes.changed(), if wants_list_changes => {
                let current = current_version(server);
                if changed.is_err() {
                    return;
                }
                if current != shown && context.sink().notify_tool_list_changed().await.is_err() {
                    return;
                }
                shown = current;
            }
            () = context.cancelled() => return,
            () = server.in_flight().draining_token().cancelled_owned() => return,
            () = &mut ended => return,
        }
    }
}
