//! Converts events to JSON, in the same form for every destination: `{event_id, account, received_at, action, type,
//! record_id, member_id, callback_id, message_id, entity}`. The entity is the record as the API returns it, or null if
//! the record was deleted.

use connectwise_callbacks::CallbackEvent;
use connectwise_psa::runtime::Value;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Converts a just received event to JSON.
pub fn event_to_json(event: &CallbackEvent, account: &str) -> Value {
    json!({
        "event_id": event.id,
        "account": account,
        "received_at": OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default(),
        "action": event.action.as_str(),
        "type": event.record_type.as_str(),
        "record_id": event.record_id,
        "member_id": event.member_id,
        "callback_id": event.callback_id,
        "message_id": event.message_id,
        "entity": event.entity,
    })
}
