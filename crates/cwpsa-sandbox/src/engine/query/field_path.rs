//! Reads the value at a field path, such as `company/name`, from a record.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use super::value::{QueryValue, ValueView};
use crate::connectwise::fields::INFO;

/// A field path.
#[derive(Clone, Debug)]
pub(super) struct FieldPath {
    members: Box<[PathSegment]>,
    /// Set for a field that may be in `_info`.
    info: Option<InfoLookup>,
}

#[derive(Clone, Debug)]
struct InfoLookup {
    /// `_info` itself.
    member: PathSegment,
    own_first: bool,
}

impl FieldPath {
    /// Parses a query path, which may be in any case.
    pub(super) fn new(text: &str) -> Self {
        Self { members: text.split('/').map(PathSegment::new).collect(), info: None }
    }

    /// Parses a path with the records' spelling.
    pub(super) fn exact(text: &str) -> Self {
        Self { members: text.split('/').map(PathSegment::exact).collect(), info: None }
    }

    /// Creates the path of a field that records have in `_info` or at the top level. `own_first` determines
    /// where to look first, which matters for records that have both.
    pub(super) fn of_info(name: &str, own_first: bool) -> Self {
        let info = Some(InfoLookup { member: PathSegment::exact(INFO), own_first });
        Self { members: [PathSegment::exact(name)].into(), info }
    }

    /// Splits a path into its first segment and the rest.
    pub(super) fn split(text: &str) -> (PathSegment, Self) {
        let (first, rest) = text.split_once('/').unwrap_or((text, ""));
        let members = rest.split('/').filter(|member| !member.is_empty()).map(PathSegment::new).collect();
        (PathSegment::new(first), Self { members, info: None })
    }

    /// Returns true if a value at the path passes the check. Any item of a list along the way may pass; a missing
    /// value is null.
    pub(super) fn any<D: QueryValue>(
        &self,
        record: ValueView<'_, D>,
        check: &impl Fn(ValueView<'_, D>) -> bool,
    ) -> bool {
        let (start, members) = self.start(record);
        walk(members, start, check)
    }

    /// Returns the value at the path, using the first item of any list along the way.
    pub(super) fn first<'r, D: QueryValue>(&self, record: ValueView<'r, D>) -> ValueView<'r, D> {
        let (start, members) = self.start(record);
        members.iter().fold(start, |value, member| {
            let value = match value {
                ValueView::List([first, ..]) => first.view(),
                value => value,
            };
            member.get(value)
        })
    }

    /// Returns the value where the path starts, and the remaining segments.
    fn start<'r, D: QueryValue>(&self, record: ValueView<'r, D>) -> (ValueView<'r, D>, &[PathSegment]) {
        let (Some(info), [member, rest @ ..]) = (&self.info, &*self.members) else {
            return (record, &self.members);
        };
        let inside = info.member.get(record);
        let (first, second) = if info.own_first { (record, inside) } else { (inside, record) };
        let found = member.find(first).or_else(|| member.find(second));
        (found.map_or(ValueView::Null, QueryValue::view), rest)
    }
}

fn walk<D: QueryValue>(
    members: &[PathSegment],
    value: ValueView<'_, D>,
    check: &impl Fn(ValueView<'_, D>) -> bool,
) -> bool {
    match value {
        ValueView::List(items) if !items.is_empty() => {
            items.iter().any(|item| walk(members, item.view(), check))
        }
        value => match members.split_first() {
            Some((first, rest)) => walk(rest, first.get(value), check),
            None => check(value),
        },
    }
}

/// A path segment.
#[derive(Debug)]
pub(super) struct PathSegment {
    name: Box<str>,
    /// True if case is ignored.
    loose: bool,
    /// The position where it was last found. A collection's records mostly have the same field order, and
    /// checking that position first touches less memory than a lookup by name.
    hint: AtomicUsize,
}

impl PathSegment {
    pub(super) fn new(name: &str) -> Self {
        // Field names start with a lowercase letter, so `LastUpdated` is most likely `lastUpdated`.
        let mut chars = name.chars();
        let name = chars.next().into_iter().map(|first| first.to_ascii_lowercase()).chain(chars).collect();
        Self { name, loose: true, hint: AtomicUsize::new(0) }
    }

    fn exact(name: &str) -> Self {
        Self { name: name.into(), loose: false, hint: AtomicUsize::new(0) }
    }

    /// Returns the field of an object; null if it doesn't exist.
    pub(super) fn get<'r, D: QueryValue>(&self, value: ValueView<'r, D>) -> ValueView<'r, D> {
        self.find(value).map_or(ValueView::Null, QueryValue::view)
    }

    fn find<'r, D: QueryValue>(&self, value: ValueView<'r, D>) -> Option<&'r D> {
        let ValueView::Object(object) = value else { return None };
        let hinted = object.member(self.hint.load(Relaxed)).filter(|(name, _)| *name == &*self.name);
        if let Some((_, value)) = hinted {
            return Some(value);
        }
        let number = object.position(&self.name, self.loose)?;
        self.hint.store(number, Relaxed);
        object.member(number).map(|(_, value)| value)
    }
}

impl Clone for PathSegment {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), loose: self.loose, hint: AtomicUsize::new(0) }
    }
}

impl PartialEq for PathSegment {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

#[cfg(test)]
mod tests {
    use connectwise_psa::runtime::Value;
    use connectwise_psa::runtime::serde_json::json;

    use super::*;

    #[test]
    fn fields_are_found_in_any_case_in_lists_and_info() {
        let record = json!({
            "company": {"name": "Acme"}, "URL": "u", "_info": {"lastUpdated": "2024-01-01T00:00:00Z"},
            "types": [{"name": "a"}, {"name": "b"}],
        });
        for (path, value) in [
            ("company/name", json!("Acme")),
            ("Company/NAME", json!("Acme")),
            ("url", json!("u")),
            ("_info/LastUpdated", json!("2024-01-01T00:00:00Z")),
            ("types/name", json!("a")),
            ("company/name/x", Value::Null),
            ("nothing/at/all", Value::Null),
        ] {
            assert_eq!(FieldPath::new(path).first(record.view()).value(), value, "{path}");
            assert!(FieldPath::new(path).any(record.view(), &|found| found.value() == value), "{path}");
        }
        assert!(FieldPath::new("types/name").any(record.view(), &|found| found == ValueView::Text("b")));
        let updated = FieldPath::of_info("lastUpdated", true);
        assert_eq!(updated.first(record.view()), ValueView::Text("2024-01-01T00:00:00Z"));
        let own = json!({"lastUpdated": "own", "_info": {"lastUpdated": "info"}});
        assert_eq!(updated.first(own.view()), ValueView::Text("own"));
        let inside = FieldPath::of_info("lastUpdated", false);
        assert_eq!(inside.first(own.view()), ValueView::Text("info"));
        assert_eq!(inside.first(json!({"lastUpdated": "own"}).view()), ValueView::Text("own"));
        assert_eq!(inside.first(json!({}).view()), ValueView::Null);
        assert_eq!(FieldPath::exact("company/NAME").first(record.view()), ValueView::Null);
    }
}
