//! Implements the `fields` parameter: copies only the requested fields of a record.

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::Map;

use super::value::{QueryValue, ValueView};

/// Longer paths are truncated, because no record is nested this deeply.
const MAX_DEPTH: usize = 32;

/// The fields of a response. Names that a record lacks are ignored, as in the API's tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldProjection {
    /// Empty if the complete value is requested.
    members: Vec<(String, FieldProjection)>,
}

impl FieldProjection {
    /// Parses `id,company/name,_info`. Empty entries are ignored; an empty parameter requests the complete
    /// record.
    pub fn parse(fields: &str) -> Self {
        let mut all = Self::default();
        for path in fields.split(',').map(str::trim).filter(|path| !path.is_empty()) {
            all.add(path);
        }
        all
    }

    /// Returns a copy with only the requested fields, in the record's order. Applies to each item of a list.
    pub fn apply<D: QueryValue>(&self, record: &D) -> Value {
        match record.view() {
            whole if self.members.is_empty() => whole.value(),
            ValueView::Object(object) => {
                let members = (0..).map_while(|number| object.member(number));
                let kept = members.filter_map(|(name, value)| {
                    let (_, below) =
                        self.members.iter().find(|(asked, _)| asked.eq_ignore_ascii_case(name))?;
                    Some((name.to_owned(), below.apply(value)))
                });
                Value::Object(kept.collect::<Map<_, _>>())
            }
            ValueView::List(items) => Value::Array(items.iter().map(|item| self.apply(item)).collect()),
            other => other.value(),
        }
    }

    fn add(&mut self, path: &str) {
        let mut node = self;
        let mut new = false;
        for name in path.split('/').take(MAX_DEPTH) {
            let at = match node.members.iter().position(|(known, _)| known.eq_ignore_ascii_case(name)) {
                // The complete value has already been requested, so the rest of the path adds nothing.
                Some(at) if node.members[at].1.members.is_empty() => return,
                Some(at) => at,
                None => {
                    new = true;
                    node.members.push((name.to_owned(), Self::default()));
                    node.members.len() - 1
                }
            };
            node = &mut node.members[at].1;
        }
        if !new {
            node.members.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use connectwise_psa::runtime::serde_json::json;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nested_fields_stay_nested() {
        let record = json!({
            "id": 1, "summary": "x", "company": {"id": 2, "name": "Acme", "_info": {"a": "b"}},
            "items": [{"id": 3, "value": "v"}], "_info": {"lastUpdated": "l"},
        });
        for (fields, kept) in [
            ("id,company/name", json!({"id": 1, "company": {"name": "Acme"}})),
            ("company/name, ID", json!({"id": 1, "company": {"name": "Acme"}})),
            ("_info", json!({"_info": {"lastUpdated": "l"}})),
            ("items/value", json!({"items": [{"value": "v"}]})),
            ("company/id,company/name", json!({"company": {"id": 2, "name": "Acme"}})),
            ("company/name,company", json!({"company": record["company"]})),
            ("company,company/name", json!({"company": record["company"]})),
            ("nothing,id/x", json!({"id": 1})),
            (" , ", record.clone()),
        ] {
            assert_eq!(FieldProjection::parse(fields).apply(&record), kept, "{fields}");
        }
    }

    proptest! {
        #[test]
        fn any_field_list_is_accepted(fields in "[a-c/, ]{0,40}|.{0,40}") {
            let record = json!({"a": {"b": [{"c": 1}], "": 2}, "b": null, "c": "x"});
            FieldProjection::parse(&fields).apply(&record);
        }
    }
}
