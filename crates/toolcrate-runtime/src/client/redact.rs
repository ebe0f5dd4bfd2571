//! Prepares error response bodies for the caller: truncates them, and removes the credentials that some servers and
//! proxies repeat in their messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::access_tokens::AccessToken;
use super::authorization::SecretPairs;
use super::build_request::OutgoingRequest;
use super::handle::Client;

/// Maximum length of a body that is shown.
const MAX_BODY_BYTES: usize = 4096;
/// Minimum length of a secret. Redacting shorter values would garble the rest.
const MIN_SECRET_BYTES: usize = 6;

impl Client {
    /// Returns a body as it is shown, or `None` if it is empty.
    pub(super) fn redacted_body(
        &self,
        request: &OutgoingRequest,
        tokens: &[AccessToken],
        body: &[u8],
    ) -> Option<Value> {
        let mut headers = HeaderMap::new();
        // Headers that can't be created weren't sent either.
        let query = self.authorize(request, tokens, &mut headers).unwrap_or_default();
        redact(body, &secrets(&headers, &query))
    }
}

/// Returns the values that the credentials add to headers and the query, and the secret parts of these values.
fn secrets(headers: &HeaderMap, query: &SecretPairs) -> Vec<String> {
    let mut secrets: Vec<String> = query.iter().map(|(_, secret)| secret.expose().to_owned()).collect();
    let cookies = headers.get_all(COOKIE).iter().flat_map(|cookies| cookies.as_bytes().split(|c| *c == b';'));
    let values = cookies.filter_map(|cookie| cookie.splitn(2, |c| *c == b'=').nth(1));
    secrets.extend(values.map(|value| String::from_utf8_lossy(value).into_owned()));
    for text in headers.values().map(HeaderValue::as_bytes).map(String::from_utf8_lossy) {
        if let Some((_, word)) = text.split_once(' ') {
            let decoded = STANDARD.decode(word).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            secrets
                .extend(decoded.and_then(|pair| pair.split_once(':').map(|(_, secret)| secret.to_owned())));
            secrets.push(word.to_owned());
        }
        secrets.push(text.into_owned());
    }
    secrets.retain(|secret| secret.len() >= MIN_SECRET_BYTES);
    // Redacting a part first would leave the rest of the complete value.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}

fn redact(body: &[u8], secrets: &[String]) -> Option<Value> {
    let mut text = String::from_utf8_lossy(body.trim_ascii()).into_owned();
    if text.is_empty() {
        return None;
    }
    for secret in secrets {
        text = text.replace(secret, "***");
    }
    if text.len() > MAX_BODY_BYTES {
        let end = (0..=MAX_BODY_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
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
    fn body_is_shown_truncated_and_redacted() {
        let mut headers = HeaderMap::new();
        let basic = STANDARD.encode("acme+public:private-key");
        headers.insert("authorization", format!("Basic {basic}").parse().expect("a header value"));
        headers.insert("clientid", "client-id".parse().expect("a header value"));
        let secrets = secrets(&headers, &SecretPairs::new());
        let of = |body: &str| redact(body.as_bytes(), &secrets);
        assert_eq!(of(r#"{"code": "X", "n": [1]}"#), Some(json!({"code": "X", "n": [1]})));
        assert_eq!(of("<html>busy</html>\n"), Some(json!("<html>busy</html>")));
        assert_eq!(of(" "), None);
        let told = of(&format!("Authorization: Basic {basic}, {basic}, private-key, client-id, acme+public"));
        assert_eq!(told, Some(json!("Authorization: ***, ***, ***, ***, acme+public")));
        let long = of(&format!("[\"{}\"]", "ü".repeat(MAX_BODY_BYTES))).expect("a text");
        let long = long.as_str().expect("a text");
        assert!(long.len() <= MAX_BODY_BYTES + 3 && long.ends_with("ü…"), "{}", long.len());
    }
}
