//! Limits the size of results. Empty properties are dropped on request. If a list is too large, its last rows are
//! omitted, and the result includes the arguments of a call that fetches them, so no data is lost.

use serde_json::{Map, Value, json};

/// Rows of a list that aren't in the result, and how to fetch them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Omitted {
    /// The number of rows on this page that aren't in the result.
    pub count: usize,
    /// The arguments that fetch the rest, starting at the first row missing at the end of the result; `None` if no row
    /// is missing there, or if the tool has no arguments for it. [`skip`](Self::skip) always works.
    pub arguments: Option<Map<String, Value>>,
    /// The number of rows on this page that have been processed: the same call with this
    /// [`skip`](crate::ExecuteOptions::skip) returns the rest of the page.
    pub skip: usize,
    /// Rows that exceed the budget on their own.
    pub too_big: Vec<TooBig>,
    /// The number of rows missing at the end.
    pub(super) rest: usize,
    /// The number of average-size rows that fit in the budget.
    pub(super) like: usize,
    /// The number of rows on the page.
    pub(super) page: usize,
}

/// A row that exceeds the budget on its own, so it doesn't fit on any page.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TooBig {
    /// Its index on the page, starting at 0.
    pub index: usize,
    /// Its size.
    pub bytes: usize,
    /// Its `id`, if it has one.
    pub id: Option<Value>,
}

impl Omitted {
    /// Returns the object `count`, `arguments`, `skip`, `too_big` and `message`.
    pub fn to_json(&self) -> Value {
        let too_big: Vec<Value> = self
            .too_big
            .iter()
            .map(|row| json!({"index": row.index, "bytes": row.bytes, "id": row.id}))
            .collect();
        let mut message = format!("{} rows omitted from this page to limit its size.", self.count);
        if self.arguments.is_some() {
            message.push_str(" Call again with these arguments to get the rest.");
        }
        if !too_big.is_empty() {
            message.push_str(
                " For rows that are too large on their own, request fewer fields or raise the limit.",
            );
        }
        json!({
            "count": self.count,
            "arguments": self.arguments,
            "skip": self.skip,
            "too_big": too_big,
            "message": message,
        })
    }
}

/// The rows that were kept, and those that weren't.
pub(super) struct Cut {
    /// The number of rows processed from the start of the page: kept, or too big.
    pub(super) done: usize,
    /// The original number of rows.
    pub(super) total: usize,
    pub(super) too_big: Vec<TooBig>,
    /// The number of remaining rows.
    pub(super) kept: usize,
    /// The number of average-size rows that fit in the budget.
    pub(super) like: usize,
}

/// Returns the size of a value's JSON in bytes, without writing it.
pub fn json_size(value: &Value) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // A value is always valid JSON, and counting never fails.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

/// Truncates a list to at most `budget` bytes of JSON and at most `most` rows, losing as few rows as possible. The
/// first rows are kept, so the rest can be requested. Returns `None` if nothing had to be cut.
pub(super) fn cut(rows: &mut Vec<Value>, budget: usize, most: usize) -> Option<Cut> {
    let sizes: Vec<usize> = rows.iter().map(json_size).collect();
    // Brackets, and a comma between rows.
    let total = rows.len();
    let bytes = 2 + sizes.iter().sum::<usize>() + total.saturating_sub(1);
    if bytes <= budget && total <= most {
        return None;
    }
    let like = if bytes <= budget { total } else { budget * total / bytes };
    let like = like.min(most).max(1);
    let mut used = 2;
    let mut done = 0;
    let mut kept = Vec::new();
    let mut too_big = Vec::new();
    for (index, (row, bytes)) in std::mem::take(rows).into_iter().zip(sizes).enumerate() {
        let comma = usize::from(!kept.is_empty());
        if kept.len() == most {
            break;
        }
        if 2 + bytes > budget {
            too_big.push(TooBig { index, bytes, id: row.get("id").cloned() });
        } else if used + comma + bytes <= budget {
            used += comma + bytes;
            kept.push(row);
        } else {
            break;
        }
        done = index + 1;
    }
    *rows = kept;
    Some(Cut { done, total, too_big, kept: rows.len(), like })
}

/// Returns the number and size of the page that starts after `rows` rows. `like` is the number of rows that fit in the
/// budget, so a size near it is best; sizes above `most` are never returned.
pub(super) fn page_after(rows: usize, like: usize, most: usize) -> Option<(usize, usize)> {
    let divides = |size: &usize| rows.is_multiple_of(*size);
    let smaller = (1..=like.clamp(1, most)).rev().find(divides);
    let larger = (like + 1..=rows.min(most)).find(divides);
    let size = match (smaller, larger) {
        (Some(smaller), _) if smaller * 2 >= like => smaller,
        (_, Some(larger)) => larger,
        (Some(smaller), None) => smaller,
        (None, None) => return None,
    };
    Some((rows / size + 1, size))
}

/// Drops properties that are null, an empty string, or an empty list or object, at every depth. Properties that were
/// requested by path (`company/name`) are kept.
pub(super) fn drop_empty(value: &mut Value, asked: &[&str], path: &str) {
    match value {
        Value::Object(members) => {
            members.retain(|name, member| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                drop_empty(member, asked, &path);
                !is_empty(member) || asked.contains(&path.as_str())
            });
        }
        Value::Array(items) => items.iter_mut().for_each(|item| drop_empty(item, asked, path)),
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn empty_members_are_dropped_at_every_depth_but_zero_and_false_stay() {
        let mut value = json!([
            {"id": 0, "a": null, "b": "", "c": [], "d": {"e": {"f": null}}, "g": false, "h": [null, {"i": ""}]},
        ]);
        drop_empty(&mut value, &[], "");
        assert_eq!(value, json!([{"id": 0, "g": false, "h": [null, {}]}]));
        let mut value = json!([{"id": 1, "a": null, "company": {"name": "", "id": null}}]);
        drop_empty(&mut value, &["a", "company/name"], "");
        assert_eq!(value, json!([{"id": 1, "a": null, "company": {"name": ""}}]));
    }

    #[test]
    fn pages_start_where_the_last_one_ended() {
        assert_eq!(page_after(10, 10, 1000), Some((2, 10)));
        assert_eq!(page_after(25, 25, 1000), Some((2, 25)));
        // 25 earlier rows plus 10 from this page.
        assert_eq!(page_after(35, 10, 1000), Some((6, 7)));
        assert_eq!(page_after(13, 13, 1000), Some((2, 13)));
        // For a prime, a larger page that starts there; the budget keeps only part of it.
        assert_eq!(page_after(37, 12, 1000), Some((2, 37)));
        assert_eq!(page_after(1009, 9, 1000), Some((1010, 1)));
        assert_eq!(page_after(1, 1, 1000), Some((2, 1)));
        for rows in 1..400 {
            for like in 1..40 {
                let (page, size) = page_after(rows, like, 100).expect("a page");
                assert_eq!((page - 1) * size, rows);
                assert!(size <= 100);
            }
        }
    }

    proptest! {
        #[test]
        fn truncated_list_is_as_long_as_fits(
            lengths in prop::collection::vec(0usize..60, 0..30),
            budget in 2usize..900,
            most in 0usize..40,
        ) {
            let all: Vec<Value> = lengths.iter().map(|length| json!({"id": length, "t": "é".repeat(*length)})).collect();
            let mut rows = all.clone();
            let cut = cut(&mut rows, budget, most);
            let size = |rows: &[Value]| Value::from(rows.to_vec()).to_string().len();
            prop_assert!(size(&rows) <= budget && rows.len() <= most);
            let Some(cut) = cut else {
                prop_assert_eq!(&rows, &all);
                return Ok(());
            };
            prop_assert!(size(&all) > budget || all.len() > most);
            prop_assert_eq!(cut.total, all.len());
            prop_assert_eq!(cut.done, rows.len() + cut.too_big.len());
            prop_assert!(cut.too_big.iter().all(|row| size(&all[row.index..=row.index]) > budget));
            // The start of the list is kept, in order, without the rows that are too big.
            let expected: Vec<Value> = all[..cut.done].iter().enumerate()
                .filter(|(index, _)| !cut.too_big.iter().any(|row| row.index == *index))
                .map(|(_, row)| row.clone()).collect();
            prop_assert_eq!(&rows, &expected);
            if let Some(next) = all.get(cut.done) {
                rows.push(next.clone());
                prop_assert!(size(&rows) > budget || rows.len() > most);
            }
        }
    }
}
