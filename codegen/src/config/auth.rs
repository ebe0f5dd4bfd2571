//! Authentication settings.

use indexmap::IndexMap;
use serde::Deserialize;

/// Authentication settings. The generated crate gets a `Credentials` struct with these fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The scheme of the `Authorization` header.
    #[serde(with = "serde_yaml::with::singleton_map")]
    pub scheme: AuthScheme,
    /// The values that the user supplies, in order.
    pub fields: IndexMap<String, AuthField>,
    /// Additional headers, as templates over the fields.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// Query parameters, as templates over the fields. They are sent but never shown.
    #[serde(default)]
    pub query: IndexMap<String, String>,
}

/// The scheme of the `Authorization` header, as templates over the fields (`{public_key}`).
#[derive(Clone, Debug, Deserialize)]
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
    None,
}

/// A value that the user supplies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthField {
    /// What the value is and where to find it.
    pub description: String,
    /// True if the value must never be shown.
    #[serde(default)]
    pub secret: bool,
}
