//! Validates the URL of the signing key that a callback names.
//!
//! The URL comes from a body that is not verified yet. So it is only parsed, and the URL that is requested is built from the
//! validated parts: a host of the account, the account's own company, and an ID. Otherwise any company on the same host
//! could sign callbacks for any other company with its own key.

use url::Url;

/// Maximum length of an ID or codebase. The API uses GUIDs of 36 characters and words such as `v4_6_release`.
const MAX_PART_LENGTH: usize = 64;

/// The domain of ConnectWise's cloud, and the prefix of its API hosts.
const CLOUD_DOMAIN: &str = ".myconnectwise.net";
const API_PREFIX: &str = "api-";

/// The hosts and the company of an account's signing keys.
#[derive(Clone, Debug)]
pub struct KeyUrlPolicy {
    hosts: Vec<Url>,
    company: String,
}

impl KeyUrlPolicy {
    /// Allows the host of `base_url`, and `more` hosts over HTTPS. An account on `api-na.myconnectwise.net` also has its keys
    /// on `na.myconnectwise.net`; other regions work the same way.
    ///
    /// # Errors
    /// Returns a message that names the invalid host.
    pub fn new(base_url: &str, company: &str, more: &[String]) -> Result<Self, String> {
        let root = |text: &str, url: &str| {
            let url = Url::parse(url).ok().filter(|url| url.has_host());
            let mut url = url.ok_or_else(|| format!("invalid key host \"{text}\""))?;
            url.set_path("/");
            url.set_query(None);
            url.set_fragment(None);
            Ok::<Url, String>(url)
        };
        let mut hosts = vec![root(base_url, base_url)?];
        if let Some(host) = hosts[0].host_str().and_then(cloud_host).filter(|_| hosts[0].scheme() == "https")
        {
            hosts.push(root(base_url, &format!("https://{host}"))?);
        }
        for host in more {
            let url = root(host, &format!("https://{host}"))?;
            let bare = url.port().map_or_else(
                || url.host_str().unwrap_or_default().to_owned(),
                |port| format!("{}:{port}", url.host_str().unwrap_or_default()),
            );
            if !bare.eq_ignore_ascii_case(host) {
                return Err(format!("expected a host name such as na.myconnectwise.net, got \"{host}\""));
            }
            hosts.push(url);
        }
        Ok(Self { hosts, company: company.to_owned() })
    }

    /// Returns the host of the account's API.
    pub fn own(&self) -> &Url {
        &self.hosts[0]
    }

    /// Returns the URL to request, if `key_url` is one of the account's.
    ///
    /// # Errors
    /// Returns the reason otherwise. It contains no part of the URL, which is untrusted.
    pub fn check(&self, key_url: &str) -> Result<Url, &'static str> {
        let given = Url::parse(key_url).map_err(|_| "the key URL is invalid")?;
        let host = self.hosts.iter().find(|host| host.origin() == given.origin());
        let host = host.ok_or("the host of the key URL is not one of the account")?;
        if !given.username().is_empty() || given.password().is_some() {
            return Err("the key URL contains credentials");
        }
        let segments: Vec<&str> = given.path_segments().into_iter().flatten().collect();
        // Live tenants write two slashes after the codebase, the documentation one.
        let (codebase, slashes) = match segments[..] {
            [codebase, "system", "callbackkey", "index.rails"] => (codebase, "/"),
            [codebase, "", "system", "callbackkey", "index.rails"] => (codebase, "//"),
            _ => return Err("the key URL does not have the documented form"),
        };
        if !is_plain(codebase, "_.-") {
            return Err("the key URL does not have the documented form");
        }
        let parameter = |name: &str| {
            let mut values = given.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value);
            values.next().filter(|_| values.next().is_none())
        };
        let (Some(company), Some(id)) = (parameter("companyName"), parameter("id")) else {
            return Err("the key URL lacks a company or an ID");
        };
        if !company.eq_ignore_ascii_case(&self.company) {
            return Err("the key URL names another company");
        }
        if !is_plain(&id, "-{}") {
            return Err("the key URL has an invalid ID");
        }
        let mut url = host.clone();
        url.set_path(&format!("/{codebase}{slashes}system/callbackkey/index.rails"));
        url.query_pairs_mut().append_pair("companyName", &self.company).append_pair("id", &id);
        Ok(url)
    }
}

/// Returns the key host of an account whose API is on this host of ConnectWise's cloud.
fn cloud_host(api_host: &str) -> Option<&str> {
    let host = api_host.strip_prefix(API_PREFIX)?;
    let region = host.strip_suffix(CLOUD_DOMAIN)?;
    is_plain(region, "").then_some(host)
}

/// Returns true if and only if the text is short and consists of letters, digits and `signs`.
fn is_plain(text: &str, signs: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_PART_LENGTH
        && text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(base: &str, more: &[&str]) -> KeyUrlPolicy {
        let more: Vec<String> = more.iter().map(|host| (*host).to_owned()).collect();
        KeyUrlPolicy::new(base, "acme & co", &more).unwrap()
    }

    #[test]
    fn documented_key_url_is_requested() {
        let place = place("https://psa.example.com/v4_6_release/apis/3.0", &["na.example.net"]);
        for (given, asked) in [
            (
                "https://psa.example.com/v4_6_release/system/callbackkey/index.rails?companyName=ACME+%26+co&id=7f-1",
                "https://psa.example.com/v4_6_release/system/callbackkey/index.rails?companyName=acme+%26+co&id=7f-1",
            ),
            (
                "https://NA.example.net:443/v2025_1/system/callbackkey/index.rails?id=%7B7f%7D&companyName=acme%20%26%20co&x=y#z",
                "https://na.example.net/v2025_1/system/callbackkey/index.rails?companyName=acme+%26+co&id=%7B7f%7D",
            ),
        ] {
            assert_eq!(place.check(given).unwrap().as_str(), asked);
        }
        assert_eq!(place.own().as_str(), "https://psa.example.com/");
    }

    #[test]
    fn key_url_with_two_slashes_is_requested_unchanged() {
        // Source: callbacks recorded from a live tenant in June 2026 (tests/it/webhooks/fixtures/key_urls.json).
        let recorded: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/it/webhooks/fixtures/key_urls.json")).unwrap();
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
    fn foreign_addresses_are_not() {
        let place = place("https://psa.example.com:8443/v4_6_release/apis/3.0", &[]);
        let tail = "/v4_6_release/system/callbackkey/index.rails?companyName=acme%20%26%20co&id=7f";
        assert!(place.check(&format!("https://psa.example.com:8443{tail}")).is_ok());
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
            assert!(place.check(&format!("{start}{tail}")).is_err(), "{start}");
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
            assert!(place.check(&format!("{own}{tail}")).is_err(), "{tail}");
        }
        let long = "a".repeat(MAX_PART_LENGTH + 1);
        let query = format!("companyName=acme%20%26%20co&id={long}");
        assert!(place.check(&format!("{own}v/system/callbackkey/index.rails?{query}")).is_err());
    }

    #[test]
    fn plain_http_key_url_requires_a_plain_http_account() {
        let place = place("http://127.0.0.1:9090/v4_6_release/apis/3.0", &[]);
        let tail = "/v4_6_release/system/callbackkey/index.rails?companyName=acme%20%26%20co&id=7f";
        assert!(place.check(&format!("http://127.0.0.1:9090{tail}")).is_ok());
        assert!(place.check(&format!("https://127.0.0.1:9090{tail}")).is_err());
        assert!(place.check(&format!("http://127.0.0.1:9091{tail}")).is_err());
    }

    #[test]
    fn further_hosts_are_hosts() {
        for host in ["", "http://na.example.net", "na.example.net/x", "user@na.example.net", "a b"] {
            let hosts = [host.to_owned()];
            assert!(KeyUrlPolicy::new("https://psa.example.com", "acme", &hosts).is_err(), "{host}");
        }
        assert!(KeyUrlPolicy::new("nowhere", "acme", &[]).is_err());
    }
}
