//! Who makes a call.

use sha2::{Digest, Sha256};

/// Who makes a call, as far as the audit log records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principal {
    transport: &'static str,
    /// The start of the token's SHA-256: it distinguishes tokens and is of no use to whoever reads the log.
    token_fingerprint: Option<[u8; 4]>,
}

impl Principal {
    /// A caller who came by this transport without a token.
    pub const fn anonymous(transport: &'static str) -> Self {
        Self { transport, token_fingerprint: None }
    }

    /// A caller who came by this transport and presented a token.
    pub fn with_token(transport: &'static str, token: &str) -> Self {
        let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(token).into();
        Self { transport, token_fingerprint: Some([a, b, c, d]) }
    }

    /// The transport, such as `http` or `mcp`.
    pub fn transport(self) -> &'static str {
        self.transport
    }

    /// The fingerprint of the token, if there was one.
    pub fn token_fingerprint(self) -> Option<String> {
        self.token_fingerprint.map(|bytes| format!("{:08x}", u32::from_be_bytes(bytes)))
    }
}
