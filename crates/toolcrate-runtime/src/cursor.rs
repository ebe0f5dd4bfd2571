//! Cursors, which are opaque, signed strings that identify where to continue in a list.
//!
//! A cursor contains only paging state, and is valid only for the tool and account that it was issued for. It is signed
//! because its contents are merged into a call's arguments: only the owner of the signing key can create one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::error::Error;

/// Longer strings are rejected.
const MAX_CURSOR_BYTES: usize = 16 * 1024;

/// The purpose for which a cursor's key is derived, so other signatures aren't valid.
const PURPOSE: &[u8] = b"toolcrate cursor 1\0";

/// The key for signing cursors.
///
/// Clients that must accept each other's cursors, such as those of a server's replicas, need the same key.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// Derives the key for `scope`, for example an account. A cursor from one scope is invalid in another.
    pub fn derive(secret: &[u8], scope: &str) -> Self {
        Self(mac(secret, &[PURPOSE, scope.as_bytes()]).finalize().into_bytes().into())
    }

    /// Creates a key that nobody else has.
    ///
    /// # Errors
    /// Returns `Configuration` if the system's random number generator fails.
    pub(crate) fn random() -> Result<Self, Error> {
        let mut key = [0; 32];
        let provider = rustls::crypto::ring::default_provider();
        match provider.secure_random.fill(&mut key) {
            Ok(()) => Ok(Self(key)),
            Err(_) => Err(Error::configuration("the system's random number generator is not available")),
        }
    }

    /// Creates a tool's cursor with this paging state.
    pub(crate) fn seal(&self, tool: &str, state: &Map<String, Value>) -> String {
        // Serializing a JSON map can't fail.
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(state).unwrap_or_default());
        let signature = mac(&self.0, &[tool.as_bytes(), b"\0", payload.as_bytes()]).finalize().into_bytes();
        format!("{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Returns a cursor's paging state, or `None` unless it was created with this key for this tool.
    pub(crate) fn open(&self, tool: &str, cursor: &str) -> Option<Map<String, Value>> {
        if cursor.len() > MAX_CURSOR_BYTES {
            return None;
        }
        let (payload, signature) = cursor.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // The comparison takes constant time.
        mac(&self.0, &[tool.as_bytes(), b"\0", payload.as_bytes()]).verify_slice(&signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(***)")
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state() -> Map<String, Value> {
        Map::from_iter([("page".to_owned(), json!(3)), ("pageSize".to_owned(), Value::Null)])
    }

    #[test]
    fn cursor_is_valid_only_for_its_tool_and_scope() {
        let key = CursorKey::derive(b"secret", "acme");
        let cursor = key.seal("list_orders", &state());
        assert_eq!(key.open("list_orders", &cursor), Some(state()));
        assert_eq!(CursorKey::derive(b"secret", "acme").open("list_orders", &cursor), Some(state()));
        assert_eq!(key.open("list_items", &cursor), None);
        assert_eq!(CursorKey::derive(b"secret", "beta").open("list_orders", &cursor), None);
        assert_eq!(CursorKey::derive(b"other", "acme").open("list_orders", &cursor), None);
        assert_eq!(CursorKey::random().expect("a key").open("list_orders", &cursor), None);
        assert_eq!(format!("{key:?}"), "CursorKey(***)");
    }

    #[test]
    fn altered_or_forged_cursor_is_rejected() {
        let key = CursorKey::derive(b"secret", "acme");
        let cursor = key.seal("list_orders", &state());
        let (payload, signature) = cursor.split_once('.').expect("two parts");
        let other = URL_SAFE_NO_PAD.encode(r#"{"id":9005}"#);
        for forged in [
            String::new(),
            ".".to_owned(),
            payload.to_owned(),
            other.clone(),
            format!("{payload}."),
            format!("{other}.{signature}"),
            format!("{payload}.{}", &signature[1..]),
            format!("{payload}A.{signature}"),
            format!("{cursor}.{signature}"),
            format!("{payload}={cursor}"),
            "x".repeat(1 << 20),
        ] {
            assert_eq!(key.open("list_orders", &forged), None, "{forged}");
        }
    }
}
