//! The way from a record to a value in it.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use connectwise_psa::runtime::Value;

/// What a member that isn't there holds.
static NULL: Value = Value::Null;

/// A path of members.
#[derive(Clone, Debug)]
pub(super) struct Path {
    members: Box<[Member]>,
    /// Whether a record without the member may have it in `_info`.
    info: bool,
}

impl Path {
    /// A path as written in a query, in any letter case.
    pub(super) fn new(text: &str) -> Self {
        Self { members: text.split('/').map(Member::new).collect(), info: false }
    }

    /// A path as written in records.
    pub(super) fn exact(text: &str) -> Self {
        Self { members: text.split('/').map(Member::exact).collect(), info: false }
    }

    /// A member of `_info`; `own` where the record's own member of that name goes before it.
    pub(super) fn of_info(name: &str, own: bool) -> Self {
        if own {
            return Self { members: [Member::exact(name)].into(), info: true };
        }
        Self { members: [Member::exact("_info"), Member::exact(name)].into(), info: false }
    }

    /// The first member, and the path below it.
    pub(super) fn split(text: &str) -> (Member, Self) {
        let (first, rest) = text.split_once('/').unwrap_or((text, ""));
        let members = rest.split('/').filter(|member| !member.is_empty()).map(Member::new).collect();
        (Member::new(first), Self { members, info: false })
    }

    /// Whether a value at the path passes the check: of lists on the way, that of any item; null where there
    /// is none.
    pub(super) fn any(&self, record: &Value, check: &impl Fn(&Value) -> bool) -> bool {
        walk(&self.members, self.start(record), check)
    }

    /// The value at the path; of lists on the way, the first item's.
    pub(super) fn first<'r>(&self, record: &'r Value) -> &'r Value {
        self.members.iter().fold(self.start(record), |value, member| {
            let value = value.as_array().and_then(|items| items.first()).unwrap_or(value);
            member.of(value)
        })
    }

    fn start<'r>(&self, record: &'r Value) -> &'r Value {
        if self.info && self.members[0].find(record).is_none() {
            return record.get("_info").unwrap_or(&NULL);
        }
        record
    }
}

fn walk(members: &[Member], value: &Value, check: &impl Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) if !items.is_empty() => items.iter().any(|item| walk(members, item, check)),
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
    pub(super) fn of<'r>(&self, value: &'r Value) -> &'r Value {
        self.find(value).unwrap_or(&NULL)
    }

    fn find<'r>(&self, value: &'r Value) -> Option<&'r Value> {
        let members = value.as_object()?;
        let hint = self.hint.load(Relaxed);
        if let Some((_, value)) = members.iter().nth(hint).filter(|(name, _)| ***name == *self.name) {
            return Some(value);
        }
        let known = members.contains_key(&*self.name);
        if !known && !self.loose {
            return None;
        }
        let mut all = members.iter().enumerate();
        let found = all.find(|(_, (name, _))| match known {
            true => ***name == *self.name,
            false => name.eq_ignore_ascii_case(&self.name),
        });
        found.map(|(at, (_, value))| {
            self.hint.store(at, Relaxed);
            value
        })
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
            assert_eq!(*Path::new(path).first(&record), value, "{path}");
            assert!(Path::new(path).any(&record, &|found| *found == value), "{path}");
        }
        assert!(Path::new("types/name").any(&record, &|found| found == "b"));
        let updated = Path::of_info("lastUpdated", true);
        assert_eq!(updated.first(&record), "2024-01-01T00:00:00Z");
        let own = json!({"lastUpdated": "own", "_info": {"lastUpdated": "info"}});
        assert_eq!(updated.first(&own), "own");
        assert_eq!(Path::of_info("lastUpdated", false).first(&own), "info");
        assert_eq!(*Path::exact("company/NAME").first(&record), Value::Null);
    }
}
