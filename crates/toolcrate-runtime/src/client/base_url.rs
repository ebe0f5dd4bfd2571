//! Validates the base URL and builds request URLs. The base URL is validated once, so no request can be sent
//! unencrypted, to another server, or with a password that ends up in a log.

use url::{Host, Url};

use crate::call::Call;
use crate::error::Error;
use crate::path;

/// A validated base URL.
pub(super) struct BaseUrl {
    /// The URL without a trailing slash.
    base: String,
    url: Url,
    allow_plain_http: bool,
}

impl BaseUrl {
    /// Validates a base URL.
    pub(super) fn new(text: &str, allow_plain_http: bool) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::configuration(format!("the base URL {reason}"));
        let text = text.trim();
        if text.is_empty() {
            return Err(wrong("is missing"));
        }
        // The text itself is kept out of messages, because it may contain a password.
        let url = Url::parse(text).map_err(|error| {
            wrong(&format!("is invalid (expected a URL such as https://host/path): {error}"))
        })?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("must not contain ? or #"));
        }
        check_server(&url, allow_plain_http, wrong)?;
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), url, allow_plain_http })
    }

    /// Returns the URL of a token endpoint. `text` can be relative to the base URL.
    pub(super) fn token_url(&self, text: &str) -> Result<Url, Error> {
        let wrong = |reason: &str| Error::configuration(format!("the token URL {reason}"));
        if text.trim().is_empty() {
            return Err(wrong("is missing"));
        }
        let base = Url::parse(&format!("{}/", self.base)).unwrap_or_else(|_| self.url.clone());
        let url = base.join(text.trim()).map_err(|error| wrong(&format!("is invalid: {error}")))?;
        check_server(&url, self.allow_plain_http, wrong)?;
        Ok(url)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.base
    }

    /// Returns true if and only if the server and these token endpoints are reached without TLS.
    pub(super) fn is_plain(&self, token_urls: &[String]) -> bool {
        let is_plain = |url: &Url| url.scheme() == "http";
        is_plain(&self.url)
            && token_urls.iter().all(|text| self.token_url(text).is_ok_and(|url| is_plain(&url)))
    }

    /// Returns true if and only if the server is local.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Returns the URL of a call.
    pub(super) fn join(&self, call: &Call) -> Result<Url, Error> {
        let problems = path::problems(&call.template, &call.values, |name| name);
        if !problems.is_empty() {
            return Err(Error::invalid_arguments(problems));
        }
        let filled = path::fill(&call.template, &call.values);
        let text = format!("{}/{}", self.base, filled.trim_start_matches('/'));
        let mut url = Url::parse(&text)
            .map_err(|error| Error::configuration(format!("invalid path template: {error}")))?;
        // A template can't escape from the base URL either.
        if !same_origin(&self.url, &url) || !url.as_str().starts_with(&format!("{}/", self.base)) {
            return Err(Error::configuration("the path template points outside the base URL"));
        }
        if !call.query.is_empty() {
            url.set_query(Some(&call.query.encoded()));
        }
        Ok(url)
    }
}

/// Checks that requests to a URL send no credentials in plain text, unless that is allowed, and that the URL itself
/// contains none. `wrong` creates the error.
fn check_server(url: &Url, allow_plain_http: bool, wrong: impl Fn(&str) -> Error) -> Result<(), Error> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("must start with https:// or http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not contain a user or password; pass credentials separately"));
    }
    if url.scheme() == "http" && !allow_plain_http && !is_loopback(url) {
        return Err(wrong("uses unencrypted http, which would expose the credentials to the network")
            .with_next_step("Use https, or explicitly allow plain http."));
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost" || domain.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Returns true if and only if two URLs have the same scheme, host and port.
pub(super) fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && a.port_or_known_default() == b.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorKind;
    use toolcrate_catalog::Method;

    fn call(template: &'static str, value: &str) -> Call {
        let mut call = Call::new(Method::Get, template.into());
        call.values.push(("id".into(), path::encode(value).to_string()));
        call
    }

    #[test]
    fn unsafe_base_urls_are_rejected_without_being_shown() {
        for text in [
            "",
            "ftp://host",
            "https://user:pa55@host",
            "https://host?a=pa55",
            "https://host/#pa55",
            "http://host",
            "pa55",
        ] {
            let error = BaseUrl::new(text, false).err().expect(text);
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(!error.to_string().contains("pa55"), "{error}");
        }
        for text in ["http://127.0.0.1:8080/", "http://localhost", "http://[::1]:1/x", "https://host/a/b/"] {
            assert!(BaseUrl::new(text, false).is_ok(), "{text}");
        }
        assert!(BaseUrl::new("http://host", true).is_ok());
    }

    #[test]
    fn slashes_between_base_and_path_are_normalized() {
        for base in ["https://host/api/3", "https://host/api/3/"] {
            let address = BaseUrl::new(base, false).expect("an address");
            for template in ["/orders/{id}", "orders/{id}"] {
                let url = address.join(&call(template, "5")).expect("a URL");
                assert_eq!(url.as_str(), "https://host/api/3/orders/5");
            }
        }
    }

    #[test]
    fn path_template_cannot_escape_the_base() {
        let address = BaseUrl::new("https://host/api/3", false).expect("an address");
        for template in ["/../../{id}", "/a/%2e%2e/%2e%2e/{id}", "/../30/{id}"] {
            assert!(address.join(&call(template, "5")).is_err(), "{template}");
        }
    }

    proptest! {
        #[test]
        fn path_value_stays_in_its_segment(value in prop_oneof![".*", "[./%\\\\?#;a]{1,6}", "(%2[eEfF]|\\.|/){1,4}"]) {
            let address = BaseUrl::new("https://host/api", false).expect("an address");
            match address.join(&call("/orders/{id}/lines", &value)) {
                Ok(url) => {
                    let segments: Vec<&str> = url.path_segments().expect("a path").collect();
                    prop_assert_eq!(segments.len(), 4);
                    prop_assert_eq!((segments[0], segments[1], segments[3]), ("api", "orders", "lines"));
                    let decoded = percent_encoding::percent_decode_str(segments[2]).decode_utf8();
                    prop_assert_eq!(decoded.expect("UTF-8"), value.as_str());
                    prop_assert!(url.query().is_none() && url.fragment().is_none());
                }
                Err(error) => {
                    prop_assert!(matches!(value.as_str(), "" | "." | ".."), "{value:?}: {error}");
                    prop_assert_eq!(error.kind(), ErrorKind::InvalidArguments);
                }
            }
        }

        #[test]
        fn query_value_stays_one_value(value in ".*") {
            let address = BaseUrl::new("https://host", false).expect("an address");
            let mut call = call("/orders/{id}", "5");
            call.query.push("a", value.as_str());
            call.query.push("b", 1);
            let url = address.join(&call).expect("a URL");
            let pairs: Vec<_> = url.query_pairs().collect();
            prop_assert_eq!(pairs.len(), 2);
            prop_assert_eq!(pairs[0].1.as_ref(), value.as_str());
        }
    }
}
