//! Repairs path templates: placeholders with a route constraint, placeholders truncated by a faulty
//! regular expression, duplicate placeholders, and stray braces.

use crate::diagnostic::Repair;

/// Returns the template to send for `path`; repairs are added to `repairs` under `pointer`. A placeholder whose name
/// `is_declared` as a path parameter isn't changed.
pub fn repair(
    path: &str,
    is_declared: impl Fn(&str) -> bool,
    pointer: &str,
    repairs: &mut Vec<Repair>,
) -> String {
    let mut text = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        repairs.push(Repair::new("R001", pointer, "the path does not start with a slash; a slash was added"));
        text.push('/');
    }
    let mut rest = path;
    let mut last = None;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            text.push_str(before);
            last = None;
        }
        if let Some(after) = from.strip_prefix('}') {
            repairs.push(Repair::new(
                "R001",
                pointer,
                "a closing brace without an opening brace was dropped",
            ));
            rest = after;
            continue;
        }
        let (name, after) = placeholder(from, &is_declared, pointer, repairs);
        rest = after;
        if last.as_deref() == Some(name.as_str()) {
            let message = format!("the placeholder `{{{name}}}` is repeated; it is sent once");
            repairs.push(Repair::new("R004", pointer, message));
            continue;
        }
        let glued =
            !text.ends_with('/') || !(rest.is_empty() || rest.starts_with('/') || rest.starts_with('{'));
        if glued {
            let message = format!(
                "`{{{name}}}` is attached to fixed text; it is sent as is, and treated as a separate segment for naming"
            );
            repairs.push(Repair::new("R016", pointer, message));
        }
        text.push('{');
        text.push_str(&name);
        text.push('}');
        last = Some(name);
    }
    text.push_str(rest);
    if text.len() > 1 && text.ends_with('/') {
        let message = "the path ends in a slash, which is sent but ignored for naming";
        repairs.push(Repair::new("R005", pointer, message));
    }
    distinct_placeholders(text, pointer, repairs)
}

/// Reads a placeholder at the start of `from` (which starts with `{`): its name, and the text after it.
fn placeholder<'a>(
    from: &'a str,
    is_declared: impl Fn(&str) -> bool,
    pointer: &str,
    repairs: &mut Vec<Repair>,
) -> (String, &'a str) {
    let inner = &from[1..];
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let end = inner.find(|c: char| !is_name(c)).unwrap_or(inner.len());
    let (name, after) = inner.split_at(end);
    let name = if name.is_empty() { "value" } else { name };
    if let (false, Some(after)) = (end == 0, after.strip_prefix('}')) {
        return (name.to_owned(), after);
    }
    if let Some((name, after)) = inner.split_once('}')
        && !name.contains(['/', '{'])
        && is_declared(name)
    {
        return (name.to_owned(), after);
    }
    // A constraint such as `:int` or `:regex(…)`; if its closing brace is missing, everything is removed.
    let close = after.find('}');
    let junk = &after[..close.unwrap_or(after.len())];
    let message = match close {
        Some(_) => format!(
            "the placeholder `{{{name}}}` contains `{junk}`, which is not part of its name and was dropped"
        ),
        None => format!(
            "the path is cut off within the placeholder `{{{name}`, which is sent as `{{{name}}}` without `{junk}`"
        ),
    };
    repairs.push(Repair::new("R001", pointer, message));
    (name.to_owned(), close.map_or("", |close| &after[close + 1..]))
}

/// Renames an earlier placeholder with the same name as a later one after the preceding literal text.
fn distinct_placeholders(text: String, pointer: &str, repairs: &mut Vec<Repair>) -> String {
    let mut parts = parts(&text);
    for at in 0..parts.len() {
        if !parts[at].starts_with('{') || !parts[at + 1..].contains(&parts[at]) {
            continue;
        }
        let fixed = parts[..at].iter().rev().filter(|part| !part.starts_with('{'));
        let before =
            fixed.flat_map(|part| part.rsplit('/')).find(|segment| segment.contains(char::is_alphanumeric));
        let mut renamed = format!("{{{}Id}}", before.unwrap_or("parent"));
        while parts.contains(&renamed) {
            renamed.insert_str(1, "parent");
        }
        let message =
            format!("the placeholder `{}` occurs twice; the first is renamed to `{renamed}`", parts[at]);
        repairs.push(Repair::new("R004", pointer, message));
        parts[at] = renamed;
    }
    parts.concat()
}

/// Returns the placeholders of a repaired template, and the literal text between them.
fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for piece in text.split_inclusive('}') {
        let (fixed, placeholder) = piece.split_at(piece.find('{').unwrap_or(piece.len()));
        parts.extend([fixed, placeholder].into_iter().filter(|part| !part.is_empty()).map(str::to_owned));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(path: &str) -> (String, Vec<&'static str>) {
        let mut repairs = Vec::new();
        let text = repair(path, |name| name == "a:b é", "/paths", &mut repairs);
        (text, repairs.iter().map(|repair| repair.code).collect())
    }

    #[test]
    fn declared_placeholder_is_unchanged() {
        assert_eq!(repaired("/x/{a:b é}/y"), ("/x/{a:b é}/y".to_owned(), vec![]));
    }

    #[test]
    fn clean_paths_are_unchanged() {
        assert_eq!(repaired("/a/{id}/b"), ("/a/{id}/b".into(), vec![]));
    }

    #[test]
    fn a_placeholder_cut_off_within_a_regex_is_closed() {
        let (text, codes) = repaired("/system/members/{memberIdentifier:regex(^(types. |(");
        assert_eq!((text.as_str(), codes), ("/system/members/{memberIdentifier}", vec!["R001"]));
    }

    #[test]
    fn constraints_are_removed() {
        assert_eq!(repaired("/a/{id:int}/b"), ("/a/{id}/b".into(), vec!["R001"]));
    }

    #[test]
    fn repeated_placeholders_are_sent_once() {
        assert_eq!(repaired("/v/{id}{id}"), ("/v/{id}".into(), vec!["R004"]));
        assert_eq!(repaired("/v/{id}/w/{id}"), ("/v/{vId}/w/{id}".into(), vec!["R004"]));
    }

    #[test]
    fn placeholders_in_one_segment_have_distinct_names() {
        assert_eq!(repaired("/{a}/{a}{b}").0, "/{parentId}/{a}{b}");
        assert_eq!(repaired("/types{id}/x/{id}").0, "/types{typesId}/x/{id}");
        assert_eq!(repaired("/v/{id}.{id}/{id}").0, "/v/{vId}.{parentvId}/{id}");
    }

    #[test]
    fn glued_placeholders_and_trailing_slashes_are_sent() {
        assert_eq!(repaired("/types{id}/copy"), ("/types{id}/copy".into(), vec!["R016"]));
        assert_eq!(repaired("/a/"), ("/a/".into(), vec!["R005"]));
    }

    #[test]
    fn stray_braces_and_missing_slashes_are_repaired() {
        assert_eq!(repaired("a}/{}"), ("/a/{value}".into(), vec!["R001", "R001", "R001"]));
    }
}
