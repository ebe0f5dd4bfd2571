//! Verifies callback signatures. A signature is the base64-encoded HMAC-SHA256 of the raw body, and the HMAC key is the
//! SHA-256 of the signing key's text.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The header that contains a callback's signature.
pub const SIGNATURE_HEADER: &str = "x-content-signature";

/// The length of a signature in bytes.
const SIGNATURE_BYTES: usize = 32;
/// The length of a base64-encoded signature.
const MAX_SIGNATURE_CHARACTERS: usize = SIGNATURE_BYTES.div_ceil(3) * 4;

/// A callback signing key. `Debug` doesn't show it.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Creates a key from the text that the key URL returns as `signing_key`.
    pub fn new(text: &str) -> Self {
        let mac = Hmac::new_from_slice(&Sha256::digest(text.as_bytes()));
        Self(mac.unwrap_or_else(|_| unreachable!("HMAC accepts keys of any length")))
    }

    /// Returns the signature of a body, for testing your own endpoint.
    ///
    /// ```
    /// let key = connectwise_callbacks::SigningKey::new("a-signing-key");
    /// assert_eq!(key.sign(b"{}"), "TL7PzVMgkVzGDujFzWPlAODxUUozqz6svfIlwdxZXkk=");
    /// ```
    pub fn sign(&self, body: &[u8]) -> String {
        STANDARD.encode(self.mac(body).finalize().into_bytes())
    }

    /// Returns true if and only if `signature` is the signature of `body`. Compares in constant time.
    pub fn verify(&self, body: &[u8], signature: &str) -> bool {
        let signature = STANDARD.decode(signature.trim());
        signature.is_ok_and(|signature| self.mac(body).verify_slice(&signature).is_ok())
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(body);
        mac
    }
}

/// Returns true if and only if a header has the format of a signature: 32 bytes encoded as base64. Check the header
/// before you read the body, because anyone can send one.
pub fn is_signature(header: &str) -> bool {
    let header = header.trim();
    header.len() <= MAX_SIGNATURE_CHARACTERS
        && STANDARD.decode(header).is_ok_and(|signature| signature.len() == SIGNATURE_BYTES)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_match_another_implementation() {
        // Python: hmac.new(sha256(b"a-signing-key").digest(), body, sha256), base64.
        let (key, body) = (SigningKey::new("a-signing-key"), br#"{"ID":1,"Action":"added"}"#);
        let given = "5t7jD/ChXExVppwplYIemciIx+gxpBSlz7qY9R08EkA=";
        assert_eq!(key.sign(body), given);
        assert!(key.verify(body, given) && key.verify(body, &format!(" {given}")));
        assert!(!key.verify(br#"{"ID":2,"Action":"added"}"#, given));
        assert!(!SigningKey::new("another").verify(body, given));
        // Truncated, not base64, empty.
        assert!(!key.verify(body, &STANDARD.encode(&STANDARD.decode(given).unwrap()[..31])));
        assert!(!key.verify(body, "***") && !key.verify(body, ""));
    }

    #[test]
    fn header_that_cannot_be_a_signature_is_recognized() {
        let signature = SigningKey::new("a-signing-key").sign(b"{}");
        assert!(is_signature(&signature) && is_signature(&format!(" {signature} ")));
        for header in ["", "***", "c2lnbmF0dXJl", &signature[4..], &"A".repeat(10_000)] {
            assert!(!is_signature(header), "{header}");
        }
    }

    #[test]
    fn debug_output_hides_the_key() {
        assert_eq!(format!("{:?}", SigningKey::new("a-signing-key")), "SigningKey(..)");
    }
}
