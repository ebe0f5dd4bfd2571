//! Finds path prefixes that don't name a resource, such as `/api/v1`.

use std::collections::{BTreeMap, HashMap};

use crate::id::OperationTable;
use crate::ir::{ApiDefinition, Method, Operation, Segment};

/// A prefix counts only if at least this percentage of all operations shares it. The rest, such as a health check or a
/// token endpoint, isn't part of the API.
const MIN_SHARE: usize = 90;

/// Returns the number of segments at the start of each operation's path that don't name a resource. The rest of each
/// path still names one, and no two paths become the same.
pub fn lengths(api: &ApiDefinition) -> OperationTable<usize> {
    let shared = shared(api);
    let cut = |operation: &Operation, is_deep: bool| {
        let segments = &operation.path.segments;
        let has_prefix = segments.starts_with(&shared);
        let versions = segments[if has_prefix { shared.len() } else { 0 }..]
            .iter()
            .take_while(|segment| names_nothing(segment))
            .count();
        let versions = if is_deep { versions } else { 0 };
        let mut cut = if has_prefix { shared.len() + versions } else { versions };
        while cut > 0 && !matches!(segments.get(cut), Some(Segment::Text(_))) {
            cut -= 1;
        }
        cut
    };
    if shared.is_empty() {
        return api.operations.map(|_| 0);
    }
    let mut owners: HashMap<(Method, String), usize> = HashMap::new();
    let rest = |operation: &Operation| {
        (operation.method, normal_form(&operation.path.segments[cut(operation, true)..]))
    };
    for operation in api.operations.values() {
        *owners.entry(rest(operation)).or_default() += 1;
    }
    api.operations.map(|(_, operation)| cut(operation, owners[&rest(operation)] == 1))
}

/// Returns the longest prefix that doesn't name a resource and that nearly all operations share. It may include the
/// product name if a version always follows: `/api/platform/v1` and `/api/platform/v2` share `/api/platform`.
fn shared(api: &ApiDefinition) -> Vec<Segment> {
    let paths: Vec<&[Segment]> =
        api.operations.values().map(|operation| operation.path.segments.as_slice()).collect();
    let is_common = |count: usize| count * 100 >= paths.len() * MIN_SHARE;
    let mut prefix: Vec<Segment> = Vec::new();
    let mut shared = 0;
    loop {
        let with_prefix = || paths.iter().filter(|path| path.starts_with(&prefix));
        let are_versioned =
            with_prefix().filter(|path| path.get(prefix.len()).is_some_and(names_nothing)).count();
        if !prefix.is_empty() && is_common(are_versioned) {
            shared = prefix.len();
        }
        let mut counts: BTreeMap<&Segment, usize> = BTreeMap::new();
        for segment in with_prefix().filter_map(|path| path.get(prefix.len())) {
            *counts.entry(segment).or_default() += 1;
        }
        let next = counts.into_iter().max_by_key(|(_, count)| *count);
        let Some((next, _)) =
            next.filter(|(next, count)| is_common(*count) && matches!(next, Segment::Text(_)))
        else {
            break;
        };
        let next = next.clone();
        let names_nothing = names_nothing(&next);
        prefix.push(next);
        if names_nothing {
            shared = prefix.len();
        }
    }
    prefix.truncate(shared);
    prefix
}

/// Returns true if a segment is the same throughout an API: `api`, `rest`, `v1`, `2.0`.
fn names_nothing(segment: &Segment) -> bool {
    let Segment::Text(text) = segment else { return false };
    let text = text.to_lowercase();
    let version = text.strip_prefix('v').unwrap_or(&text);
    let is_version = version.starts_with(|c: char| c.is_ascii_digit())
        && version.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_version || ["api", "apis", "rest", "latest"].contains(&text.as_str())
}

/// Returns a path in lower case, with `{}` for each placeholder.
pub fn normal_form(segments: &[Segment]) -> String {
    segments.iter().fold(String::new(), |path, segment| match segment {
        Segment::Text(text) => format!("{path}/{}", text.to_lowercase()),
        Segment::Placeholder(_) => format!("{path}/{{}}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rests(paths: &[&str]) -> Vec<String> {
        let operations = paths.iter().map(|path| Operation::bare(Method::Get, path)).collect();
        let api = ApiDefinition { operations, ..ApiDefinition::default() };
        let lengths = lengths(&api);
        lengths.iter().map(|(id, cut)| normal_form(&api.operations[id].path.segments[*cut..])).collect()
    }

    #[test]
    fn prefix_shared_by_all_paths_is_dropped() {
        assert_eq!(rests(&["/api/v1/users", "/api/v1/teams/{id}"]), ["/users", "/teams/{}"]);
        assert_eq!(rests(&["/system/users", "/system/teams"]), ["/system/users", "/system/teams"]);
        assert_eq!(rests(&["/v2", "/v2/teams"]), ["/v2", "/teams"]);
        assert_eq!(rests(&["/v1/{id}", "/v1/teams"]), ["/v1/{}", "/teams"]);
    }

    #[test]
    fn version_segments_are_dropped_if_paths_stay_distinct() {
        let paths = ["/api/shop/v1/users", "/api/shop/v2/users", "/api/shop/v2/teams"];
        assert_eq!(rests(&paths), ["/v1/users", "/v2/users", "/teams"]);
        assert_eq!(rests(&["/users", "/v3/users", "/teams"]), ["/users", "/v3/users", "/teams"]);
    }

    #[test]
    fn few_paths_may_lack_the_common_prefix() {
        let mut paths: Vec<String> = (0..20).map(|number| format!("/api/v1/things{number}")).collect();
        paths.extend(["/health".to_owned(), "/v1/token".to_owned()]);
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let rests = rests(&paths);
        assert_eq!(
            (&rests[0][..], &rests[20..]),
            ("/things0", &["/health".to_owned(), "/token".to_owned()][..])
        );
    }
}
