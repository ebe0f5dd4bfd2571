//! The policy that determines which tools require approval.

use toolcrate_runtime::{Catalog, Tool};
use wildmatch::WildMatch;

/// The tools that require approval: none by default.
#[derive(Clone, Debug, Default)]
pub struct ApprovalPolicy {
    writes: bool,
    destructive: bool,
    names: Vec<WildMatch>,
}

/// The reason why an [`ApprovalPolicy`] is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalPolicyError {
    /// `none` is combined with other values.
    #[error("`none` can't be combined with other values")]
    NoneIsNotAlone,
    /// A name matches no tool.
    #[error(
        "no tools match \"{0}\" (expected `none`, `writes`, `destructive`, or a glob pattern for tool names)"
    )]
    UnknownTool(String),
}

impl ApprovalPolicy {
    /// Parses a setting: `none`, `writes` (every tool that may change data), `destructive` (every tool that may
    /// overwrite or delete), or tool name patterns in which `*` matches any text.
    ///
    /// # Errors
    /// Returns an error if a name matches no tool in `catalog`, or if `none` is combined with other values.
    pub fn new(catalog: &'static Catalog, words: &[String]) -> Result<Self, ApprovalPolicyError> {
        let mut policy = Self::default();
        for word in words {
            match word.trim() {
                "none" if words.len() == 1 => {}
                "none" => return Err(ApprovalPolicyError::NoneIsNotAlone),
                "writes" => policy.writes = true,
                "destructive" => policy.destructive = true,
                name => {
                    let pattern = WildMatch::new(name);
                    if !catalog.tools().any(|tool| matches(&pattern, tool)) {
                        return Err(ApprovalPolicyError::UnknownTool(name.to_owned()));
                    }
                    policy.names.push(pattern);
                }
            }
        }
        Ok(policy)
    }

    /// Returns true if and only if no tool requires approval.
    pub fn is_empty(&self) -> bool {
        !self.writes && !self.destructive && self.names.is_empty()
    }

    /// Returns true if and only if `tool` requires approval.
    pub fn requires_approval(&self, tool: Tool) -> bool {
        if self.is_empty() {
            return false;
        }
        let hints = tool.annotations();
        (self.writes && !hints.read_only_hint)
            || (self.destructive && hints.destructive_hint)
            || self.names.iter().any(|pattern| matches(pattern, tool))
    }
}

fn matches(pattern: &WildMatch, tool: Tool) -> bool {
    pattern.matches(tool.name()) || pattern.matches(tool.short_name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::CATALOG;

    #[test]
    fn keywords_and_patterns_select_tools() {
        let policy = |words: &[&str]| {
            ApprovalPolicy::new(&CATALOG, &words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())
        };
        let requires =
            |words: &[&str], tool: &str| policy(words).unwrap().requires_approval(CATALOG.get(tool).unwrap());
        assert!(!requires(&[], "delete_a_book_by_id") && !requires(&["none"], "delete_a_book_by_id"));
        for (tool, writes, destructive) in [
            ("list_all_books", false, false),
            ("create_a_book", true, false),
            ("delete_a_book_by_id", true, true),
        ] {
            assert_eq!(
                (requires(&["writes"], tool), requires(&["destructive"], tool)),
                (writes, destructive),
                "{tool}"
            );
        }
        assert!(requires(&["destructive", "create_a_lo*"], "create_a_loan"));
        assert!(!requires(&["create_a_lo*"], "create_a_book"));
        for words in [&["none", "writes"][..], &["write"]] {
            assert!(policy(words).is_err(), "{words:?}");
        }
    }
}
