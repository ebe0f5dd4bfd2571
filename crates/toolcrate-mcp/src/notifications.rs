//! Notifications of sessions: that the list of tools has changed, and that there are events. Up to protocol version
//! 2025-11-25 every session is notified of its tools, since 2026-07-28 those that asked by `subscriptions/listen`.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::SubscriptionFilter;
use rmcp::service::{Peer, SubscriptionContext};
use toolcrate_executor::{InFlight, ToolListChanges};

use crate::event_feed::EventFeed;

/// How often a session without changes is checked for a client that has left.
const CLOSED_CHECK_INTERVAL: Duration = Duration::from_secs(30);

/// Notifies a session of each change of the list of tools, while it is open.
pub(crate) fn notify_list_changes(changes: &ToolListChanges, in_flight: &InFlight, peer: Peer<RoleServer>) {
    let (mut changes, draining) = (changes.subscribe(), in_flight.draining_token());
    changes.mark_unchanged();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                changed = changes.changed() => {
                    if changed.is_err() || peer.notify_tool_list_changed().await.is_err() {
                        return;
                    }
                }
                () = tokio::time::sleep(CLOSED_CHECK_INTERVAL) => if peer.is_transport_closed() {
                    return;
                },
                () = draining.cancelled() => return,
            }
        }
    });
}

/// What a client can subscribe to.
pub(crate) fn subscription_filter(events: Option<&EventFeed>) -> SubscriptionFilter {
    let mut filter = events.map_or_else(SubscriptionFilter::new, EventFeed::subscription_filter);
    filter.tools_list_changed = Some(true);
    filter
}

/// Notifies a stream of what it subscribed to, until it is closed or the server ends.
pub(crate) async fn listen(
    changes: &ToolListChanges,
    events: Option<&EventFeed>,
    in_flight: &InFlight,
    context: &SubscriptionContext,
) {
    let mut changes = changes.subscribe();
    changes.mark_unchanged();
    let wants_list_changes = context.accepted().tools_list_changed == Some(true);
    let _subscription = events.and_then(|events| events.subscribe_stream(context));
    let ended = async {
        match events {
            Some(events) => events.ended().await,
            None => std::future::pending().await,
        }
    };
    let mut ended = std::pin::pin!(ended);
    loop {
        tokio::select! {
            changed = changes.changed(), if wants_list_changes => {
                if changed.is_err() || context.sink().notify_tool_list_changed().await.is_err() {
                    return;
                }
            }
            () = context.cancelled() => return,
            () = in_flight.draining_token().cancelled_owned() => return,
            () = &mut ended => return,
        }
    }
}
