//! Signatures of callbacks: base64 of HMAC-SHA256 over the raw body, keyed with the SHA-256 of the signing
//! key's text.

use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac};

/// The header that carries a signature.
pub(super) const HEADER: &str = "x-content-signature";

/// A key and its id. `Debug` is not implemented, so that the key stays out of logs.
#[derive(Clone)]
pub(super) struct SigningKey(Arc<Inner>);

struct Inner {
    id: String,
    text: String,
    key: hmac::Key,
}

impl SigningKey {
    /// A new random key.
    pub(super) fn new(id: String) -> io::Result<Self> {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("no random numbers"))?;
        Ok(Self::from_text(id, BASE64_STANDARD.encode(bytes)))
    }

    fn from_text(id: String, text: String) -> Self {
        let hash = digest::digest(&digest::SHA256, text.as_bytes());
        let key = hmac::Key::new(hmac::HMAC_SHA256, hash.as_ref());
        Self(Arc::new(Inner { id, text, key }))
    }

    pub(super) fn id(&self) -> &str {
        &self.0.id
    }

    /// The key as the key URL tells it.
    pub(super) fn text(&self) -> &str {
        &self.0.text
    }

    pub(super) fn sign(&self, body: &[u8]) -> String {
        BASE64_STANDARD.encode(hmac::sign(&self.0.key, body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_that_another_library_made() {
        // Python: hmac.new(sha256(b"a-signing-key").digest(), body, sha256), base64.
        let key = SigningKey::from_text("id".to_owned(), "a-signing-key".to_owned());
        assert_eq!(key.sign(br#"{"ID":1,"Action":"added"}"#), "5t7jD/ChXExVppwplYIemciIx+gxpBSlz7qY9R08EkA=");
    }

    #[test]
    fn keys_are_random() {
        let key = || SigningKey::new(String::new()).expect("random numbers").text().to_owned();
        assert_ne!(key(), key());
    }
}
