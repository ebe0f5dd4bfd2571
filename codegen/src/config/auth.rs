//! Profile settings for authentication.

use indexmap::IndexMap;
use serde::Deserialize;

/// How calls are authenticated; the generated crate gets a `Credentials` struct with these fields.
///
/// `scheme`, `headers` and `query` are sent with every operation, except with one that the document declares to need
/// nothing. `schemes` are sent with the operations that declare them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The scheme of the `Authorization` header.
    #[serde(default, with = "serde_yaml::with::singleton_map")]
    pub scheme: AuthScheme,
    /// The values that the user supplies, in order.
    pub fields: IndexMap<String, AuthField>,
    /// Additional headers, as templates over the fields.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// Query parameters, as templates over the fields. They are sent but never shown.
    #[serde(default)]
    pub query: IndexMap<String, String>,
    /// The security schemes of the document, by name.
    #[serde(default, with = "serde_yaml::with::singleton_map_recursive")]
    pub schemes: IndexMap<String, SecuritySchemeConfig>,
}

/// The scheme of the `Authorization` header, as templates over the fields (`{public_key}`).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AuthScheme {
    /// HTTP Basic.
    Basic {
        /// The user name template.
        user: String,
        /// The password template.
        password: String,
    },
    /// `Bearer <token>`.
    Bearer {
        /// The token template.
        token: String,
    },
    /// Only the `headers` of [`Auth`].
    #[default]
    None,
}

/// What a security scheme sends, as templates over the fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SecuritySchemeConfig {
    /// HTTP Basic.
    Basic {
        /// Template of the user name.
        user: String,
        /// Template of the password.
        password: String,
    },
    /// `Bearer <token>`.
    Bearer {
        /// Template of the token.
        token: String,
    },
    /// A header.
    Header {
        /// The header.
        name: String,
        /// Template of its value.
        value: String,
    },
    /// A query parameter.
    Query {
        /// The parameter.
        name: String,
        /// Template of its value.
        value: String,
    },
    /// A cookie.
    Cookie {
        /// The cookie.
        name: String,
        /// Template of its value.
        value: String,
    },
    /// An access token of OAuth 2.0, requested with the credentials of a client.
    ClientCredentials {
        /// Template of the URL of the token endpoint.
        token_url: String,
        /// Template of the client ID.
        client_id: String,
        /// Template of the client secret.
        client_secret: String,
        /// Template of the scopes, separated by spaces.
        #[serde(default)]
        scope: String,
        /// Further parameters of the token request, as templates.
        #[serde(default)]
        parameters: IndexMap<String, String>,
        /// Where the client's credentials are sent.
        #[serde(default)]
        placement: SecretPlacement,
    },
}

/// The part of a token request that has the client's credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlacement {
    /// The header of HTTP Basic authentication.
    #[default]
    Header,
    /// The body.
    Body,
}

impl SecuritySchemeConfig {
    /// All templates.
    pub fn templates(&self) -> Vec<&str> {
        match self {
            Self::Basic { user, password } => vec![user, password],
            Self::Bearer { token } => vec![token],
            Self::Header { value, .. } | Self::Query { value, .. } | Self::Cookie { value, .. } => {
                vec![value]
            }
            Self::ClientCredentials { token_url, client_id, client_secret, scope, parameters, .. } => {
                let own = [token_url, client_id, client_secret, scope];
                own.into_iter().chain(parameters.values()).map(String::as_str).collect()
            }
        }
    }
}

/// One thing that the person supplies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthField {
    /// What the value is and where to find it.
    pub description: String,
    /// True if the value must never be shown.
    #[serde(default)]
    pub secret: bool,
    /// True if a scheme is sent without it too.
    #[serde(default)]
    pub optional: bool,
    /// The value of the field in `Credentials::default()`.
    #[serde(default)]
    pub default: Option<String>,
}
