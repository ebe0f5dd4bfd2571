//! Authentication settings.

use indexmap::IndexMap;
use serde::Deserialize;

/// How calls are authenticated; the generated crate gets a `Credentials` struct with these fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The scheme of the `Authorization` header.
    #[serde(with = "serde_yaml::with::singleton_map")]
    pub scheme: AuthScheme,
    /// What the person supplies, in order.
    pub fields: IndexMap<String, AuthField>,
    /// Further headers, as templates over the fields.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// Query parameters, as templates over the fields. They are sent and shown nowhere.
    #[serde(default)]
    pub query: IndexMap<String, String>,
}

/// The scheme of the `Authorization` header, as templates over the fields (`{public_key}`).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AuthScheme {
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
    /// Only the `headers` of [`Auth`].
    None,
}

/// One thing that the person supplies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthField {
    /// What it is and where to find it.
    pub description: String,
    /// Never shown.
    #[serde(default)]
    pub secret: bool,
}
