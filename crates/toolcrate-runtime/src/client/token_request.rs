//! Requests access tokens with a client's credentials.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use toolcrate_catalog::Method;
use url::Url;

use super::access_tokens::IssuedToken;
use super::attempt::{failed, redirect_target, transport_request};
use super::handle::Client;
use super::span::RequestSpan;
use crate::credentials::basic;
use crate::error::{Error, ErrorKind};
use crate::form_fields;
use crate::path::encode;
use crate::query_pairs::QueryPairs;
use crate::rate_limit::RateLimit;
use crate::scheme_credentials::{ClientCredentials, ClientSecretPlacement};
use crate::secret::Secret;
use crate::text::bounded;

/// Maximum number of characters of server text that is passed on.
const MAX_CHARACTERS: usize = 300;

impl Client {
    /// Requests an access token.
    pub(super) async fn request_token(&self, credentials: &ClientCredentials) -> Result<IssuedToken, Error> {
        let url = self.state.base_url.token_url(&credentials.token_url)?;
        let request = self.token_request(credentials, &url)?;
        let span = RequestSpan::new(Method::Post, url.path(), &url, 0);
        let response = span.record(self.state.transport.send(request)).await;
        let response = response.map_err(|error| failed(error, false).for_token())?;
        let status = response.status().as_u16();
        if (200..300).contains(&status) {
            return read_token(response.body());
        }
        Err(refused(&url, status, response.headers(), response.body(), &credentials.client_secret))
    }

    fn token_request(
        &self,
        credentials: &ClientCredentials,
        url: &Url,
    ) -> Result<http::Request<Bytes>, Error> {
        let mut form = QueryPairs::new();
        form.push("grant_type", "client_credentials");
        if !credentials.scope.trim().is_empty() {
            form.push("scope", credentials.scope.trim());
        }
        for (name, value) in &credentials.parameters {
            form.push(*name, value.expose());
        }
        let mut headers = HeaderMap::new();
        match credentials.placement {
            ClientSecretPlacement::Header => {
                let secret = Secret::from(encode(credentials.client_secret.expose()).to_string());
                headers.insert(AUTHORIZATION, basic(&encode(&credentials.client_id).to_string(), &secret)?);
            }
            ClientSecretPlacement::Body => {
                form.push("client_id", credentials.client_id.as_str());
                form.push("client_secret", credentials.client_secret.expose());
            }
        }
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(form_fields::MEDIA_TYPE));
        if let Some(agent) = &self.state.user_agent {
            headers.insert(USER_AGENT, agent.clone());
        }
        let template = url.path().to_owned().into();
        transport_request(Method::Post, url, template, headers, Bytes::from(form.encoded()))
            .map_err(Error::for_token)
    }
}

/// Reads the response of a token endpoint.
fn read_token(body: &[u8]) -> Result<IssuedToken, Error> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(token) = value["access_token"].as_str().filter(|token| !token.is_empty()) else {
        let message = "expected a JSON object with an access_token from the token endpoint";
        return Err(Error::new(ErrorKind::Decode, message).with_next_step("Check the token URL."));
    };
    // Some servers write the number as text.
    let seconds = match &value["expires_in"] {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let lifetime = seconds.and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok());
    Ok(IssuedToken { secret: Secret::from(token), lifetime })
}

/// Returns the error of a token endpoint that returned no token.
fn refused(url: &Url, status: u16, headers: &HeaderMap, body: &[u8], secret: &Secret) -> Error {
    if let Some(target) = redirect_target(url, status, headers) {
        let message = format!("the token endpoint redirects to {target}");
        return Error::configuration(message)
            .with_status(status)
            .with_next_step("If that is the correct endpoint, use its URL as the token URL.");
    }
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| value[name].as_str().map(|text| shown(text, secret));
    let reason = match (text("error"), text("error_description")) {
        (Some(error), Some(description)) => format!(": {error} ({description})"),
        (Some(error), None) => format!(": {error}"),
        (None, _) => String::new(),
    };
    let (kind, message) = match status {
        429 => (ErrorKind::RateLimited, format!("the token endpoint's rate limit is exhausted{reason}")),
        400..=499 => (ErrorKind::Unauthorized, format!("the token endpoint returned no token{reason}")),
        _ => (ErrorKind::Server, format!("the token endpoint failed{reason}")),
    };
    let error = Error::new(kind, message)
        .with_status(status)
        .with_rate_limit(RateLimit::from_headers(status, headers));
    match kind {
        ErrorKind::Unauthorized => {
            error.with_next_step("Check the client ID, the client secret, the scopes and the token URL.")
        }
        _ => error,
    }
}

/// Returns server text for an error message: in one line, limited, and without the secret.
fn shown(text: &str, secret: &Secret) -> String {
    let text = if secret.is_empty() { text.to_owned() } else { text.replace(secret.expose(), "***") };
    bounded(&text.split_whitespace().collect::<Vec<_>>().join(" "), MAX_CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_read_in_any_form() {
        let lifetime = |text: &str| {
            let body = format!(r#"{{"access_token": "t", "expires_in": {text}}}"#);
            read_token(body.as_bytes()).expect("a token").lifetime
        };
        assert_eq!(lifetime("3600"), Some(Duration::from_secs(3600)));
        assert_eq!(lifetime("\"300\""), Some(Duration::from_secs(300)));
        for unknown in ["null", "-1", "1e300", "\"soon\""] {
            assert_eq!(lifetime(unknown), None, "{unknown}");
        }
        for body in ["", "[]", r#"{"access_token": ""}"#, r#"{"access_token": 5}"#, "<html>"] {
            assert_eq!(read_token(body.as_bytes()).err().map(|error| error.kind()), Some(ErrorKind::Decode));
        }
    }

    #[test]
    fn a_refusal_names_the_reason_and_no_secret() {
        let url = Url::parse("https://id.example/token").expect("a URL");
        let secret = Secret::from("s3cret");
        let body = br#"{"error": "invalid_client", "error_description": "no client\r\nwith s3cret"}"#;
        let error = refused(&url, 401, &HeaderMap::new(), body, &secret);
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert_eq!(
            error.message(),
            "the token endpoint returned no token: invalid_client (no client with ***)"
        );
        let error = refused(&url, 503, &HeaderMap::new(), b"<html>busy</html>", &secret);
        assert_eq!((error.kind(), error.message()), (ErrorKind::Server, "the token endpoint failed"));
        let mut headers = HeaderMap::new();
        headers.insert("location", HeaderValue::from_static("https://other.example/token?key=1"));
        let error = refused(&url, 307, &headers, b"", &secret);
        assert_eq!(error.message(), "the token endpoint redirects to https://other.example");
    }
}
