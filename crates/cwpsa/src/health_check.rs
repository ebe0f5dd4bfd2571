//! Whether an account can be used: a request that any credentials may make, and what to do where it fails.

use connectwise_psa::runtime::{Client, Error, ErrorKind, Method, Request, Response, Value};

/// What is asked for: the version of the server, which every API member may read.
pub const PATH: &str = "/system/info";

/// What to do about an address that answers, but not as the API.
const BASE_URL: &str = "Check the base URL: it must end in /v4_6_release/apis/3.0, e.g. https://api-na.myconnectwise.net/v4_6_release/apis/3.0.";

/// Asks the API for its version.
///
/// # Errors
/// What the server and the way to it give; see [`advice`].
pub async fn ask(client: &Client) -> Result<Response<Value>, Error> {
    client.send_full(&Request::new(Method::Get, PATH)).await
}

/// Adds to an error what the base URL must be, if the server has no API at the one that is set.
#[must_use]
pub fn explain_base_url(error: Error) -> Error {
    let is_page = error.kind() == ErrorKind::NotFound && error.code().is_none();
    if is_page { error.with_next_step(BASE_URL) } else { error }
}

/// Which check an error fails, and what to do.
pub fn advice(error: &Error) -> (&'static str, &'static str) {
    match error.kind() {
        ErrorKind::Unauthorized => (
            "credentials",
            "Check company id, public and private key: System > Members > API Members > API Keys. A private key is shown once; make a new pair if in doubt.",
        ),
        ErrorKind::Forbidden => (
            "credentials",
            "The client id is missing or unknown, or the API member's security role is too narrow: check CWPSA_CLIENT_ID at developer.connectwise.com, then the role.",
        ),
        ErrorKind::NotFound => (
            "reachable",
            "The address answers but has no such path: it must end in /v4_6_release/apis/3.0. On the cloud, wrong credentials look like this too.",
        ),
        ErrorKind::NotJson => (
            "reachable",
            "Something else answers at this address: a login page or a proxy. Use the api- host.",
        ),
        ErrorKind::RateLimited => {
            ("reachable", "The account's budget of requests is used up; wait and try again.")
        }
        ErrorKind::Unreachable | ErrorKind::Timeout => {
            ("reachable", "Check the address, the network, and whether a proxy or firewall stands between.")
        }
        ErrorKind::Configuration => ("settings", "Correct the address: https://host/v4_6_release/apis/3.0."),
        _ => ("reachable", "The server failed; try again later, and quote the request id to its support."),
    }
}
