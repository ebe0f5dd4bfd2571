//! The way from a record to a value in it.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use super::data::{Data, View};

/// A path of members.
#[derive(Clone, Debug)]
pub(super) struct Path {
    members: Box<[Member]>,
    /// For a member that may be in `_info`.
    info: Option<Info>,
}

#[derive(Clone, Debug)]
struct Info {
    /// `_info` itself.
    member: Member,
    own_first: bool,
}

impl Path {
    /// A path as written in a query, in any letter case.
    pub(super) fn new(text: &str) -> Self {
        Self { members: text.split('/').map(Member::new).collect(), info: None }
    }

    /// A path as written in records.
    pub(super) fn exact(text: &str) -> Self {
        Self { members: text.split('/').map(Member::exact).collect(), info: None }
    }

    /// A member that records have in `_info`, or as their own. Where it is likely to be is looked at first;
    /// it matters what is found first in records that have both.
    pub(super) fn of_info(name: &str, own_first: bool) -> Self {
        let info = Some(Info { member: Member::exact("_info"), own_first });
        Self { members: [Member::exact(name)].into(), info }
    }

    /// The first member, and the path below it.
    pub(super) fn split(text: &str) -> (Member, Self) {
        let (first, rest) = text.split_once('/').unwrap_or((text, ""));
        let members = rest.split('/').filter(|member| !member.is_empty()).map(Member::new).collect();
        (Member::new(first), Self { members, info: None })
    }

    /// Whether a value at the path passes the check: of lists on the way, that of any item; null where there
    /// is none.
    pub(super) fn any<D: Data>(&self, record: View<'_, D>, check: &impl Fn(View<'_, D>) -> bool) -> bool {
        let (start, members) = self.start(record);
        walk(members, start, check)
    }

    /// The value at the path; of lists on the way, the first item's.
    pub(super) fn first<'r, D: Data>(&self, record: View<'r, D>) -> View<'r, D> {
        let (start, members) = self.start(record);
        members.iter().fold(start, |value, member| {
            let value = match value {
                View::List([first, ..]) => first.view(),
                value => value,
            };
            member.of(value)
        })
    }

    /// Where the path starts, and what is left of it there.
    fn start<'r, D: Data>(&self, record: View<'r, D>) -> (View<'r, D>, &[Member]) {
        let (Some(info), [member, rest @ ..]) = (&self.info, &*self.members) else {
            return (record, &self.members);
        };
        let inside = info.member.of(record);
        let (first, second) = if info.own_first { (record, inside) } else { (inside, record) };
        let found = member.find(first).or_else(|| member.find(second));
        (found.map_or(View::Null, Data::view), rest)
    }
}

fn walk<D: Data>(members: &[Member], value: View<'_, D>, check: &impl Fn(View<'_, D>) -> bool) -> bool {
    match value {
        View::List(items) if !items.is_empty() => items.iter().any(|item| walk(members, item.view(), check)),
        value => match members.split_first() {
            Some((first, rest)) => walk(rest, first.of(value), check),
            None => check(value),
        },
    }
}

/// One member of a path.
#[derive(Debug)]
pub(super) struct Member {
    name: Box<str>,
    /// Whether records may have it in another letter case.
    loose: bool,
    /// Where it was the last time. Records of a kind have their members in one order, so it is most likely
    /// there again: looking there first touches less memory than the index by names does.
    hint: AtomicUsize,
}

impl Member {
    pub(super) fn new(name: &str) -> Self {
        // Members start with a small letter, so `LastUpdated` is most likely `lastUpdated`.
        let mut chars = name.chars();
        let name = chars.next().into_iter().map(|first| first.to_ascii_lowercase()).chain(chars).collect();
        Self { name, loose: true, hint: AtomicUsize::new(0) }
    }

    fn exact(name: &str) -> Self {
        Self { name: name.into(), loose: false, hint: AtomicUsize::new(0) }
    }

    /// The member of an object; null where there is none.
    pub(super) fn of<'r, D: Data>(&self, value: View<'r, D>) -> View<'r, D> {
        self.find(value).map_or(View::Null, Data::view)
    }

    fn find<'r, D: Data>(&self, value: View<'r, D>) -> Option<&'r D> {
        let View::Object(object) = value else { return None };
        let hinted = object.member(self.hint.load(Relaxed)).filter(|(name, _)| *name == &*self.name);
        if let Some((_, value)) = hinted {
            return Some(value);
        }
        let number = object.position(&self.name, self.loose)?;
        self.hint.store(number, Relaxed);
        object.member(number).map(|(_, value)| value)
    }
}

impl Clone for Member {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), loose: self.loose, hint: AtomicUsize::new(0) }
    }
}

impl PartialEq for Member {
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
    fn members_are_found_in_any_case_lists_and_info() {
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
            assert_eq!(Path::new(path).first(record.view()).value(), value, "{path}");
            assert!(Path::new(path).any(record.view(), &|found| found.value() == value), "{path}");
        }
        assert!(Path::new("types/name").any(record.view(), &|found| found == View::Text("b")));
        let updated = Path::of_info("lastUpdated", true);
        assert_eq!(updated.first(record.view()), View::Text("2024-01-01T00:00:00Z"));
        let own = json!({"lastUpdated": "own", "_info": {"lastUpdated": "info"}});
        assert_eq!(updated.first(own.view()), View::Text("own"));
        let inside = Path::of_info("lastUpdated", false);
        assert_eq!(inside.first(own.view()), View::Text("info"));
        assert_eq!(inside.first(json!({"lastUpdated": "own"}).view()), View::Text("own"));
        assert_eq!(inside.first(json!({}).view()), View::Null);
        assert_eq!(Path::exact("company/NAME").first(record.view()), View::Null);
    }
}
