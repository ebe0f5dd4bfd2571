//! Applies fixes to a tool's arguments, so that fixes can be verified before they are proposed.

use serde_json::Value;

use super::fix::{Fix, FixOperation};
use crate::patch::unescape;

impl Fix {
    /// Returns a fix that applies `operation` first.
    #[must_use]
    pub(crate) fn after(mut self, operation: FixOperation) -> Self {
        self.0.insert(0, operation);
        self
    }

    /// Returns true if the fix either applies to `arguments` or leaves them unchanged.
    pub(crate) fn is_atomic(&self, arguments: &Value) -> bool {
        match self.0.as_slice() {
            [FixOperation::Move { from, path }] => {
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                let is_within = parent.strip_prefix(from.as_str());
                let is_within = is_within.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                !is_within && arguments.pointer(parent).is_some_and(Value::is_object)
            }
            operations => operations.len() == 1,
        }
    }

    /// Applies the fix. Returns false if an operation can't be applied; the arguments are then in an unspecified
    /// state.
    #[must_use]
    pub(crate) fn apply(&self, arguments: &mut Value) -> bool {
        self.0.iter().all(|operation| operation.apply(arguments).is_some())
    }
}

impl FixOperation {
    /// Returns the pointers that the operation reads or writes.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self {
            Self::Add { path, .. } | Self::Remove { path } | Self::Replace { path, .. } => (path, None),
            Self::Move { from, path } => (from, Some(path)),
        };
        std::iter::once(first.as_str()).chain(second.map(String::as_str))
    }

    /// Returns the pointer whose value the operation sets, if any.
    pub(crate) fn target(&self) -> Option<&str> {
        match self {
            Self::Add { path, .. } | Self::Replace { path, .. } | Self::Move { path, .. } => Some(path),
            Self::Remove { .. } => None,
        }
    }

    fn apply(&self, arguments: &mut Value) -> Option<()> {
        match self {
            Self::Add { path, value } => add(arguments, path, value.clone()),
            Self::Remove { path } => remove(arguments, path).map(drop),
            Self::Replace { path, value } => {
                *arguments.pointer_mut(path)? = value.clone();
                Some(())
            }
            Self::Move { from, path } => {
                let value = remove(arguments, from)?;
                add(arguments, path, value)
            }
        }
    }
}

/// Splits a pointer into its parent and its last segment.
pub(crate) fn split_pointer(pointer: &str) -> Option<(&str, String)> {
    let (parent, last) = pointer.rsplit_once('/')?;
    Some((parent, unescape(last)))
}

fn add(arguments: &mut Value, path: &str, value: Value) -> Option<()> {
    let (parent, name) = split_pointer(path)?;
    match arguments.pointer_mut(parent)? {
        Value::Object(properties) => drop(properties.insert(name, value)),
        Value::Array(items) => {
            let index = name.parse().ok().filter(|index| *index <= items.len())?;
            items.insert(index, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(arguments: &mut Value, path: &str) -> Option<Value> {
    let (parent, name) = split_pointer(path)?;
    match arguments.pointer_mut(parent)? {
        Value::Object(properties) => properties.shift_remove(&name),
        Value::Array(items) => {
            let index = name.parse().ok().filter(|index| *index < items.len())?;
            Some(items.remove(index))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fix_applies_as_a_json_patch() {
        let mut arguments = json!({"body": {"a/b": 1}, "list": [1, 2], "page": 0});
        let add = FixOperation::Add { path: "/list/2".to_owned(), value: json!(3) };
        let fixes = [
            Fix::rename("/body/a~1b", "/a~1b"),
            Fix::remove("/body"),
            Fix::replace("/page", 1),
            Fix::from_operations(vec![add]),
        ];
        assert!(fixes.iter().all(|fix| fix.apply(&mut arguments)));
        assert_eq!(arguments, json!({"list": [1, 2, 3], "page": 1, "a/b": 1}));
        let expected = json!([{"op": "move", "from": "/body/a~1b", "path": "/a~1b"}]);
        assert_eq!(fixes[0].to_json(), expected);
        assert!(!Fix::remove("/nothing").apply(&mut arguments));
        assert!(!Fix::replace("/list/9", 1).apply(&mut arguments));
    }

    #[test]
    fn fix_that_could_fail_halfway_is_recognized() {
        let arguments = json!({"a": 1, "list": [1], "inner": {}});
        let both = Fix::rename("/a", "/b").after(FixOperation::Remove { path: "/list".to_owned() });
        for (fix, is_atomic) in [
            (Fix::rename("/a", "/b"), true),
            (Fix::rename("/a", "/inner/b"), true),
            (Fix::rename("/missing", "/b"), true),
            (Fix::remove("/a"), true),
            (Fix::rename("/a", "/list/9"), false),
            (Fix::rename("/a", "/missing/b"), false),
            (Fix::rename("/inner", "/inner/b"), false),
            (both, false),
        ] {
            assert_eq!(fix.is_atomic(&arguments), is_atomic, "{fix:?}");
            let mut tried = arguments.clone();
            assert!(!is_atomic || fix.apply(&mut tried) || tried == arguments, "{fix:?}");
        }
    }
}
