//! Sessions hear of what changes: the list of tools, and the events of webhooks. Until 2025-11-25 a session is told
//! without asking of its tools, since 2026-07-28 by `subscriptions/listen`.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::SubscriptionFilter;
use rmcp::service::{Peer, SubscriptionContext};

use super::events::Events;
use toolcrate_executor::InFlight;

use crate::config_watch::ConfigWatch;

/// How long after a client has left its session is let go.
const GONE: Duration = Duration::from_secs(30);

/// Tells a session when the list of tools is another one, as long as it is there.
pub fn tell(reload: &ConfigWatch, calls: &InFlight, peer: Peer<RoleServer>) {
    let (mut changes, calls) = (reload.changes(), calls.clone());
    changes.mark_unchanged();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                changed = changes.changed() => {
                    if changed.is_err() || peer.notify_tool_list_changed().await.is_err() {
                        return;
                    }
                }
                () = tokio::time::sleep(GONE) => if peer.is_transport_closed() {
                    return;
                },
                () = calls.draining_token().cancelled_owned() => return,
            }
        }
    });
}

/// What can be listened to.
pub fn filter(events: Option<&Events>) -> SubscriptionFilter {
    let mut filter = events.map_or_else(SubscriptionFilter::new, |_| Events::filter());
    filter.tools_list_changed = Some(true);
    filter
}

/// Tells a stream what it asked for, until it is cut or the server ends.
pub async fn listen(
    reload: &ConfigWatch,
    events: Option<&Events>,
    calls: &InFlight,
    context: &SubscriptionContext,
) {
    let mut changes = reload.changes();
    changes.mark_unchanged();
    let asked = context.accepted().tools_list_changed == Some(true);
    let _following = events.and_then(|events| events.follow(context));
    let ended = async {
        match events {
            Some(events) => events.ended().await,
            None => std::future::pending().await,
        }
    };
    let mut ended = std::pin::pin!(ended);
    loop {
        tokio::select! {
            changed = changes.changed(), if asked => {
                if changed.is_err() || context.sink().notify_tool_list_changed().await.is_err() {
                    return;
                }
            }
            () = context.cancelled() => return,
            () = calls.draining_token().cancelled_owned() => return,
            () = &mut ended => return,
        }
    }
}
