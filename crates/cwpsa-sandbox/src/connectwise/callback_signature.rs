//! Signatures of callbacks: base64 of the HMAC-SHA256 of the raw body. The HMAC key is the SHA-256 of the signing
//! key's text.

use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The number of random bytes in a key.
const KEY_LENGTH: usize = 32;

/// A signing key and its id. `Debug` is not implemented, so that the key stays out of logs.
#[derive(Clone)]
pub(crate) struct SigningKey(Arc<KeyMaterial>);

struct KeyMaterial {
    id: String,
    text: String,
    mac: Hmac<Sha256>,
}

impl SigningKey {
    /// Generates a random key.
    pub(crate) fn generate(id: String) -> io::Result<Self> {
        let mut bytes = [0; KEY_LENGTH];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        Ok(Self::from_text(id, BASE64_STANDARD.encode(bytes)))
    }

    fn from_text(id: String, text: String) -> Self {
        // The hash fits into the block size, so the key is used as it is.
        let mac = Hmac::<Sha256>::new_from_slice(&Sha256::digest(text.as_bytes()));
        let mac = mac.unwrap_or_else(|_| unreachable!("HMAC accepts keys of any length"));
        Self(Arc::new(KeyMaterial { id, text, mac }))
    }

    pub(crate) fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns the key as the key URL returns it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Returns the signature of a body.
    pub(crate) fn sign(&self, body: &[u8]) -> String {
        let mut mac = self.0.mac.clone();
        mac.update(body);
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_matches_another_implementation() {
        // Python: hmac.new(sha256(b"a-signing-key").digest(), body, sha256), base64.
        let key = SigningKey::from_text("id".to_owned(), "a-signing-key".to_owned());
        assert_eq!(key.sign(br#"{"ID":1,"Action":"added"}"#), "5t7jD/ChXExVppwplYIemciIx+gxpBSlz7qY9R08EkA=");
    }

    #[test]
    fn keys_are_random() {
        let key = || SigningKey::generate(String::new()).expect("random numbers").as_str().to_owned();
        assert_ne!(key(), key());
    }
}
