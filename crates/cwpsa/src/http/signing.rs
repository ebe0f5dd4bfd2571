//! The secret that everything this server gives out is signed with: addresses with a token, and cursors of lists.

use std::fmt;

use connectwise_psa::runtime::CursorKey;

use crate::environment::Environment;

/// The variable with the secret.
const VARIABLE: &str = "CWPSA_SECRET";

/// The secret that all replicas of a server share, or one of this process alone.
pub struct SigningSecret(Vec<u8>);

/// How many bytes a secret has at least where others can reach the server.
const MIN_BYTES: usize = 16;

impl SigningSecret {
    /// `CWPSA_SECRET`; without it, a random secret, so that what was signed ends with this process.
    pub fn from_environment(environment: &Environment) -> Self {
        let secret = environment.get(VARIABLE);
        Self(secret.map_or_else(random, |secret| secret.as_bytes().to_vec()))
    }

    /// Whether the secret can be found by trying.
    pub fn is_short(&self) -> bool {
        self.0.len() < MIN_BYTES
    }

    /// The key for tokens.
    pub fn token_key(&self) -> &[u8] {
        &self.0
    }

    /// The key for the cursors of an account. It is derived, so that no other signature of the secret fits.
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
