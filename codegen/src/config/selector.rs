//! Entries of the profile that choose operations.

use serde::Deserialize;

/// Chooses operations. `*` stands for any text; what is named must all match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperationSelector {
    /// The path, as the document spells it, with the method before it if only that one is meant: `GET /users*`.
    pub path: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// The operation ID.
    pub id: Option<String>,
}

impl OperationSelector {
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        let parts = [("path", &self.path), ("tag", &self.tag), ("id", &self.id)];
        let named =
            parts.into_iter().filter_map(|(name, pattern)| Some(format!("{name} {}", pattern.as_ref()?)));
        named.collect::<Vec<_>>().join(", ")
    }

    /// Whether it chooses the operation with this method, path, tags and ID. One that names nothing chooses nothing.
    pub fn chooses(&self, method: &str, path: &str, tags: &[String], id: &str) -> bool {
        let is_path = |pattern: &String| match pattern.split_once(' ') {
            Some((wanted, pattern)) => wanted == method && matches_glob(pattern.trim_start(), path),
            None => matches_glob(pattern, path),
        };
        *self != Self::default()
            && self.path.as_ref().is_none_or(is_path)
            && self.tag.as_ref().is_none_or(|pattern| tags.iter().any(|tag| matches_glob(pattern, tag)))
            && self.id.as_ref().is_none_or(|pattern| matches_glob(pattern, id))
    }
}

/// Whether `text` is `pattern`, in which each `*` stands for any text.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text) in
            [("/a", "/a"), ("/a*", "/a/b"), ("*b", "/a/b"), ("/*/c", "/a/b/c"), ("*", ""), ("*a*b*", "xaxbx")]
        {
            assert!(matches_glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("/a", "/a/b"), ("/a*b", "/a"), ("ab*bc", "abc"), ("*a*b", "ba")] {
            assert!(!matches_glob(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_selector_chooses_by_path_tag_and_id() {
        let tags = ["Users".to_owned()];
        let chooses = |path: Option<&str>, tag: Option<&str>, id: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            let selector = OperationSelector { path: own(path), tag: own(tag), id: own(id) };
            selector.chooses("GET", "/v1/users", &tags, "listUsers")
        };
        assert!(chooses(Some("/v1/*"), None, None));
        assert!(chooses(Some("GET /v1/users"), Some("Users"), Some("list*")));
        assert!(!chooses(Some("POST /v1/users"), None, None));
        assert!(!chooses(Some("/v1/*"), Some("Groups"), None));
        assert!(!chooses(None, None, None));
    }
}
