//! What people read of an operation: the words of its resource, and a title.
//!
//! A top resource of one word has its module said before it (`time entry`), and so has one that another
//! module has too. Inflector are spelled as the profile has them (`RMA`).

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::identifiers;
use super::inflection::Inflector;
use super::noun::Noun;
use super::tools::{self, FormParts};
use crate::id::{OperationId, OperationTable};

/// A title and its parts.
#[derive(Clone)]
pub struct Title {
    /// Inflector of the resource, singular.
    pub one: Vec<String>,
    /// Inflector of the resource, plural.
    pub many: Vec<String>,
    /// What is done, e.g. `merge`.
    pub verb: String,
    /// All of it, e.g. `Merge a ticket`.
    pub text: String,
}

/// Titles of all drafts. `names_module` returns true for an operation whose tool name has the module in it.
pub fn titles(
    drafts: &OperationTable<Draft<'_>>,
    names_module: impl Fn(OperationId) -> bool,
    words: &Inflector<'_>,
) -> OperationTable<Title> {
    let mut modules: BTreeMap<&[String], BTreeSet<&[String]>> = BTreeMap::new();
    for draft in drafts.values().filter(|draft| draft.noun.is_top()) {
        modules.entry(&draft.noun.one).or_default().insert(&draft.resource.module);
    }
    drafts.map(|(id, draft)| {
        let Noun { parents, one, many } = &draft.noun;
        let module = &draft.resource.module;
        let shared = modules.get(one.as_slice()).is_some_and(|modules| modules.len() > 1);
        let bare = draft.noun.is_top() && draft.resource.given.is_none() && (one.len() == 1 || shared);
        let repeats = draft.resource.own == *module || parents.first().or(one.first()) == module.last();
        let with_module = (bare || names_module(id)) && !repeats;
        let parts = tools::parts(draft.form);
        let before = tools::words_of(parts.before);
        let all = |before: Vec<String>, own: &[String]| -> Vec<String> {
            let mut all = words.spread(&before);
            if parts.has_noun {
                all.extend(module.iter().filter(|_| with_module).cloned());
                all.extend(parents.iter().chain(own).cloned());
            }
            all.extend(words.spread(&tools::words_of(parts.after)));
            all.iter().map(|word| words.spelling(word)).collect()
        };
        let (one, many) = if parts.has_noun {
            (all(before.clone(), one), all(before, many))
        } else {
            (all(words.one(&before), one), all(words.many(&before), many))
        };
        let verb: Vec<String> = tools::words_of(parts.verb).iter().map(|word| words.spelling(word)).collect();
        let verb = verb.join(" ");
        let by = if draft.form.contains("{by}") { draft.by.as_str() } else { parts.by };
        let by = Some(by.trim_matches('_')).filter(|by| !by.is_empty() && *by != "by_id");
        let by = by.map(|by| format!(" {}", by.replace('_', " "))).unwrap_or_default();
        let text = format!("{}{by}", title(&verb, &parts, &one, &many));
        Title { one, many, verb, text }
    })
}

fn title(verb: &str, parts: &FormParts<'_>, one: &[String], many: &[String]) -> String {
    let plural = parts.plural || (!parts.has_noun && parts.article == "all");
    let noun = if plural { many } else { one }.join(" ");
    let article = match parts.article {
        "a" | "an" | "single" => format!("{} ", article(&noun)),
        "the" => "the ".to_owned(),
        _ => String::new(),
    };
    format!("{} {article}{noun}", identifiers::capital(verb))
}

/// `a` or `an`, by how the first word sounds; a word in capitals is spelled out when it is read.
pub fn article(noun: &str) -> &'static str {
    let mut chars = noun.chars();
    let (first, second) = (chars.next().unwrap_or('x'), chars.next().unwrap_or('x'));
    let vowel = if second.is_ascii_uppercase() || second.is_ascii_digit() {
        "AEFHILMNORSX".contains(first)
    } else {
        let lower = noun.to_ascii_lowercase();
        lower.starts_with(['a', 'e', 'i', 'o', 'u'])
            && !["uni", "use", "usa", "eu", "one "].iter().any(|start| lower.starts_with(start))
    };
    if vowel { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::article;

    #[test]
    fn articles_follow_the_sound() {
        for noun in ["agreement", "RMA status", "M365 contact", "unposted expense", "SLA"] {
            assert_eq!(article(noun), "an", "{noun}");
        }
        for noun in ["ticket", "unit of measure", "GL path", "user defined field", "KPI"] {
            assert_eq!(article(noun), "a", "{noun}");
        }
    }
}
