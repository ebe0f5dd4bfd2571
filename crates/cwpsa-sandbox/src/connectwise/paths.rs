//! The paths that a ConnectWise server responds to: the API below its base path, company information from the login
//! server, and the signing keys for callbacks.

use serde_json::{Value, json};

/// The API's base path in links and examples. Any other codebase works too.
pub(crate) const BASE_PATH: &str = "/v4_6_release/apis/3.0";
/// The path of callback signing keys as the API writes it, with an extra slash after the codebase.
pub(crate) const CALLBACK_KEY_PATH: &str = "/v2025_1//system/callbackkey/index.rails";
/// The same path, below the codebase.
const CALLBACK_KEY_PAGE: &str = "system/callbackkey/index.rails";
/// The path of the API's callback collection.
pub(crate) const CALLBACKS: &str = "/system/callbacks";

/// The codebase in a company's information. Clients put it between the host and `apis/3.0`.
const CODEBASE: &str = "v2025_1/";

/// Returns the login server's information about a company.
pub(crate) fn company_info(company: &str, host: &str) -> Value {
    json!({
        "CompanyName": company,
        "Codebase": CODEBASE,
        "VersionCode": "v2025.1",
        "VersionNumber": "v4.6.2025.1",
        "CompanyID": company,
        "IsCloud": false,
        "SiteUrl": host,
    })
}

/// The target of a path on a ConnectWise server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ServerPath<'a> {
    /// The API: its base path, and the path below it.
    Api { base: &'a str, path: &'a str },
    /// The login server's information about a company.
    CompanyInfo { company: &'a str },
    /// A callback signing key.
    CallbackKey,
    /// Any other path.
    Unknown,
}

impl<'a> ServerPath<'a> {
    /// Parses a path. Like the API, it ignores the case of codebases and fixed segments.
    pub(crate) fn parse(path: &'a str) -> Self {
        let mut segments = path.splitn(5, '/').skip(1);
        let (first, second, third) = (segments.next(), segments.next(), segments.next());
        let (Some(first), Some(second), Some(third)) = (first, second, third) else { return Self::Unknown };
        let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
        if is(first, "login") && is(second, "companyinfo") && !third.is_empty() && segments.next().is_none() {
            return Self::CompanyInfo { company: third };
        }
        if !is_codebase(first) {
            return Self::Unknown;
        }
        if is(second, "apis") && third == "3.0" {
            let (base, below) = path.split_at(first.len() + second.len() + third.len() + 3);
            // Links returned by the API itself have two slashes after its base path.
            let slashes = below.len() - below.trim_start_matches('/').len();
            return Self::Api { base, path: &below[slashes.saturating_sub(1)..] };
        }
        let below = &path[first.len() + 2..];
        if is(below.strip_prefix('/').unwrap_or(below), CALLBACK_KEY_PAGE) {
            return Self::CallbackKey;
        }
        Self::Unknown
    }
}

/// Returns true if a segment is a codebase: `v4_6_release`, `v2025_1`.
fn is_codebase(segment: &str) -> bool {
    let rest = segment.strip_prefix(['v', 'V']).unwrap_or_default();
    rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_parsed() {
        let api = |base, path| ServerPath::Api { base, path };
        for (path, expected) in [
            ("/v4_6_release/apis/3.0/service/tickets", api("/v4_6_release/apis/3.0", "/service/tickets")),
            ("/v2025_1/apis/3.0//company/companies/1", api("/v2025_1/apis/3.0", "/company/companies/1")),
            ("/V2025_1/APIs/3.0", api("/V2025_1/APIs/3.0", "")),
            ("/login/companyinfo/acme", ServerPath::CompanyInfo { company: "acme" }),
            ("/v4_6_release/system/callbackkey/index.rails", ServerPath::CallbackKey),
            ("/v2025_1//system/callbackkey/index.rails", ServerPath::CallbackKey),
            ("/v2025_1///system/callbackkey/index.rails", ServerPath::Unknown),
            ("/v2025_1//system/callbackkey/index.rails/x", ServerPath::Unknown),
            ("/_sandbox/faults", ServerPath::Unknown),
            ("/v4_6_release/apis/3.1/x", ServerPath::Unknown),
            ("/other/apis/3.0/x", ServerPath::Unknown),
            ("/login/companyinfo/acme/x", ServerPath::Unknown),
            ("/login/companyinfo/", ServerPath::Unknown),
            ("/service/tickets", ServerPath::Unknown),
            ("/", ServerPath::Unknown),
        ] {
            assert_eq!(ServerPath::parse(path), expected, "{path}");
        }
    }
}
