//! Recognizes loopback addresses.

use url::{Host, Url};

/// Returns true if and only if the URL's host is a loopback address or `localhost`. Resolves no names.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_recognized() {
        let is = |url: &str| is_loopback(&Url::parse(url).unwrap());
        for url in
            ["http://127.8.0.1:80/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://LOCALHOST./"]
        {
            assert!(is(url), "{url}");
        }
        for url in ["http://10.0.0.1/", "http://127.0.0.1.example/", "http://localhost.example/", "data:x"] {
            assert!(!is(url), "{url}");
        }
    }
}
