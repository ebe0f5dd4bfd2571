//! Signs posted events as described at standardwebhooks.com, so receivers written in any language can use an existing
//! library.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connectwise_psa::runtime::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The prefix of a signing secret.
const PREFIX: &str = "whsec_";
/// Minimum size of a secret in bytes; a shorter one could be guessed.
const MIN_SECRET_BYTES: usize = 24;

/// Signs posted events.
#[derive(Clone)]
pub struct Signer(Vec<u8>);

impl Signer {
    /// Creates a signer with a secret such as `whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD`.
    ///
    /// # Errors
    /// Returns a message, without the secret, if the secret is invalid.
    pub fn new(secret: &Secret) -> Result<Self, String> {
        let key = secret.expose().strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        key.filter(|key| key.len() >= MIN_SECRET_BYTES).map(Self).ok_or_else(|| {
            format!(
                "the signing secret for posted events must be {PREFIX} followed by at least {MIN_SECRET_BYTES} bytes in \
                 base64; generate one with: echo {PREFIX}$(openssl rand -base64 32)"
            )
        })
    }

    /// Returns the value of `webhook-signature` for an event sent at `time`, in seconds since 1970.
    pub fn sign(&self, id: &str, time: u64, body: &[u8]) -> String {
        let time = time.to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC accepts keys of any length");
        for part in [id.as_bytes(), b".", time.as_bytes(), b".", body] {
            mac.update(part);
        }
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_matches_the_standards_example() {
        let signer = Signer::new(&Secret::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        assert_eq!(
            signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn weak_secrets_are_rejected_without_being_shown() {
        for secret in ["", "hush", "whsec_aHVzaA==", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            let error = Signer::new(&Secret::from(secret)).err().unwrap();
            assert!(error.contains("openssl") && (secret.is_empty() || !error.contains(secret)), "{error}");
        }
    }
}
