//! A change that no callback reported, and the event that is queued for it.

use connectwise_psa::runtime::Value;
use serde_json::json;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::webhooks::reported_changes::parse_time;

/// A record that changed without a callback.
pub(super) struct MissedChange<'a> {
    /// The type of callback that should have reported it.
    pub(super) record_type: &'a str,
    /// The ID of that callback.
    pub(super) callback_id: &'a Value,
    pub(super) record_id: i64,
    pub(super) record: &'a Value,
    /// When the record changed.
    pub(super) changed: OffsetDateTime,
}

impl MissedChange<'_> {
    /// Returns the event ID, which is the same whenever and on whichever replica the change is found.
    pub(super) fn event_id(&self, account: &str) -> String {
        let identity =
            json!([account, self.record_type, self.record_id, self.changed.unix_timestamp()]).to_string();
        let digest = Sha256::digest(identity);
        digest.iter().take(16).fold("evt_".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// Returns the event, in the format of a callback's event with `recovered: true`. A record created after `since`
    /// is reported as `added`, any other record as `updated`.
    pub(super) fn event(&self, account: &str, since: OffsetDateTime) -> Value {
        let info = &self.record["_info"];
        let is_new = parse_time(&info["dateEntered"]).is_some_and(|entered| entered > since);
        json!({
            "event_id": self.event_id(account),
            "account": account,
            "received_at": OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default(),
            "action": if is_new { "added" } else { "updated" },
            "type": self.record_type,
            "record_id": self.record_id,
            "member_id": info["updatedBy"],
            "callback_id": self.callback_id,
            "message_id": null,
            "recovered": true,
            "entity": self.record,
        })
    }
}
