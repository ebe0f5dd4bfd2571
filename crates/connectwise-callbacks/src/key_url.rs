//! Validates the URL of the signing key that a callback refers to.
//!
//! The body that contains this URL isn't verified yet, so the URL is only parsed. The URL that is actually requested is
//! built from validated parts: one of the account's hosts, the account's own company, and a key ID. Otherwise, any
//! company on the same host could use its own key to sign callbacks for other companies.

use url::Url;

use crate::setup_error::CallbackSetupError;

/// Maximum length of an ID or codebase. The API uses GUIDs of 36 characters and words such as `v4_6_release`.
const MAX_PART_LENGTH: usize = 64;

/// The production and staging domains of ConnectWise's cloud.
const CLOUD_DOMAINS: [&str; 2] = [".myconnectwise.net", ".connectwisedev.com"];
/// The prefix of the cloud's API hosts.
const API_PREFIX: &str = "api-";

/// The reason why a key URL was rejected. It contains no part of the URL, which is untrusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyUrlError {
    /// The URL can't be parsed.
    #[error("the key URL is invalid")]
    Syntax,
    /// The scheme, host or port doesn't belong to the account.
    #[error("the key URL's host doesn't belong to the account")]
    Host,
    /// The URL contains a user name or password.
    #[error("the key URL contains credentials")]
    Credentials,
    /// The path isn't a signing key path.
    #[error("the key URL doesn't match the documented format")]
    Path,
    /// The query doesn't have exactly one company and one ID.
    #[error("the key URL lacks a company or an ID")]
    Query,
    /// The key belongs to another company on the same host.
    #[error("the key URL is for a different company")]
    Company,
    /// The ID contains unexpected characters.
    #[error("the key URL has an invalid ID")]
    Id,
}

/// The hosts and company that an account's signing keys may come from.
#[derive(Clone, Debug)]
pub(crate) struct KeyUrlPolicy {
    hosts: Vec<Url>,
    company: String,
}

impl KeyUrlPolicy {
    /// Allows the host of `base_url`, and the `more` hosts over HTTPS. The keys of an account on
    /// `api-na.myconnectwise.net` are also on `na.myconnectwise.net`, and vice versa; other regions work the same way.
    ///
    /// # Errors
    /// Returns an error if `base_url` or a host is invalid.
    pub(crate) fn new(base_url: &str, company: &str, more: &[String]) -> Result<Self, CallbackSetupError> {
        let main = root(base_url).filter(|url| matches!(url.scheme(), "https" | "http"));
        let main = main.ok_or(CallbackSetupError::BaseUrl)?;
        let cloud_host = main.host_str().and_then(other_cloud_host).filter(|_| main.scheme() == "https");
        let cloud_host = cloud_host.and_then(|host| root(&format!("https://{host}")));
        let mut hosts: Vec<Url> = [Some(main), cloud_host].into_iter().flatten().collect();
        for host in more {
            let url = root(&format!("https://{host}")).filter(|url| is_host_name(host, url));
            hosts.push(url.ok_or_else(|| CallbackSetupError::KeyHost(host.clone()))?);
        }
        Ok(Self { hosts, company: company.to_owned() })
    }

    /// Returns the account's API host.
    pub(crate) fn main_host(&self) -> &Url {
        &self.hosts[0]
    }

    /// Returns the URL to request if `key_url` belongs to the account.
    ///
    /// # Errors
    /// Otherwise, returns the reason.
    pub(crate) fn check(&self, key_url: &str) -> Result<Url, KeyUrlError> {
        let given = Url::parse(key_url).map_err(|_| KeyUrlError::Syntax)?;
        let host = self.hosts.iter().find(|host| host.origin() == given.origin()).ok_or(KeyUrlError::Host)?;
        if !given.username().is_empty() || given.password().is_some() {
            return Err(KeyUrlError::Credentials);
        }
        let segments: Vec<&str> = given.path_segments().into_iter().flatten().collect();
        // Live tenants use two slashes after the codebase; the documentation uses one.
        let (codebase, slashes) = match segments[..] {
            [codebase, "system", "callbackkey", "index.rails"] => (codebase, "/"),
            [codebase, "", "system", "callbackkey", "index.rails"] => (codebase, "//"),
            _ => return Err(KeyUrlError::Path),
        };
        if !is_plain(codebase, "_.-") {
            return Err(KeyUrlError::Path);
        }
        let parameter = |name: &str| {
            let mut values = given.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value);
            values.next().filter(|_| values.next().is_none())
        };
        let (Some(company), Some(id)) = (parameter("companyName"), parameter("id")) else {
            return Err(KeyUrlError::Query);
        };
        if !company.eq_ignore_ascii_case(&self.company) {
            return Err(KeyUrlError::Company);
        }
        if !is_plain(&id, "-{}") {
            return Err(KeyUrlError::Id);
        }
        let mut url = host.clone();
        url.set_path(&format!("/{codebase}{slashes}system/callbackkey/index.rails"));
        url.query_pairs_mut().append_pair("companyName", &self.company).append_pair("id", &id);
        Ok(url)
    }
}

/// Returns the URL without credentials, path and query.
fn root(url: &str) -> Option<Url> {
    let mut url = Url::parse(url).ok().filter(Url::has_host)?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// Returns true if and only if `host` is exactly the URL's host, with or without the port.
fn is_host_name(host: &str, url: &Url) -> bool {
    let name = url.host_str().unwrap_or_default();
    let bare = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
    bare.eq_ignore_ascii_case(host)
}

/// Returns a cloud region's other host: the one with the API prefix, or the one without it.
fn other_cloud_host(host: &str) -> Option<String> {
    let name = host.strip_prefix(API_PREFIX).unwrap_or(host);
    let region = CLOUD_DOMAINS.iter().find_map(|domain| name.strip_suffix(domain))?;
    is_plain(region, "").then(|| if name == host { format!("{API_PREFIX}{host}") } else { name.to_owned() })
}

/// Returns true if and only if `text` is short and consists only of letters, digits and `signs`.
fn is_plain(text: &str, signs: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_PART_LENGTH
        && text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(base: &str, more: &[&str]) -> KeyUrlPolicy {
        let more: Vec<String> = more.iter().map(|host| (*host).to_owned()).collect();
        KeyUrlPolicy::new(base, "acme & co", &more).unwrap()
    }

    #[test]
    fn documented_urls_are_requested() {
        let policy = policy("https://psa.example.com/v4_6_release/apis/3.0", &["na.example.net"]);
        for (given, requested) in [
            (
                "https://psa.example.com/v4_6_release/system/callbackkey/index.rails?companyName=ACME+%26+co&id=7f-1",
                "https://psa.example.com/v4_6_release/system/callbackkey/index.rails?companyName=acme+%26+co&id=7f-1",
            ),
            (
                "https://NA.example.net:443/v2025_1/system/callbackkey/index.rails?id=%7B7f%7D&companyName=acme%20%26%20co&x=y#z",
                "https://na.example.net/v2025_1/system/callbackkey/index.rails?companyName=acme+%26+co&id=%7B7f%7D",
            ),
        ] {
            assert_eq!(policy.check(given).unwrap().as_str(), requested);
        }
        assert_eq!(policy.main_host().as_str(), "https://psa.example.com/");
    }

    #[test]
    fn recorded_urls_are_requested_as_given() {
        // Source: callbacks recorded from a live tenant in June 2026 (tests/it/fixtures/key_urls.json).
        let recorded: serde_json::Value =
            serde_json::from_str(include_str!("../tests/it/fixtures/key_urls.json")).unwrap();
        for row in recorded["rows"].as_array().unwrap() {
            let text = |name: &str| row[name].as_str().unwrap();
            let policy = KeyUrlPolicy::new(text("base_url"), "acme", &[]).unwrap();
            let checked = policy.check(text("key_url")).map(|url| url.to_string());
            match row["accepted"].as_bool().unwrap() {
                true => assert_eq!(checked.as_deref(), Ok(text("key_url"))),
                false => assert!(checked.is_err(), "{row}"),
            }
        }
    }

    #[test]
    fn foreign_urls_are_rejected() {
        let policy = policy("https://psa.example.com:8443/v4_6_release/apis/3.0", &[]);
        let tail = "/v4_6_release/system/callbackkey/index.rails?companyName=acme%20%26%20co&id=7f";
        assert!(policy.check(&format!("https://psa.example.com:8443{tail}")).is_ok());
        for start in [
            "http://psa.example.com:8443",
            "https://psa.example.com",
            "https://psa.example.com:8444",
            "https://evil.example:8443",
            "https://psa.example.com.evil.example:8443",
            "https://psa.example.com:8443@evil.example",
            "https://user@psa.example.com:8443",
            "https://evil.example:8443/https://psa.example.com:8443",
            "https://169.254.169.254:8443",
            "file://psa.example.com:8443",
            "psa.example.com:8443",
            "",
        ] {
            assert!(policy.check(&format!("{start}{tail}")).is_err(), "{start}");
        }
        let own = "https://psa.example.com:8443/";
        for tail in [
            "v4_6_release/system/callbackkey/index.rails?companyName=other&id=7f",
            "v4_6_release/system/callbackkey/index.rails?companyName=acme%20%26%20co",
            "v4_6_release/system/callbackkey/index.rails?companyName=acme%20%26%20co&id=",
            "v4_6_release/system/callbackkey/index.rails?companyName=acme%20%26%20co&id=7f&id=8",
            "v4_6_release/system/callbackkey/index.rails?companyName=acme%20%26%20co&companyName=other&id=7f",
            "v4_6_release/system/callbackkey/index.rails?companyName=acme%20%26%20co&id=7f%2F..",
            "v4_6_release/../x/login/redirect?companyName=acme%20%26%20co&id=7f",
            "v4_6_release/system/callbackkey/index.rails/more?companyName=acme%20%26%20co&id=7f",
            "%2e%2e%2f/system/callbackkey/index.rails?companyName=acme%20%26%20co&id=7f",
            "system/callbackkey/index.rails?companyName=acme%20%26%20co&id=7f",
        ] {
            assert!(policy.check(&format!("{own}{tail}")).is_err(), "{tail}");
        }
        let long = "a".repeat(MAX_PART_LENGTH + 1);
        let query = format!("companyName=acme%20%26%20co&id={long}");
        assert!(policy.check(&format!("{own}v/system/callbackkey/index.rails?{query}")).is_err());
    }

    #[test]
    fn plain_http_is_allowed_only_if_the_api_uses_it() {
        let policy = policy("http://127.0.0.1:9090/v4_6_release/apis/3.0", &[]);
        let tail = "/v4_6_release/system/callbackkey/index.rails?companyName=acme%20%26%20co&id=7f";
        assert!(policy.check(&format!("http://127.0.0.1:9090{tail}")).is_ok());
        assert!(policy.check(&format!("https://127.0.0.1:9090{tail}")).is_err());
        assert!(policy.check(&format!("http://127.0.0.1:9091{tail}")).is_err());
    }

    #[test]
    fn other_hosts_must_be_host_names() {
        for host in ["", "http://na.example.net", "na.example.net/x", "user@na.example.net", "a b"] {
            let hosts = [host.to_owned()];
            assert!(KeyUrlPolicy::new("https://psa.example.com", "acme", &hosts).is_err(), "{host}");
        }
        for base_url in ["nowhere", "psa.example.com", "ftp://psa.example.com", "file:///etc"] {
            let error = KeyUrlPolicy::new(base_url, "acme", &[]).unwrap_err();
            assert_eq!(error, CallbackSetupError::BaseUrl, "{base_url}");
        }
    }

    #[test]
    fn credentials_of_the_base_url_are_not_sent() {
        let policy = policy("https://user:secret@psa.example.com/v/apis/3.0", &[]);
        assert_eq!(policy.main_host().as_str(), "https://psa.example.com/");
    }
}
