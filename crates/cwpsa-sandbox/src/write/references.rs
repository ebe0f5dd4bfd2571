//! References in a body: found by id, identifier or name, and stored whole, with a link.

use serde_json::{Map, Value};

use super::body::small;
use super::{Writing, info};
use crate::api::{CollectionId, Link, Member, Resource, api, resource};
use crate::problem::{Fault, Problem};
use crate::store::{Node, Object, Row};

impl Writing<'_> {
    /// Fills in the references of a record that was checked. Only those whose first member is `changed` are
    /// looked at.
    pub(crate) fn resolve(
        &mut self,
        links: &[Link],
        of: &'static Resource,
        record: &mut Map<String, Value>,
        changed: impl Fn(&str) -> bool,
    ) -> Result<(), Problem> {
        let mut faults = Vec::new();
        for link in links.iter().filter(|link| changed(&link.path[0])) {
            if record.get(&link.path[0]).is_none_or(Value::is_null) {
                continue;
            }
            let Some(target) = api().listed_by(&link.tool) else { continue };
            self.ensure(target);
            let parent = self.parent(link, target, record);
            let mut at = Value::Object(std::mem::take(record));
            self.walk(&link.path, &mut at, of, link, target, parent, &mut faults);
            if let Value::Object(members) = at {
                *record = members;
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(Problem::invalid(&small(&of.name), faults))
    }

    /// The parent that the target of a link must have, where the record names it.
    fn parent(&self, link: &Link, target: CollectionId, record: &Map<String, Value>) -> Option<i64> {
        let within = link.within.last()?;
        api().of(target).parents.last()?.as_ref()?;
        let mut segments = within.split('/');
        let first = record.get(segments.next()?)?;
        segments.try_fold(first, |value, segment| value.get(segment))?.as_i64()
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one walk")]
    fn walk(
        &self,
        path: &[String],
        value: &mut Value,
        of: &'static Resource,
        link: &Link,
        target: CollectionId,
        parent: Option<i64>,
        faults: &mut Vec<Fault>,
    ) {
        if let Value::Array(items) = value {
            items.iter_mut().for_each(|item| self.walk(path, item, of, link, target, parent, faults));
            return;
        }
        let Some((first, rest)) = path.split_first() else { return };
        let Some(below) = value.get_mut(first.as_str()) else { return };
        let member = of.member(first);
        if rest.is_empty() {
            let mut one = |value: &mut Value| {
                if let Err(fault) = self.one(value, member, link, target, parent) {
                    faults.push(fault);
                }
            };
            match below {
                Value::Array(items) => items.iter_mut().for_each(one),
                other => one(other),
            }
            return;
        }
        let inner = match member {
            Some(Member::Object(name)) => resource(name),
            Some(Member::List(item)) => match &**item {
                Member::Object(name) => resource(name),
                _ => return,
            },
            _ => return,
        };
        self.walk(rest, below, inner, link, target, parent, faults);
    }

    /// One reference: an object, or an id alone.
    fn one(
        &self,
        value: &mut Value,
        member: Option<&Member>,
        link: &Link,
        target: CollectionId,
        parent: Option<i64>,
    ) -> Result<(), Fault> {
        let (key, text) = match &*value {
            Value::Object(members) => {
                let given = ["id", "identifier", "name", "summary"].iter().find_map(|key| {
                    let given = members.get(*key)?;
                    match given {
                        Value::Number(number) => Some((*key, number.to_string())),
                        Value::String(text) if !text.is_empty() => Some((*key, text.clone())),
                        _ => None,
                    }
                });
                match given {
                    Some(given) => given,
                    None => return Ok(()),
                }
            }
            Value::Number(number) if number.as_i64() != Some(0) => ("id", number.to_string()),
            Value::String(text) if !text.is_empty() => ("identifier", text.clone()),
            _ => return Ok(()),
        };
        let found = self.target(target, key, &text, parent);
        let object = value.is_object();
        match found {
            Some(row) => {
                if object {
                    *value = Value::Object(reference(target, row, member, self.path_of(target, row)));
                }
                Ok(())
            }
            // A text alone is not always a name of the target, as with identifiers of devices.
            None if !object && key != "id" => Ok(()),
            None if !self.settings.strict_references => Ok(()),
            None => {
                let path = link.path.join("/");
                let field = if object { format!("{path}/{key}") } else { path };
                let what = reference_noun(member).unwrap_or_else(|| noun(&api().of(target).noun()));
                let within = parent.zip(api().of(target).parents.last().copied().flatten());
                let message = match within {
                    Some((parent, collection)) => {
                        format!("{what} not found for {} {parent}", parent_noun(collection))
                    }
                    None => format!("{what} {text} not found"),
                };
                Err(Fault::new("NotFound", &api().of(target).noun(), &field, message))
            }
        }
    }

    fn target(&self, target: CollectionId, key: &str, text: &str, parent: Option<i64>) -> Option<&Row> {
        let table = self.state.table(target)?;
        let fits = |row: &&Row| parent.is_none_or(|parent| row.parent == parent);
        if key == "id" {
            return table.get(text.parse().ok()?).filter(fits);
        }
        let rows = match parent {
            Some(parent) => table.under(parent).iter().filter_map(|id| table.get(*id)).collect::<Vec<_>>(),
            None => table.rows().iter().collect(),
        };
        let same =
            |row: &Row| display(&row.record, key).is_some_and(|value| value.eq_ignore_ascii_case(text));
        rows.into_iter().find(|row| same(row))
    }

    /// A reference to a record of a collection, as the schema of references has it; null if it isn't there.
    pub(crate) fn refer(&self, collection: CollectionId, id: i64, schema: &str) -> Value {
        let Some(row) = self.state.row(collection, id) else { return Value::Null };
        let member = Member::Object(schema.to_owned());
        Value::Object(reference(collection, row, Some(&member), self.path_of(collection, row)))
    }

    /// The path of a record, as links have it.
    pub(crate) fn path_of(&self, collection: CollectionId, row: &Row) -> Option<String> {
        let known = api().of(collection);
        let mut ids = vec![row.id];
        let mut at = (collection, row.parent);
        while let Some(Some(parent)) = api().of(at.0).parents.last() {
            let row = self.state.row(*parent, at.1)?;
            ids.push(row.id);
            at = (*parent, row.parent);
        }
        let mut ids = ids.into_iter().rev();
        let mut path = String::new();
        for segment in known.path.split('/').skip(1) {
            path.push('/');
            if segment.starts_with('{') {
                path.push_str(&ids.next()?.to_string());
            } else {
                path.push_str(segment);
            }
        }
        Some(format!("{path}/{}", ids.next()?))
    }
}

/// A reference to a record, as a member of this type has it.
pub(crate) fn reference(
    target: CollectionId,
    row: &Row,
    member: Option<&Member>,
    path: Option<String>,
) -> Map<String, Value> {
    let schema = match member {
        Some(Member::Object(name)) => Some(name),
        Some(Member::List(item)) => match &**item {
            Member::Object(name) => Some(name),
            _ => None,
        },
        _ => None,
    };
    let mut reference = Map::new();
    reference.insert("id".to_owned(), Value::from(row.id));
    let names: Vec<&str> = match schema {
        Some(schema) => resource(schema).members.iter().map(|(name, _)| name.as_str()).collect(),
        None => vec!["name"],
    };
    for name in names.into_iter().filter(|name| !matches!(*name, "id" | "_info")) {
        let own = row.record.get(name).filter(|node| !matches!(node, Node::Object(_) | Node::List(_)));
        if let Some(value) = own.map(Node::value).or_else(|| Some(Value::from(display(&row.record, name)?))) {
            reference.insert(name.to_owned(), value);
        }
    }
    if let Some(path) = path {
        let noun = match schema {
            // A status is linked as `status_href`, whatever module it is of.
            Some(schema) => {
                let noun = schema.strip_suffix("Reference").unwrap_or(schema);
                noun.strip_prefix("Service").filter(|rest| !rest.is_empty()).unwrap_or(noun).to_owned()
            }
            None => api().of(target).noun(),
        };
        let mut chars = noun.chars();
        let noun: String = chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect();
        info(&mut reference).insert(format!("{noun}_href"), Value::from(path));
    }
    reference
}

/// What a record is called: some have a name, some a description or the names of a person.
pub(crate) fn display(record: &Object, member: &str) -> Option<String> {
    let text = |member: &str| record.get(member).and_then(Node::as_text).map(str::to_owned);
    if let Some(own) = text(member) {
        return Some(own);
    }
    if member != "name" {
        return None;
    }
    let person = || {
        let names: Vec<String> = ["firstName", "lastName"].into_iter().filter_map(text).collect();
        (!names.is_empty()).then(|| names.join(" "))
    };
    person().or_else(|| ["description", "summary", "identifier", "caption"].into_iter().find_map(text))
}

/// `PurchaseOrder` as `Purchase Order`.
pub(crate) fn noun(name: &str) -> String {
    let mut words = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter);
    }
    words
}

fn reference_noun(member: Option<&Member>) -> Option<String> {
    match member? {
        Member::Object(name) => Some(noun(name.strip_suffix("Reference")?)),
        _ => None,
    }
}

/// `Service Board` of `/service/boards`.
fn parent_noun(collection: CollectionId) -> String {
    let known = api().of(collection);
    let module = known.template.split('/').nth(1).unwrap_or_default();
    let mut module = module.to_owned();
    module.get_mut(..1).map(str::make_ascii_uppercase);
    let name = noun(&known.noun());
    if name.starts_with(&module) { name } else { format!("{module} {name}") }
}
