//! Manages a client's access tokens. Each token is requested by the first request that needs it, and used until shortly
//! before it expires.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;
use crate::scheme_credentials::ClientCredentials;
use crate::secret::Secret;

/// How long before it expires a token is replaced. A short-lived token is used for three quarters of its lifetime.
const MAX_LEEWAY: Duration = Duration::from_secs(60);
/// Maximum lifetime of a token.
const MAX_LIFETIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// An access token.
#[derive(Clone)]
pub(super) struct AccessToken {
    /// The security scheme that it is for.
    pub(super) scheme: &'static str,
    pub(super) secret: Secret,
}

/// A token as the server issued it.
pub(super) struct IssuedToken {
    pub(super) secret: Secret,
    /// How long it is valid. If that is unknown, it is used until the server refuses it.
    pub(super) lifetime: Option<Duration>,
}

/// The tokens of a client by security scheme.
#[derive(Default)]
pub(super) struct AccessTokens(Mutex<Vec<(&'static str, Arc<TokenSlot>)>>);

/// The token of one scheme.
struct TokenSlot {
    /// The credentials with which it was requested. If they change, the token is no longer used.
    credentials: ClientCredentials,
    /// Held while a token is requested, so that others wait for it instead of requesting one too.
    requesting: tokio::sync::Mutex<()>,
    state: Mutex<TokenState>,
}

#[derive(Default)]
struct TokenState {
    /// The token, and when it is replaced.
    token: Option<(Secret, Option<Instant>)>,
    /// The last failure, for those that waited for that request.
    failure: Option<(Instant, Error)>,
}

impl AccessTokens {
    /// Returns the token of a scheme. `request` is awaited only if there is no valid token.
    ///
    /// # Errors
    /// Returns the error of `request`, also to callers that waited for the same request.
    pub(super) async fn get(
        &self,
        scheme: &'static str,
        credentials: &ClientCredentials,
        request: impl Future<Output = Result<IssuedToken, Error>>,
    ) -> Result<AccessToken, Error> {
        let slot = self.slot(scheme, credentials);
        let token = |secret| AccessToken { scheme, secret };
        if let Some(secret) = slot.valid() {
            return Ok(token(secret));
        }
        let started = Instant::now();
        let _requesting = slot.requesting.lock().await;
        if let Some(secret) = slot.valid() {
            return Ok(token(secret));
        }
        if let Some(error) = slot.failure_since(started) {
            return Err(error);
        }
        match request.await {
            Ok(issued) => {
                slot.store(&issued);
                Ok(token(issued.secret))
            }
            Err(error) => {
                slot.lock().failure = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Forgets a token that the server refused, unless it was replaced already.
    pub(super) fn forget(&self, token: &AccessToken) {
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.iter().find(|(scheme, _)| *scheme == token.scheme).map(|(_, slot)| Arc::clone(slot));
        drop(slots);
        if let Some(slot) = slot {
            let mut state = slot.lock();
            if state.token.as_ref().is_some_and(|(secret, _)| *secret == token.secret) {
                state.token = None;
            }
        }
    }

    fn slot(&self, scheme: &'static str, credentials: &ClientCredentials) -> Arc<TokenSlot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = slots.iter().find(|(other, _)| *other == scheme);
        if let Some((_, slot)) = known.filter(|(_, slot)| slot.credentials == *credentials) {
            return Arc::clone(slot);
        }
        let slot = Arc::new(TokenSlot {
            credentials: credentials.clone(),
            requesting: tokio::sync::Mutex::default(),
            state: Mutex::default(),
        });
        slots.retain(|(other, _)| *other != scheme);
        slots.push((scheme, Arc::clone(&slot)));
        slot
    }
}

impl TokenSlot {
    fn lock(&self) -> std::sync::MutexGuard<'_, TokenState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the token, unless it expires soon.
    fn valid(&self) -> Option<Secret> {
        let state = self.lock();
        let (secret, end) = state.token.as_ref()?;
        end.is_none_or(|end| Instant::now() < end).then(|| secret.clone())
    }

    /// Returns the error of a request that failed after `started`.
    fn failure_since(&self, started: Instant) -> Option<Error> {
        let state = self.lock();
        let (at, error) = state.failure.as_ref()?;
        (*at >= started).then(|| error.clone())
    }

    fn store(&self, issued: &IssuedToken) {
        let end = issued.lifetime.map(|lifetime| {
            let lifetime = lifetime.min(MAX_LIFETIME);
            Instant::now() + lifetime.saturating_sub(MAX_LEEWAY.min(lifetime / 4))
        });
        *self.lock() = TokenState { token: Some((issued.secret.clone(), end)), failure: None };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt as _;

    use super::*;
    use crate::error::ErrorKind;

    /// A token endpoint that counts its requests.
    #[derive(Default)]
    struct CountingEndpoint(AtomicUsize);

    impl CountingEndpoint {
        async fn issue(&self, lifetime: Option<u64>) -> Result<IssuedToken, Error> {
            let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::task::yield_now().await;
            let lifetime = lifetime.map(Duration::from_secs);
            Ok(IssuedToken { secret: Secret::from(format!("t{number}")), lifetime })
        }
    }

    fn credentials(client_id: &str) -> ClientCredentials {
        ClientCredentials { client_id: client_id.to_owned(), ..ClientCredentials::default() }
    }

    async fn token(tokens: &AccessTokens, endpoint: &CountingEndpoint, lifetime: Option<u64>) -> String {
        let issued = tokens.get("oauth", &credentials("a"), endpoint.issue(lifetime)).await;
        issued.expect("a token").secret.expose().to_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_used_until_shortly_before_it_expires() {
        for (lifetime, used, replaced) in [(3600, 3539, 3541), (60, 44, 46)] {
            let (tokens, endpoint) = (AccessTokens::default(), CountingEndpoint::default());
            assert_eq!(token(&tokens, &endpoint, Some(lifetime)).await, "t1");
            tokio::time::advance(Duration::from_secs(used)).await;
            assert_eq!(token(&tokens, &endpoint, Some(lifetime)).await, "t1");
            tokio::time::advance(Duration::from_secs(replaced - used)).await;
            assert_eq!(token(&tokens, &endpoint, Some(lifetime)).await, "t2");
        }
        let (tokens, endpoint) = (AccessTokens::default(), CountingEndpoint::default());
        token(&tokens, &endpoint, None).await;
        tokio::time::advance(MAX_LIFETIME).await;
        assert_eq!(token(&tokens, &endpoint, None).await, "t1");
    }

    #[tokio::test(start_paused = true)]
    async fn concurrent_requests_share_one_token_or_one_failure() {
        let (tokens, endpoint) = (AccessTokens::default(), CountingEndpoint::default());
        let waiting = (0..10).map(|_| token(&tokens, &endpoint, Some(60)));
        assert!(futures_util::future::join_all(waiting).await.iter().all(|token| token == "t1"));
        assert_eq!(endpoint.0.load(Ordering::SeqCst), 1);

        let (tokens, failures) = (AccessTokens::default(), AtomicUsize::new(0));
        let failing = || async {
            failures.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Err(Error::new(ErrorKind::Unauthorized, "no"))
        };
        let credentials = credentials("a");
        let waiting = (0..10).map(|_| tokens.get("oauth", &credentials, failing()));
        assert!(futures_util::future::join_all(waiting).await.iter().all(Result::is_err));
        assert_eq!(failures.load(Ordering::SeqCst), 1);
        // A later caller sends a request of its own.
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(tokens.get("oauth", &credentials, endpoint.issue(None)).await.is_ok());
    }

    #[tokio::test]
    async fn a_request_that_is_dropped_does_not_block_others() {
        let (tokens, endpoint) = (AccessTokens::default(), CountingEndpoint::default());
        let credentials = credentials("a");
        let polled_once = tokens.get("oauth", &credentials, std::future::pending()).now_or_never();
        assert!(polled_once.is_none());
        assert_eq!(token(&tokens, &endpoint, None).await, "t1");
    }

    #[tokio::test]
    async fn a_refused_token_and_one_of_other_credentials_are_not_used() {
        let (tokens, endpoint) = (AccessTokens::default(), CountingEndpoint::default());
        let first = tokens.get("oauth", &credentials("a"), endpoint.issue(None)).await.expect("a token");
        tokens.forget(&first);
        assert_eq!(token(&tokens, &endpoint, None).await, "t2");
        // It was replaced already.
        tokens.forget(&first);
        assert_eq!(token(&tokens, &endpoint, None).await, "t2");
        let other = tokens.get("oauth", &credentials("b"), endpoint.issue(None)).await.expect("a token");
        assert_eq!(other.secret.expose(), "t3");
    }
}
