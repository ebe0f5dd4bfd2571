//! Which tools are run only after a person said yes.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Tool;
use wildmatch::WildMatch;

/// The tools that need approval: none by default.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    writes: bool,
    destructive: bool,
    names: Vec<WildMatch>,
}

impl Policy {
    /// What a setting says: `none`, `writes` (all that may change something), `destructive` (what may overwrite or
    /// delete), or names of tools with stars in them.
    ///
    /// # Errors
    /// A sentence, if a name fits no tool or `none` is not alone.
    pub fn new(words: &[String]) -> Result<Self, String> {
        let mut policy = Self::default();
        for word in words {
            match word.trim() {
                "none" if words.len() == 1 => {}
                "none" => return Err("--approve none can't be combined with anything else".to_owned()),
                "writes" => policy.writes = true,
                "destructive" => policy.destructive = true,
                name => {
                    let glob = WildMatch::new(name);
                    if !CATALOG.tools().any(|tool| fits(&glob, tool)) {
                        return Err(format!(
                            "--approve {name}: no tool has such a name; it takes none, writes, destructive, or names of tools with * for anything"
                        ));
                    }
                    policy.names.push(glob);
                }
            }
        }
        Ok(policy)
    }

    /// Whether no tool needs approval.
    pub fn is_empty(&self) -> bool {
        !self.writes && !self.destructive && self.names.is_empty()
    }

    /// Whether a tool needs approval.
    pub fn has(&self, tool: Tool) -> bool {
        if self.is_empty() {
            return false;
        }
        let hints = tool.annotations();
        (self.writes && !hints.read_only_hint)
            || (self.destructive && hints.destructive_hint)
            || self.names.iter().any(|glob| fits(glob, tool))
    }
}

fn fits(glob: &WildMatch, tool: Tool) -> bool {
    glob.matches(tool.name()) || glob.matches(tool.short_name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_names_choose() {
        let policy =
            |words: &[&str]| Policy::new(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        let has = |words: &[&str], tool: &str| policy(words).unwrap().has(CATALOG.get(tool).unwrap());
        assert!(!has(&[], "delete_a_ticket_by_id") && !has(&["none"], "delete_a_ticket_by_id"));
        for (tool, writes, destructive) in [
            ("list_all_tickets", false, false),
            ("create_a_ticket", true, false),
            ("delete_a_ticket_by_id", true, true),
        ] {
            assert_eq!(
                (has(&["writes"], tool), has(&["destructive"], tool)),
                (writes, destructive),
                "{tool}"
            );
        }
        assert!(has(
            &["destructive", "create_a_procurement_purchase*"],
            "create_a_procurement_purchaseorder"
        ));
        assert!(!has(&["create_a_procurement_purchase*"], "create_a_ticket"));
        for words in [&["none", "writes"][..], &["write"]] {
            assert!(policy(words).is_err(), "{words:?}");
        }
    }
}
