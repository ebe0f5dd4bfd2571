//! The credentials for one of an API's security schemes.

use crate::secret::Secret;

/// The credentials of one security scheme of an API. `Debug` prints no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemeCredentials {
    /// HTTP Basic authentication.
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A bearer token.
    Bearer {
        /// The token.
        token: Secret,
    },
    /// An API key in a header.
    Header {
        /// The name of the header.
        name: &'static str,
        /// Its value.
        value: Secret,
    },
    /// An API key in the query.
    Query {
        /// The name of the parameter.
        name: &'static str,
        /// Its value.
        value: Secret,
    },
    /// An API key in a cookie.
    Cookie {
        /// The name of the cookie.
        name: &'static str,
        /// Its value.
        value: Secret,
    },
    /// OAuth 2.0 client credentials, with which the client requests access tokens.
    ClientCredentials(ClientCredentials),
}

/// OAuth 2.0 client credentials, which a client exchanges for access tokens (RFC 6749, section 4.4).
///
/// A [`Client`](crate::Client) requests a token when a request needs one, and uses it until shortly before it expires. It
/// requests another one if the server refuses the token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientCredentials {
    /// The URL of the token endpoint. A URL without a host is relative to the client's base URL.
    pub token_url: String,
    /// The client ID.
    pub client_id: String,
    /// The client secret.
    pub client_secret: Secret,
    /// The scopes to request, separated by spaces. If empty, the server chooses the scopes.
    pub scope: String,
    /// Further parameters of the token request, such as `audience`.
    pub parameters: Vec<(&'static str, Secret)>,
    /// Where the client's credentials are sent.
    pub placement: ClientSecretPlacement,
}

/// The part of a token request that contains the client's credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientSecretPlacement {
    /// The header of HTTP Basic authentication, which every server must support.
    #[default]
    Header,
    /// The body.
    Body,
}
