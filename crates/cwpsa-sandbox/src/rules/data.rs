//! Reading `data/rules.json`.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{ActionRule, Change, RecordRule, Stored, action_rule, record_rule};
use crate::api::{CollectionId, Operation, api};
use crate::problem::Problem;
use crate::write::Writing;

const TEXT: &str = include_str!("../../data/rules.json");

/// The file. Keys are templates of collections, `/service/boards/{}/statuses`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What new records hold if it is not given; `@default` is the default record that a reference can name.
    defaults: BTreeMap<String, Map<String, Value>>,
    /// The screen whose custom fields a collection's records have.
    custom_fields: BTreeMap<String, String>,
    /// Collections that show records of another one.
    views: BTreeMap<String, ViewLine>,
    /// Collections that start without made up records.
    empty: Vec<String>,
    /// Parameters of the query that a list is narrowed by; its records' `_info` has them.
    query_filters: BTreeMap<String, Vec<String>>,
    /// Reports by name, and the collection that each is about.
    reports: BTreeMap<String, String>,
    /// Types of resources in bundles, and where they are listed.
    bundles: BTreeMap<String, String>,
    /// Names of record rules.
    records: BTreeMap<String, Vec<String>>,
    /// Names of action rules by verb and template.
    actions: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewLine {
    of: String,
    /// Paths of members and what they hold; `{0}` is the path's first parameter.
    #[serde(rename = "where")]
    tests: BTreeMap<String, Value>,
}

/// Records of another collection.
pub(crate) struct View {
    pub(crate) of: CollectionId,
    pub(crate) tests: Vec<(Vec<String>, Test)>,
}

/// What a member of a view's record holds.
pub(crate) enum Test {
    /// The id that the path's parameter with this number names.
    Parameter(usize),
    Is(Value),
}

/// What is special about the API.
pub(crate) struct Rules {
    defaults: HashMap<CollectionId, Map<String, Value>>,
    screens: HashMap<CollectionId, String>,
    views: HashMap<CollectionId, View>,
    empty: HashSet<CollectionId>,
    query_filters: HashMap<CollectionId, Vec<String>>,
    reports: BTreeMap<String, String>,
    bundles: BTreeMap<String, String>,
    records: HashMap<CollectionId, Vec<&'static dyn RecordRule>>,
    actions: HashMap<String, ActionRule>,
}

fn collection(template: &str) -> Result<CollectionId, String> {
    api().collection(template).ok_or_else(|| format!("there is no collection {template}"))
}

fn each<T, U>(
    lines: BTreeMap<String, T>,
    make: impl Fn(T) -> Result<U, String>,
) -> Result<HashMap<CollectionId, U>, String> {
    lines.into_iter().map(|(template, line)| Ok((collection(&template)?, make(line)?))).collect()
}

impl Rules {
    pub(super) fn new() -> Result<Self, String> {
        let file: File = serde_json::from_str(TEXT).map_err(|error| error.to_string())?;
        let record =
            |name: &String| record_rule(name).ok_or_else(|| format!("there is no record rule {name}"));
        let actions = file.actions.iter().map(|(operation, name)| {
            let (method, template) = operation.split_once(' ').unwrap_or_default();
            let known = api()
                .operations
                .iter()
                .any(|known| known.method().as_str() == method && known.template == template);
            let rule = action_rule(name).filter(|_| known);
            Ok((operation.clone(), rule.ok_or_else(|| format!("{operation} or {name} is not known"))?))
        });
        Ok(Self {
            defaults: each(file.defaults, Ok)?,
            screens: each(file.custom_fields, Ok)?,
            views: each(file.views, View::new)?,
            empty: file.empty.iter().map(|template| collection(template)).collect::<Result<_, _>>()?,
            query_filters: each(file.query_filters, Ok)?,
            reports: file.reports,
            bundles: file.bundles,
            records: each(file.records, |names| names.iter().map(record).collect::<Result<Vec<_>, _>>())?,
            actions: actions.collect::<Result<_, String>>()?,
        })
    }

    pub(crate) fn defaults(&self, collection: CollectionId) -> Option<&Map<String, Value>> {
        self.defaults.get(&collection)
    }

    /// The screen whose custom fields the records have.
    pub(crate) fn screen(&self, collection: CollectionId) -> Option<&str> {
        self.screens.get(&collection).map(String::as_str)
    }

    pub(crate) fn view(&self, collection: CollectionId) -> Option<&View> {
        self.views.get(&collection)
    }

    pub(crate) fn is_view(&self, collection: CollectionId) -> bool {
        self.views.contains_key(&collection)
    }

    pub(crate) fn starts_empty(&self, collection: CollectionId) -> bool {
        self.empty.contains(&collection)
    }

    /// Parameters of the query that a list is narrowed by.
    pub(crate) fn query_filters(&self, collection: CollectionId) -> &[String] {
        self.query_filters.get(&collection).map_or(&[], Vec::as_slice)
    }

    /// The template of the collection that a report is about.
    pub(crate) fn report(&self, name: &str) -> Option<&str> {
        self.reports
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, template)| template.as_str())
    }

    /// Where a bundle finds resources of a type.
    pub(crate) fn bundle(&self, kind: &str) -> Option<&str> {
        self.bundles
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(kind))
            .map(|(_, template)| template.as_str())
    }

    pub(crate) fn action(&self, operation: &Operation) -> Option<ActionRule> {
        self.actions.get(&key(operation)).copied()
    }

    /// Lets the rules change or refuse a write.
    pub(crate) fn before(
        &self,
        writing: &mut Writing<'_>,
        collection: CollectionId,
        parent: i64,
        before: Option<&Map<String, Value>>,
        record: &mut Map<String, Value>,
    ) -> Result<(), Problem> {
        let mut change = Change { collection, parent, before, record };
        self.of(collection).try_for_each(|rule| rule.before(writing, &mut change))
    }

    /// Does what follows from a write.
    pub(crate) fn after(
        &self,
        writing: &mut Writing<'_>,
        collection: CollectionId,
        id: i64,
        before: Option<&Map<String, Value>>,
        only_written: &Map<String, Value>,
    ) -> Result<(), Problem> {
        let stored = Stored { collection, id, before, only_written };
        self.of(collection).try_for_each(|rule| rule.after(writing, &stored))
    }

    /// Does what follows from a deletion.
    pub(crate) fn removed(
        &self,
        writing: &mut Writing<'_>,
        collection: CollectionId,
        before: &Map<String, Value>,
    ) -> Result<(), Problem> {
        self.of(collection).try_for_each(|rule| rule.removed(writing, before))
    }

    fn of(&self, collection: CollectionId) -> impl Iterator<Item = &'static dyn RecordRule> {
        self.records.get(&collection).into_iter().flatten().copied()
    }
}

impl View {
    fn new(line: ViewLine) -> Result<Self, String> {
        let tests = line.tests.into_iter().map(|(path, value)| {
            let parameter =
                value.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}')?.parse().ok());
            let test = parameter.map_or(Test::Is(value), Test::Parameter);
            (path.split('/').map(str::to_owned).collect(), test)
        });
        Ok(Self { of: collection(&line.of)?, tests: tests.collect() })
    }
}

/// `POST /service/tickets/{}/merge`.
fn key(operation: &Operation) -> String {
    format!("{} {}", operation.method(), operation.template)
}
