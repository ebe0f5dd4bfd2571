//! The principal, which identifies the caller of a tool.

use sha2::{Digest, Sha256};

/// The caller of a tool, as recorded in the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principal {
    transport: &'static str,
    /// The first bytes of the token's SHA-256, which distinguish tokens without revealing them.
    token_fingerprint: Option<[u8; 4]>,
}

impl Principal {
    /// Creates a principal for a caller without a token.
    pub const fn anonymous(transport: &'static str) -> Self {
        Self { transport, token_fingerprint: None }
    }

    /// Creates a principal for a caller with a token.
    pub fn with_token(transport: &'static str, token: &str) -> Self {
        let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(token).into();
        Self { transport, token_fingerprint: Some([a, b, c, d]) }
    }

    /// Returns the transport, such as `http` or `mcp`.
    pub fn transport(self) -> &'static str {
        self.transport
    }

    /// Returns the token's fingerprint, if there was a token.
    pub fn token_fingerprint(self) -> Option<String> {
        self.token_fingerprint.map(|bytes| format!("{:08x}", u32::from_be_bytes(bytes)))
    }
}
