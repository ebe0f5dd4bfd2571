//! Signatures: that of a callback is checked, that of an event which is posted on is made.
//!
//! ConnectWise signs a callback with base64 of HMAC-SHA256 over the raw body, keyed with the SHA-256 of the signing
//! key's text, in the header `x-content-signature`. What is posted on is signed as standardwebhooks.com says, so that
//! receivers in any language find a library that checks it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connectwise_psa::runtime::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The header with the signature of a callback.
pub const HEADER: &str = "x-content-signature";

/// What a secret for signing starts with.
const PREFIX: &str = "whsec_";
/// A secret has so many bytes at least: fewer can be guessed.
const FEWEST: usize = 24;

/// Whether `given` is the signature of `body` by the key. It takes as long for a wrong one as for the right one.
pub fn is_right(key: &Secret, body: &[u8], given: &str) -> bool {
    let Ok(given) = STANDARD.decode(given.trim()) else { return false };
    let key = Sha256::digest(key.expose().as_bytes());
    mac(&key, &[body]).verify_slice(&given).is_ok()
}

/// Signs what is posted on.
#[derive(Clone)]
pub struct Signer(Vec<u8>);

impl Signer {
    /// A signer with a secret such as `whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD`.
    ///
    /// # Errors
    /// A sentence, without the secret, that says what is wrong with it.
    pub fn new(secret: &Secret) -> Result<Self, String> {
        let key = secret.expose().strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        key.filter(|key| key.len() >= FEWEST).map(Self).ok_or_else(|| {
            format!(
                "the secret that posted events are signed with must be {PREFIX} and at least {FEWEST} bytes in \
                 base64; make one with: echo {PREFIX}$(openssl rand -base64 32)"
            )
        })
    }

    /// The value of `webhook-signature` for an event, sent at `time` in seconds since 1970.
    pub fn sign(&self, id: &str, time: u64, body: &[u8]) -> String {
        let time = time.to_string();
        let mac = mac(&self.0, &[id.as_bytes(), b".", time.as_bytes(), b".", body]);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
    for part in parts {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_that_another_library_made() {
        // Python: hmac.new(sha256(b"a-signing-key").digest(), body, sha256), base64.
        let (key, body) = (Secret::from("a-signing-key"), br#"{"ID":1,"Action":"added"}"#);
        let given = "5t7jD/ChXExVppwplYIemciIx+gxpBSlz7qY9R08EkA=";
        assert!(is_right(&key, body, given) && is_right(&key, body, &format!(" {given}")));
        assert!(!is_right(&key, br#"{"ID":2,"Action":"added"}"#, given));
        assert!(!is_right(&Secret::from("another"), body, given));
        // Cut off, not base64, nothing.
        assert!(!is_right(&key, body, &STANDARD.encode(&STANDARD.decode(given).unwrap()[..31])));
        assert!(!is_right(&key, body, "***") && !is_right(&key, body, ""));
    }

    #[test]
    fn the_example_of_the_standard() {
        let signer = Signer::new(&Secret::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        assert_eq!(
            signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn weak_secrets_are_refused_without_showing_them() {
        for secret in ["", "hush", "whsec_aHVzaA==", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            let error = Signer::new(&Secret::from(secret)).err().unwrap();
            assert!(error.contains("openssl") && (secret.is_empty() || !error.contains(secret)), "{error}");
        }
    }
}
