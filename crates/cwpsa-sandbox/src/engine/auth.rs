//! Who calls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;

use crate::problem::Problem;
use crate::settings::Key;

/// The key that a call's headers show.
pub(super) fn key<'k>(keys: &'k [Key], headers: &HeaderMap) -> Result<&'k Key, Problem> {
    let refused = || Problem::new(401, "Unauthorized", "Authentication failed.");
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let given = header("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("basic").then_some(token.trim())
    });
    let decoded = STANDARD.decode(given.ok_or_else(refused)?).map_err(|_| refused())?;
    let text = String::from_utf8(decoded).map_err(|_| refused())?;
    let found = keys.iter().find(|key| same(text.as_bytes(), expected(key).as_bytes()));
    let key = found.ok_or_else(refused)?;
    if header("clientid").is_none_or(|value| value.trim().is_empty()) {
        let message = "The clientId header is missing or not a known integration.";
        return Err(Problem::new(403, "ConnectWiseApi", message));
    }
    Ok(key)
}

fn expected(key: &Key) -> String {
    format!("{}+{}:{}", key.company_id, key.public_key, key.private_key)
}

/// Compares in a time that doesn't tell where texts differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    fn status(authorization: Option<&str>, client_id: Option<&str>) -> u16 {
        let mut headers = HeaderMap::new();
        if let Some(text) = authorization {
            let value = format!("Basic {}", STANDARD.encode(text));
            headers.insert("authorization", value.parse().expect("a header"));
        }
        if let Some(id) = client_id {
            headers.insert("clientid", id.parse().expect("a header"));
        }
        key(&Settings::default().keys, &headers).map_or_else(|problem| problem.status, |_| 200)
    }

    #[test]
    fn credentials_and_client_id_are_needed() {
        assert_eq!(status(Some("acme+public:private"), Some("id")), 200);
        assert_eq!(status(Some("acme+public:private"), None), 403);
        assert_eq!(status(Some("acme+public:private"), Some(" ")), 403);
        assert_eq!(status(Some("acme+public:wrong"), Some("id")), 401);
        assert_eq!(status(Some("other+public:private"), Some("id")), 401);
        assert_eq!(status(Some("nonsense"), None), 401);
        assert_eq!(status(None, Some("id")), 401);
    }
}
