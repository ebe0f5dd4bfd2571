//! Checks an account with a request that any valid credentials may make, and gives advice on fixing failures.

use connectwise_psa::runtime::{Client, Error, ErrorKind, Method, Request, Response, Value};

/// The path of the request. It returns the server's version, which every API member may read.
pub const PATH: &str = "/system/info";

/// Advice for a base URL with a server but without the API.
const BASE_URL: &str = "Check the base URL: it must end in /v4_6_release/apis/3.0, for example https://api-na.myconnectwise.net/v4_6_release/apis/3.0.";

/// Fetches the server's version.
///
/// # Errors
/// Returns the request's error; see [`diagnose`].
pub async fn fetch_version(client: &Client) -> Result<Response<Value>, Error> {
    client.send_full(&Request::new(Method::Get, PATH)).await
}

/// Adds the expected form of a base URL to an error, if there is no API at the configured one.
#[must_use]
pub fn explain_base_url(error: Error) -> Error {
    let is_page = error.kind() == ErrorKind::NotFound && error.code().is_none();
    if is_page { error.with_next_step(BASE_URL) } else { error }
}

/// Returns the check that failed with this error, and advice for fixing it.
pub fn diagnose(error: &Error) -> (&'static str, &'static str) {
    match error.kind() {
        ErrorKind::Unauthorized => (
            "credentials",
            "Check the company ID, public key and private key under System > Members > API Members > API Keys. A private key is shown only once; create a new key if in doubt.",
        ),
        ErrorKind::Forbidden => (
            "credentials",
            "The client ID is missing or unknown, or the security role of the API member lacks permissions. Check CWPSA_CLIENT_ID at developer.connectwise.com, then check the role's permissions.",
        ),
        ErrorKind::NotFound => (
            "reachable",
            "The server responds but has no API at this path. The base URL must end in /v4_6_release/apis/3.0. The ConnectWise cloud also returns this for invalid credentials.",
        ),
        ErrorKind::NotJson => (
            "reachable",
            "This address serves something other than the API, such as a login page or a proxy. Use the host that starts with api-.",
        ),
        ErrorKind::RateLimited => ("reachable", "The account's rate limit is exhausted. Wait and retry."),
        ErrorKind::Unreachable | ErrorKind::Timeout => (
            "reachable",
            "Check the base URL, the network, and whether a proxy or firewall blocks the connection.",
        ),
        ErrorKind::Configuration => ("settings", "Correct the base URL: https://host/v4_6_release/apis/3.0."),
        _ => {
            ("reachable", "The server failed. Retry later, or report the request ID to ConnectWise support.")
        }
    }
}
