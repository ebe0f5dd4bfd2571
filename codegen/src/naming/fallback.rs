//! Names operations whose regular name is too long or already taken.
//!
//! A fallback name is built by a fixed rule and listed in the report. To replace it with a better one, set
//! `names.operations` in the profile.

use std::collections::HashSet;

use super::tools::{self, LIMIT, SHORT_LIMIT};
use crate::diagnostic::Repair;
use crate::id::{OperationId, OperationTable};
use crate::ir::ApiDefinition;

/// Assigns a distinct name to all but one of the operations in each clash, and records it in `repairs`.
///
/// The first operation keeps the name unless it is `reserved`. The others append their method, and `alt` as
/// often as needed. `fit` shortens a name to the allowed length.
pub fn make_distinct(
    chosen: &mut OperationTable<Option<String>>,
    clashes: &[Vec<OperationId>],
    reserved: &HashSet<&str>,
    api: &ApiDefinition,
    fit: impl Fn(&str, &str) -> String,
    repairs: &mut Vec<Repair>,
) {
    let mut taken: HashSet<String> = chosen.values().flatten().cloned().collect();
    taken.extend(reserved.iter().map(|name| (*name).to_owned()));
    for clash in clashes {
        let Some(name) = clash.first().and_then(|id| chosen[*id].clone()) else { continue };
        let holders = usize::from(!reserved.contains(name.as_str()));
        for id in &clash[holders..] {
            let operation = &api.operations[*id];
            let mut ending = format!("_{}", operation.method.as_str().to_lowercase());
            let mut unique = fit(&name, &ending);
            while !taken.insert(unique.clone()) {
                ending.push_str("_alt");
                unique = fit(&name, &ending);
            }
            let message = format!(
                "`{}` would get the same name as another operation, `{name}`; it is named `{unique}` unless `names.operations` in the profile sets a name",
                operation.key()
            );
            repairs.push(Repair::new("R036", &operation.pointer, message));
            chosen[*id] = Some(unique);
        }
    }
}

/// Returns `name` with `ending`, dropping words in the middle if it would be too long for a tool.
pub fn fit_tool(name: &str, ending: &str, prefix: &str) -> String {
    let mut words = tools::words_of(name);
    let marked = prefix.split('_').filter(|word| !word.is_empty()).count();
    loop {
        let text = format!("{}{ending}", words.join("_"));
        let short = text.replacen(&format!("{prefix}_"), "", 1);
        if (short.len() <= SHORT_LIMIT && text.len() <= LIMIT) || words.len() < 3 {
            return text;
        }
        // The verb and prefix are at the beginning, and the subject is at the end.
        let middle = (words.len() / 2).max(marked + 2).min(words.len() - 1);
        words.remove(middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_in_the_middle() {
        let long = "get_single_x_session_groups_containing_session_of_the_whole_wide_world_by_id";
        let short = fit_tool(long, "", "x");
        assert!(short.len() <= SHORT_LIMIT + 2, "{short}");
        assert!(short.starts_with("get_single_x_") && short.ends_with("_by_id"), "{short}");
    }
}
