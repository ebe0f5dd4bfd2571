//! Which part of the server a path leads to.

/// A part of the server.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// The API: its root, and the path below it.
    Api { root: &'a str, path: &'a str },
    /// What a login server says about a company.
    CompanyInfo { company: &'a str },
    /// The key of callbacks.
    CallbackKey,
    /// A control endpoint.
    Control { name: &'a str },
    /// None of them.
    Elsewhere,
}

impl<'a> Place<'a> {
    /// Where `path` leads; codebases and fixed parts are matched in any letter case, as the API does.
    pub(super) fn of(path: &'a str) -> Self {
        if let Some(name) = path.strip_prefix("/_sandbox/") {
            return Self::Control { name };
        }
        let mut segments = path.splitn(5, '/').skip(1);
        let (first, second, third) = (segments.next(), segments.next(), segments.next());
        let (Some(first), Some(second), Some(third)) = (first, second, third) else { return Self::Elsewhere };
        let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
        if is(first, "login") && is(second, "companyinfo") && !third.is_empty() && segments.next().is_none() {
            return Self::CompanyInfo { company: third };
        }
        if !codebase(first) {
            return Self::Elsewhere;
        }
        if is(second, "apis") && third == "3.0" {
            let (root, below) = path.split_at(first.len() + second.len() + third.len() + 3);
            // Addresses that the API itself gives have two slashes after its root.
            let slashes = below.len() - below.trim_start_matches('/').len();
            return Self::Api { root, path: &below[slashes.saturating_sub(1)..] };
        }
        if is(second, "system")
            && is(third, "callbackkey")
            && segments.next().is_some_and(|page| is(page, "index.rails"))
        {
            return Self::CallbackKey;
        }
        Self::Elsewhere
    }
}

/// `v4_6_release` or `v2025_1`.
fn codebase(segment: &str) -> bool {
    let rest = segment.strip_prefix(['v', 'V']).unwrap_or_default();
    rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_parts() {
        let api = |root, path| Place::Api { root, path };
        for (path, place) in [
            ("/v4_6_release/apis/3.0/service/tickets", api("/v4_6_release/apis/3.0", "/service/tickets")),
            ("/v2025_1/apis/3.0//company/companies/1", api("/v2025_1/apis/3.0", "/company/companies/1")),
            ("/V2025_1/APIs/3.0", api("/V2025_1/APIs/3.0", "")),
            ("/login/companyinfo/acme", Place::CompanyInfo { company: "acme" }),
            ("/v4_6_release/system/callbackkey/index.rails", Place::CallbackKey),
            ("/_sandbox/faults", Place::Control { name: "faults" }),
            ("/v4_6_release/apis/3.1/x", Place::Elsewhere),
            ("/other/apis/3.0/x", Place::Elsewhere),
            ("/login/companyinfo/acme/x", Place::Elsewhere),
            ("/login/companyinfo/", Place::Elsewhere),
            ("/service/tickets", Place::Elsewhere),
            ("/", Place::Elsewhere),
        ] {
            assert_eq!(Place::of(path), place, "{path}");
        }
    }
}
