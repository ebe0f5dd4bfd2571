//! The callbacks that are registered in ConnectWise for this server.

use connectwise_psa::runtime::Value;
use cwpsa_sandbox::callback_types;
use url::Url;

/// A registered callback: an entry of `/system/callbacks`.
pub(super) struct RegisteredCallback(Value);

impl RegisteredCallback {
    /// Returns the entries that post to the webhooks of `account`, regardless of the host name.
    pub(super) fn of_account(entries: Value, account: &str) -> Vec<Self> {
        let Value::Array(entries) = entries else { return Vec::new() };
        let is_own = |entry: &Value| entry["url"].as_str().is_some_and(|url| posts_to(url, account));
        entries.into_iter().filter(is_own).map(Self).collect()
    }

    /// Returns its ID.
    pub(super) fn id(&self) -> &Value {
        &self.0["id"]
    }

    /// Returns the record type that it reports.
    pub(super) fn record_type(&self) -> &str {
        self.0["type"].as_str().unwrap_or_default()
    }

    /// Returns true if ConnectWise, or a person, has disabled it.
    pub(super) fn is_inactive(&self) -> bool {
        self.0["inactiveFlag"] == true
    }

    /// Returns the paths of the collections whose records it reports.
    pub(super) fn collections(&self) -> &'static [String] {
        callback_types::collections(self.record_type())
    }

    /// Returns true if it reports changes to this record in a collection.
    pub(super) fn covers(&self, collection: &str, record: &Value) -> bool {
        callback_types::covers(&self.0, collection, record)
    }
}

fn posts_to(url: &str, account: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let mut segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    segments.retain(|segment| !segment.is_empty());
    // An account name may contain characters that are encoded in a URL.
    let decoded = |segment: &str| {
        let pair = format!("a={segment}");
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    matches!(segments[..], [.., "webhooks", last] if decoded(last).as_deref() == Some(account))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn callbacks_for_other_receivers_are_ignored() {
        let url = |url: &str| json!({"url": url, "type": "ticket"});
        let entries = json!([
            url("https://a.example/webhooks/acme?recordId="),
            url("https://a.example/psa/webhooks/acme/?recordId="),
            url("https://a.example/webhooks/other?recordId="),
            url("https://a.example/acme?recordId="),
            url("nowhere"),
            {"type": "ticket"},
        ]);
        assert_eq!(RegisteredCallback::of_account(entries, "acme").len(), 2);
        let entries = json!([url("https://a.example/webhooks/north%20west?recordId=")]);
        assert_eq!(RegisteredCallback::of_account(entries, "north west").len(), 1);
        assert!(RegisteredCallback::of_account(json!({"code": "x"}), "acme").is_empty());
    }
}
