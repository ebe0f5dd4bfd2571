//! Loopback addresses.

use url::{Host, Url};

/// Returns whether the URL's host is the local machine. Names other than `localhost` aren't resolved.
pub(crate) fn is_loopback(url: &Url) -> bool {
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
    fn loopback_urls_are_recognized() {
        for (url, loopback) in [
            ("http://127.0.0.1:8080/x", true),
            ("http://127.8.9.1/x", true),
            ("http://localhost/x", true),
            ("http://LOCALHOST./x", true),
            ("http://[::1]:1/x", true),
            ("http://[::ffff:127.0.0.1]/x", true),
            ("http://0x7f.1/x", true),
            ("http://localhost.example.com/x", false),
            ("http://127.0.0.1.example.com/x", false),
            ("http://10.0.0.1/x", false),
            ("http://0.0.0.0/x", false),
            ("http://user@example.com/127.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).expect("a URL")), loopback, "{url}");
        }
    }
}
