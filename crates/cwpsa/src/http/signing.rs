//! The secret for signing URL tokens and list cursors.

use std::fmt;

use connectwise_psa::runtime::CursorKey;

use crate::environment::Environment;

/// The variable with the secret.
const VARIABLE: &str = "CWPSA_SECRET";

/// The secret shared by all replicas of a server, or a secret for this process only.
pub struct SigningSecret(Vec<u8>);

/// Minimum size of a secret in bytes if the server is reachable from other machines.
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

    /// Returns the key for URL tokens.
    pub fn token_key(&self) -> &[u8] {
        &self.0
    }

    /// Returns the key for an account's cursors. It is derived, so signatures can't be used for any other purpose.
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
