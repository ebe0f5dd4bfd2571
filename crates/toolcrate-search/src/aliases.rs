//! Looks up the words that people use for a tool: collection aliases, by path, and action aliases, by operation.

use foldhash::HashMap;

use toolcrate_runtime::Method;

/// Path suffixes that don't form a separate collection.
const SUFFIXES: [&str; 8] = ["", "{}", "count", "default", "bulk", "info", "usages", "list"];

/// An alias list: each heading with its aliases.
pub(crate) type AliasList = Vec<(&'static str, Vec<&'static str>)>;

/// The position of each collection and operation in its alias list.
pub(crate) struct AliasIndex {
    collections: HashMap<&'static str, usize>,
    /// By method and path.
    actions: HashMap<(&'static str, &'static str), usize>,
}

impl AliasIndex {
    /// Indexes the headings of both lists.
    pub(crate) fn new(collections: &AliasList, actions: &AliasList) -> Self {
        let headings =
            |list: &AliasList| list.iter().map(|(heading, _)| *heading).zip(0..).collect::<Vec<_>>();
        let action = |(heading, number): (&'static str, usize)| Some((heading.split_once(' ')?, number));
        Self {
            collections: headings(collections).into_iter().collect(),
            actions: headings(actions).into_iter().filter_map(action).collect(),
        }
    }

    /// Returns the collection of the operation at a normalized path: the longest listed path that is a prefix of it,
    /// followed only by an item, a count or a similar suffix.
    pub(crate) fn collection(&self, path: &str) -> Option<usize> {
        let mut path = path;
        loop {
            if let Some(number) = self.collections.get(path) {
                return Some(*number);
            }
            let (rest, last) = path.rsplit_once('/')?;
            if !SUFFIXES.contains(&last) {
                return None;
            }
            path = rest;
        }
    }

    /// Returns the position of an operation, by method and normalized path.
    pub(crate) fn action(&self, method: Method, path: &str) -> Option<usize> {
        self.actions.get(&(method.as_str(), path)).copied()
    }
}

/// Returns the part of a normalized path that leads to the records, without items, counts and similar suffixes.
pub(crate) fn collection_path(path: &str) -> &str {
    let mut path = path;
    while let Some((rest, last)) = path.rsplit_once('/')
        && SUFFIXES.contains(&last)
    {
        path = rest;
    }
    path
}

/// Returns a path in lower case with `{}` for each parameter, as in word lists.
pub(crate) fn normalize_path(path: &str) -> String {
    let mut rest = path.trim_end_matches('/');
    let mut normalized = String::with_capacity(path.len());
    while let Some(brace) = rest.find('{') {
        let (before, parameter) = rest.split_at(brace);
        normalized.push_str(before);
        if normalized.is_empty() || normalized.ends_with('/') {
            normalized.push_str("{}");
            rest = &parameter[parameter.find('/').unwrap_or(parameter.len())..];
        } else {
            normalized.push('{');
            rest = &parameter[1..];
        }
    }
    normalized.push_str(rest);
    if normalized.is_ascii() {
        normalized.make_ascii_lowercase();
        normalized
    } else {
        normalized.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_in_a_collection_share_its_aliases() {
        let collections =
            vec![("/service/tickets", vec!["case"]), ("/service/tickets/{}/notes", vec!["remark"])];
        let index = AliasIndex::new(&collections, &Vec::new());
        assert_eq!(index.collection("/service/tickets"), Some(0));
        assert_eq!(index.collection("/service/tickets/{}"), Some(0));
        assert_eq!(index.collection("/service/tickets/count"), Some(0));
        assert_eq!(index.collection("/service/tickets/{}/notes/{}"), Some(1));
        assert_eq!(index.collection("/nothing/here"), None);
        assert_eq!(normalize_path("{A}/B/x{C}/{d}e"), "{}/b/x{c}/{}");
        assert_eq!(collection_path(&normalize_path("/Service/Tickets/{id}/Count/")), "/service/tickets");
    }
}
