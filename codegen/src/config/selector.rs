//! Profile entries that select operations by path, method, tag or ID.

use serde::Deserialize;

use super::pattern::matches;

/// Selects operations. Each field that is set must match; `*` matches any text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperationSelector {
    /// The path as spelled in the document, preceded by a method to select only that one: `GET /users*`.
    pub path: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// The operation ID.
    pub id: Option<String>,
}

impl OperationSelector {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        let parts = [("path", &self.path), ("tag", &self.tag), ("id", &self.id)];
        let named =
            parts.into_iter().filter_map(|(name, pattern)| Some(format!("{name} {}", pattern.as_ref()?)));
        named.collect::<Vec<_>>().join(", ")
    }

    /// Returns true if the operation with this method, path, tags and ID is selected. An empty selector selects no
    /// operation.
    pub fn chooses(&self, method: &str, path: &str, tags: &[String], id: &str) -> bool {
        let is_path = |pattern: &String| match pattern.split_once(' ') {
            Some((wanted, pattern)) => wanted == method && matches(pattern.trim_start(), path),
            None => matches(pattern, path),
        };
        *self != Self::default()
            && self.path.as_ref().is_none_or(is_path)
            && self.tag.as_ref().is_none_or(|pattern| tags.iter().any(|tag| matches(pattern, tag)))
            && self.id.as_ref().is_none_or(|pattern| matches(pattern, id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selector_matches_path_tag_and_id() {
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
