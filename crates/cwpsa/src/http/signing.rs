//! The secret for signing URL tokens and list cursors.

use std::fmt;

use connectwise_psa::runtime::CursorKey;

use crate::environment::Environment;

/// The variable with the secret.
const VARIABLE: &str = "CWPSA_SECRET";

/// The secret that all replicas of a server share, or one of this process alone.
pub struct SigningSecret(Vec<u8>);

/// Minimum size of a secret in bytes if other machines can reach the server.
const MIN_BYTES: usize = 16;

impl SigningSecret {
    /// Returns `CWPSA_SECRET`, or else a random secret, whose signatures are valid only in this process.
    pub fn from_environment(environment: &Environment) -> Self {
        let secret = environment.get(VARIABLE);
        Self(secret.map_or_else(random, |secret| secret.as_bytes().to_vec()))
    }

    /// Returns true if and only if the secret is short enough to be guessed.
    pub fn is_short(&self) -> bool {
        self.0.len() < MIN_BYTES
    }

    /// Returns the key for tokens.
    pub fn token_key(&self) -> &[u8] {
        &self.0
    }

    /// Returns the key for the cursors of an account. It is derived, so that signatures can't be used for another purpose.
    pub fn cursor_key(&self, account: &str) -> CursorKey {
        CursorKey::derive(&self.0, account)
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(***)")
    }
}

fn random() -> Vec<u8> {
    [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()].iter().flat_map(|id| *id.as_bytes()).collect()
}
