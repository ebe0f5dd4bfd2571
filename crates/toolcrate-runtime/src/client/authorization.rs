//! Adds credentials to requests, for the security schemes that the operation declares.

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderValue};

use super::access_tokens::AccessToken;
use super::build_request::{OutgoingRequest, header_name};
use super::handle::Client;
use crate::credentials::{basic, bearer};
use crate::error::Error;
use crate::scheme_credentials::SchemeCredentials;
use crate::secret::{Secret, sensitive};

/// Query parameters with credentials.
pub(super) type SecretPairs = Vec<(&'static str, Secret)>;

impl Client {
    /// Returns the access tokens that a request needs. Tokens that the client doesn't have yet are requested.
    pub(super) async fn tokens_for(&self, request: &OutgoingRequest) -> Result<Vec<AccessToken>, Error> {
        let mut tokens = Vec::new();
        for (scheme, credentials) in self.schemes_for(request)? {
            if let SchemeCredentials::ClientCredentials(credentials) = credentials {
                let issued = self.request_token(&credentials);
                tokens.push(self.state.tokens.get(scheme, &credentials, issued).await?);
            }
        }
        Ok(tokens)
    }

    /// Adds a request's credentials to `headers`, its headers, and returns the credentials for its query.
    pub(super) fn authorize(
        &self,
        request: &OutgoingRequest,
        tokens: &[AccessToken],
        headers: &mut HeaderMap,
    ) -> Result<SecretPairs, Error> {
        let Some(credentials) = self.state.credentials.as_ref().filter(|_| !request.is_anonymous()) else {
            return Ok(SecretPairs::new());
        };
        credentials.apply(headers)?;
        let mut query = credentials.query();
        for (scheme, credentials) in self.schemes_for(request)? {
            match credentials {
                SchemeCredentials::Basic { user, password } => {
                    headers.insert(AUTHORIZATION, basic(&user, &password)?);
                }
                SchemeCredentials::Bearer { token } => {
                    headers.insert(AUTHORIZATION, bearer(&token)?);
                }
                SchemeCredentials::Header { name, value } => {
                    headers.insert(header_name(name)?, value.to_header()?);
                }
                SchemeCredentials::Query { name, value } => query.push((name, value)),
                SchemeCredentials::Cookie { name, value } => add_cookie(headers, name, &value)?,
                SchemeCredentials::ClientCredentials(_) => {
                    if let Some(token) = tokens.iter().find(|token| token.scheme == scheme) {
                        headers.insert(AUTHORIZATION, bearer(&token.secret)?);
                    }
                }
            }
        }
        Ok(query)
    }

    /// Checks the credentials of a request, without requesting a token, and returns its headers with them.
    pub(super) fn check_authorization(&self, request: &OutgoingRequest) -> Result<HeaderMap, Error> {
        let mut tokens = Vec::new();
        for (scheme, credentials) in self.schemes_for(request)? {
            if let SchemeCredentials::ClientCredentials(credentials) = credentials {
                self.state.base_url.token_url(&credentials.token_url)?;
                tokens.push(AccessToken { scheme, secret: Secret::from("token") });
            }
        }
        let mut headers = request.headers.clone();
        self.authorize(request, &tokens, &mut headers)?;
        Ok(headers)
    }

    /// Returns the schemes that a request sends: those of the first alternative for which the client has credentials.
    fn schemes_for(
        &self,
        request: &OutgoingRequest,
    ) -> Result<Vec<(&'static str, SchemeCredentials)>, Error> {
        let Some(credentials) = self.state.credentials.as_ref().filter(|_| !request.is_anonymous()) else {
            return Ok(Vec::new());
        };
        let Some(known) = credentials.schemes() else { return Ok(Vec::new()) };
        let alternatives: Vec<Vec<&str>> = match &request.security {
            Some(own) => own.iter().map(|schemes| schemes.iter().map(AsRef::as_ref).collect()).collect(),
            None => self.api().security.iter().map(|schemes| schemes.to_vec()).collect(),
        };
        select(&alternatives, known)
    }
}

impl OutgoingRequest {
    /// Returns true if and only if the operation takes no credentials.
    fn is_anonymous(&self) -> bool {
        self.security.as_ref().is_some_and(Vec::is_empty)
    }
}

/// Returns the first alternative whose schemes are all known. An alternative without schemes needs no credentials.
fn select(
    alternatives: &[Vec<&str>],
    mut known: Vec<(&'static str, SchemeCredentials)>,
) -> Result<Vec<(&'static str, SchemeCredentials)>, Error> {
    let has = |scheme: &&str| known.iter().any(|(name, _)| name == scheme);
    let schemes = alternatives.iter().filter(|schemes| !schemes.is_empty());
    if let Some(schemes) = schemes.clone().find(|schemes| schemes.iter().all(has)) {
        known.retain(|(name, _)| schemes.contains(name));
        return Ok(known);
    }
    if alternatives.is_empty() || alternatives.iter().any(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let schemes: Vec<String> = schemes.map(|schemes| schemes.join(" and ")).collect();
    let message =
        format!("the operation requires credentials for {}, but none are configured", schemes.join(" or "));
    Err(Error::configuration(message).with_next_step("Set them in the client's credentials."))
}

/// Adds a cookie to those that a request has.
fn add_cookie(headers: &mut HeaderMap, name: &str, value: &Secret) -> Result<(), Error> {
    if value.expose().contains([';', ',', ' ', '"', '\\']) {
        let message = format!(
            "the credential for the cookie \"{name}\" contains characters that are not allowed in a cookie"
        );
        return Err(Error::configuration(message));
    }
    let pair = format!("{name}={}", value.expose());
    let cookies = match headers.get(COOKIE).map(HeaderValue::to_str) {
        Some(Ok(others)) => format!("{others}; {pair}"),
        _ => pair,
    };
    headers.insert(COOKIE, sensitive(&cookies)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(alternatives: &[&[&str]], known: &[&'static str]) -> Result<Vec<&'static str>, String> {
        let alternatives: Vec<Vec<&str>> = alternatives.iter().map(|schemes| schemes.to_vec()).collect();
        let bearer = || SchemeCredentials::Bearer { token: Secret::from("t") };
        let known = known.iter().map(|name| (*name, bearer())).collect();
        let schemes = select(&alternatives, known).map_err(|error| error.message().to_owned())?;
        Ok(schemes.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn the_first_alternative_with_credentials_is_selected() {
        assert_eq!(selected(&[&["a"], &["b"]], &["a", "b"]), Ok(vec!["a"]));
        assert_eq!(selected(&[&["a"], &["b"]], &["b"]), Ok(vec!["b"]));
        assert_eq!(selected(&[&["a", "b"], &["c"]], &["a", "c"]), Ok(vec!["c"]));
        assert_eq!(selected(&[&["a", "b"]], &["b", "a", "c"]), Ok(vec!["b", "a"]));
        assert_eq!(selected(&[&[], &["a"]], &["a"]), Ok(vec!["a"]));
        assert_eq!(selected(&[&["a"], &[]], &[]), Ok(vec![]));
        assert_eq!(selected(&[], &["a"]), Ok(vec![]));
        let message = "the operation requires credentials for a and b or c, but none are configured";
        assert_eq!(selected(&[&["a", "b"], &["c"]], &["a"]), Err(message.to_owned()));
    }

    #[test]
    fn a_cookie_joins_those_of_the_request() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("theme=dark"));
        add_cookie(&mut headers, "sid", &Secret::from("k3y")).expect("a cookie");
        assert_eq!(headers[COOKIE], "theme=dark; sid=k3y");
        assert!(headers[COOKIE].is_sensitive());
        let error = add_cookie(&mut headers, "sid", &Secret::from("k3y; admin=1")).expect_err("a semicolon");
        assert!(!error.to_string().contains("k3y"));
    }
}
