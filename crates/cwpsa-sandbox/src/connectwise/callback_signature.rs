//! The key that signs the mock server's callbacks.

use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use connectwise_callbacks::SigningKey;

/// Number of random bytes in a key.
const KEY_LENGTH: usize = 32;

/// A signing key with its ID and text. `Debug` isn't implemented, which keeps the text out of logs.
#[derive(Clone)]
pub(crate) struct CallbackKey(Arc<CallbackKeyParts>);

struct CallbackKeyParts {
    id: String,
    text: String,
    key: SigningKey,
}

impl CallbackKey {
    /// Generates a random key.
    pub(crate) fn generate(id: String) -> io::Result<Self> {
        let mut bytes = [0; KEY_LENGTH];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let text = BASE64_STANDARD.encode(bytes);
        Ok(Self(Arc::new(CallbackKeyParts { id, key: SigningKey::new(&text), text })))
    }

    pub(crate) fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns the key in the format served at the key URL.
    pub(crate) fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Returns the signature of a body.
    pub(crate) fn sign(&self, body: &[u8]) -> String {
        self.0.key.sign(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_random() {
        let key = || CallbackKey::generate(String::new()).expect("random numbers").as_str().to_owned();
        assert_ne!(key(), key());
    }
}
