//! Callback records: one of a kind, at an address that can be called.

use serde_json::Value;

use super::{Change, RecordRule, text};
use crate::problem::Problem;
use crate::store::Node;
use crate::write::Writing;

const NOUN: &str = "callbackEntry";

pub(super) struct Callback;

impl RecordRule for Callback {
    fn before(&self, writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), Problem> {
        let url = text(change.record, "url");
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Problem::fault("InvalidField", NOUN, "url", "Invalid URL"));
        }
        // Seen of the API: all records of the level `owner` have the object 1.
        if text(change.record, "level").eq_ignore_ascii_case("owner") {
            change.record.insert("objectId".to_owned(), Value::from(1));
        }
        let member = |name: &str| text(change.record, name).to_owned();
        let (url, level, kind) = (member("url"), member("level"), member("type"));
        let object = change.record.get("objectId").and_then(Value::as_i64).unwrap_or_default();
        let own = change.record.get("id").and_then(Value::as_i64).filter(|_| change.before.is_some());
        let same = writing.matching(change.collection, |known| {
            let is = |name: &str, value: &str| {
                known.get(name).and_then(Node::as_text).is_some_and(|known| known.eq_ignore_ascii_case(value))
            };
            is("url", &url)
                && is("level", &level)
                && is("type", &kind)
                && known.get("objectId") == Some(&Node::Integer(object))
        });
        if same.iter().any(|id| Some(*id) != own) {
            let message = "A matching callback entry already exists";
            return Err(Problem::fault("ObjectExists", NOUN, "objectId", message));
        }
        Ok(())
    }
}
