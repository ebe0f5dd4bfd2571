//! What an answer that is an error held, to be shown to whoever called: not more of it than can be read, and without the
//! credentials, which some servers and proxies repeat in what they say.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use crate::Client;

/// The most bytes that are shown.
const MOST: usize = 4096;
/// Shorter values are no secrets, and masking them would garble the rest.
const LEAST: usize = 6;

impl Client {
    /// A body as it is shown; `None` if there is none.
    pub(super) fn shown(&self, body: &[u8]) -> Option<Value> {
        let mut headers = HeaderMap::new();
        // What can't be made was not sent either.
        let _ = self.authorize(&mut headers);
        shown(body, &secrets(&headers))
    }
}

/// What credentials put into headers, whole and in parts.
fn secrets(headers: &HeaderMap) -> Vec<String> {
    let mut secrets = Vec::new();
    for text in headers.values().map(HeaderValue::as_bytes).map(String::from_utf8_lossy) {
        if let Some((_, word)) = text.split_once(' ') {
            let decoded = STANDARD.decode(word).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            secrets
                .extend(decoded.and_then(|pair| pair.split_once(':').map(|(_, secret)| secret.to_owned())));
            secrets.push(word.to_owned());
        }
        secrets.push(text.into_owned());
    }
    secrets.retain(|secret| secret.len() >= LEAST);
    // A part that was masked first would leave the rest of the whole.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}

fn shown(body: &[u8], secrets: &[String]) -> Option<Value> {
    let mut text = String::from_utf8_lossy(body.trim_ascii()).into_owned();
    if text.is_empty() {
        return None;
    }
    for secret in secrets {
        text = text.replace(secret, "***");
    }
    if text.len() > MOST {
        let end = (0..=MOST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
        return Some(Value::String(text));
    }
    Some(serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_shown_as_it_is_but_for_its_length_and_secrets() {
        let mut headers = HeaderMap::new();
        let basic = STANDARD.encode("acme+public:private-key");
        headers.insert("authorization", format!("Basic {basic}").parse().expect("a header value"));
        headers.insert("clientid", "client-id".parse().expect("a header value"));
        let secrets = secrets(&headers);
        let of = |body: &str| shown(body.as_bytes(), &secrets);
        assert_eq!(of(r#"{"code": "X", "n": [1]}"#), Some(json!({"code": "X", "n": [1]})));
        assert_eq!(of("<html>busy</html>\n"), Some(json!("<html>busy</html>")));
        assert_eq!(of(" "), None);
        let told = of(&format!("Authorization: Basic {basic}, {basic}, private-key, client-id, acme+public"));
        assert_eq!(told, Some(json!("Authorization: ***, ***, ***, ***, acme+public")));
        let long = of(&format!("[\"{}\"]", "ü".repeat(MOST))).expect("a text");
        let long = long.as_str().expect("a text");
        assert!(long.len() <= MOST + 3 && long.ends_with("ü…"), "{}", long.len());
    }
}
