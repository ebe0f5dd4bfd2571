//! The collections of the API, and what each operation does to which of them. All of it is told from verbs,
//! templates and schemas: `/x` beside `/x/{id}` is a collection and its item, `/x/count` counts it, a twin
//! with an `info` segment reads the same records.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::operation::normal;
use super::{Operation, Purpose, Resource, resource};

/// The number of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct CollectionId(pub(crate) u32);

/// Records of one kind.
pub(crate) struct Collection {
    /// The normal form of its path: `/service/boards/{}/statuses`.
    pub(crate) template: String,
    /// Its path as the spec writes it: `/service/boards/{parentId}/statuses`.
    pub(crate) path: &'static str,
    /// The name of its records' schema.
    pub(crate) schema: Option<&'static str>,
    /// The collections of the parameters in its path, in order; none where that isn't one.
    pub(crate) parents: Vec<Option<CollectionId>>,
    /// What hangs below an item: `notes_href` and `/notes`.
    pub(crate) children: Vec<(String, String)>,
    /// The operations that write one record, which say what a record may hold.
    pub(crate) create: Option<usize>,
    pub(crate) replace: Option<usize>,
    pub(crate) patch: Option<usize>,
    /// Whether there is one record only.
    pub(crate) single: bool,
    resource: OnceLock<&'static Resource>,
}

impl Collection {
    /// What its records hold.
    pub(crate) fn resource(&self) -> &'static Resource {
        self.resource.get_or_init(|| resource(self.schema.unwrap_or_default()))
    }

    /// An operation that says what a record may hold.
    pub(crate) fn writer(&self) -> Option<usize> {
        self.create.or(self.replace).or(self.patch)
    }

    /// What messages call a record: `PurchaseOrder`, and `Contact` in `Contact 57919 not found`.
    pub(crate) fn noun(&self) -> String {
        match self.schema {
            Some(schema) => schema.to_owned(),
            None => self.template.rsplit('/').find(|segment| *segment != "{}").unwrap_or("Record").to_owned(),
        }
    }
}

/// The collections of these operations, whose purposes are filled in.
pub(super) fn find(operations: &mut [Operation]) -> (Vec<Collection>, HashMap<String, CollectionId>) {
    let mut by_template: HashMap<String, Vec<usize>> = HashMap::new();
    for (number, operation) in operations.iter().enumerate() {
        by_template.entry(operation.template.clone()).or_default().push(number);
    }
    let found = Found { operations, by_template: &by_template };
    let mut names: Vec<(String, bool)> =
        by_template.keys().filter_map(|template| found.stored(template)).collect();
    names.sort();
    names.dedup_by(|a, b| a.0 == b.0);
    let ids: HashMap<String, CollectionId> =
        (0..).zip(&names).map(|(id, (template, _))| (template.clone(), CollectionId(id))).collect();
    let children = found.children();
    let collections =
        names.iter().map(|(template, single)| found.collection(template, *single, &ids, &children)).collect();
    let purposes: Vec<Purpose> = operations.iter().map(|operation| found.purpose(operation, &ids)).collect();
    for (operation, purpose) in operations.iter_mut().zip(purposes) {
        operation.purpose = purpose;
    }
    (collections, ids)
}

struct Found<'a> {
    operations: &'a [Operation],
    by_template: &'a HashMap<String, Vec<usize>>,
}

/// A template without its last segment, and that segment.
fn cut(template: &str) -> (&str, &str) {
    template.rsplit_once('/').unwrap_or(("", template))
}

fn without_info(template: &str) -> String {
    let segments: Vec<&str> = template.split('/').filter(|segment| *segment != "info").collect();
    segments.join("/")
}

impl Found<'_> {
    fn at(&self, template: &str, method: &str) -> Option<usize> {
        let numbers = self.by_template.get(template)?;
        numbers.iter().copied().find(|number| self.operations[*number].method == method)
    }

    fn any(&self, template: &str, methods: &[&str]) -> bool {
        methods.iter().any(|method| self.at(template, method).is_some())
    }

    /// Whether the verb at the template answers a list.
    fn lists(&self, template: &str) -> bool {
        self.at(template, "GET").is_some_and(|number| self.operations[number].lists())
    }

    /// The template whose records a reading one shows: itself, or the one without the `info` segment.
    fn base(&self, template: &str) -> String {
        let base = without_info(template);
        if base != template && self.by_template.contains_key(&base) { base } else { template.to_owned() }
    }

    /// The collection that a template makes necessary, and whether it has one record only.
    fn stored(&self, template: &str) -> Option<(String, bool)> {
        if self.base(template) != *template {
            return None;
        }
        let (before, last) = cut(template);
        match last {
            "count" | "usages" | "search" | "bulk" | "default" if !self.lists(template) => return None,
            "usages" => return None,
            "list" if before.ends_with("/usages") => return None,
            _ => {}
        }
        if last.ends_with("{}") && last != "{}" {
            return None;
        }
        if last == "{}" {
            let item = self.any(template, &["GET", "PUT", "PATCH", "DELETE"]);
            let own_list = self.lists(template)
                && !self.any(template, &["PUT", "PATCH", "DELETE"])
                && !self.any(before, &["GET", "POST"]);
            return match (item, own_list) {
                (_, true) => Some((template.to_owned(), false)),
                (true, _) if !before.ends_with("{}") => Some((before.to_owned(), false)),
                _ => None,
            };
        }
        if self.lists(template) {
            return Some((template.to_owned(), false));
        }
        let reads = self
            .at(template, "GET")
            .is_some_and(|number| self.operations[number].says("\"content\":\"json\""));
        let changes = self.any(template, &["PUT", "PATCH"]);
        let has_items = self.any(&format!("{template}/{{}}"), &["GET", "PUT", "PATCH", "DELETE"]);
        ((reads || changes) && !has_items).then(|| (template.to_owned(), true))
    }

    fn collection(
        &self,
        template: &str,
        single: bool,
        ids: &HashMap<String, CollectionId>,
        children: &HashMap<&str, Vec<(String, String)>>,
    ) -> Collection {
        let item = if single { template.to_owned() } else { format!("{template}/{{}}") };
        let own = template.to_owned();
        let (first, second) = if self.lists(template) { (&own, &item) } else { (&item, &own) };
        let candidates = [(first, "GET"), (second, "GET"), (&own, "POST"), (&item, "PUT"), (&item, "PATCH")];
        let known: Vec<usize> =
            candidates.iter().filter_map(|(template, method)| self.at(template, method)).collect();
        let schema = known.iter().find_map(|number| self.operations[*number].schema_name());
        let path = [template, &item]
            .iter()
            .find_map(|known| self.by_template.get(*known)?.first())
            .map_or("", |number| self.operations[*number].path);
        let path = if cut(template).1 == "{}" || single || normal(path) == template {
            path
        } else {
            path.trim_end_matches('/').rsplit_once('/').map_or(path, |(before, _)| before)
        };
        let same = |number: &usize| self.operations[*number].schema_name() == schema || schema.is_none();
        let children = children.get(item.as_str()).cloned().unwrap_or_default();
        Collection {
            template: template.to_owned(),
            path: path.trim_end_matches('/'),
            schema,
            parents: parents(template, ids),
            children,
            create: self.at(template, "POST").filter(same),
            replace: self.at(&item, "PUT"),
            patch: self.at(&item, "PATCH"),
            single,
            resource: OnceLock::new(),
        }
    }

    /// The operation that shows a record of a collection.
    fn shown(&self, template: &str) -> Option<usize> {
        let list = self.at(template, "GET").filter(|_| self.lists(template));
        list.or_else(|| self.at(&format!("{template}/{{}}"), "GET"))
    }

    /// What hangs below each item: names of links, and paths from the item.
    fn children(&self) -> HashMap<&str, Vec<(String, String)>> {
        let mut children: HashMap<&str, Vec<(String, String)>> = HashMap::new();
        for (template, numbers) in self.by_template {
            let (before, last) = cut(template);
            let plain = before.ends_with("/{}")
                && !last.contains('{')
                && !matches!(last, "usages" | "info" | "count");
            let Some(number) = numbers.iter().find(|number| self.operations[**number].method == "GET") else {
                continue;
            };
            let path = self.operations[*number].path.trim_end_matches('/');
            if let (true, Some((_, segment))) = (plain, path.rsplit_once('/')) {
                children.entry(before).or_default().push((format!("{segment}_href"), format!("/{segment}")));
            }
        }
        children.values_mut().for_each(|links| links.sort());
        children
    }

    fn purpose(&self, operation: &Operation, ids: &HashMap<String, CollectionId>) -> Purpose {
        let template = if operation.method == "GET" {
            self.base(&operation.template)
        } else {
            operation.template.clone()
        };
        let id = |template: &str| ids.get(template).copied();
        let (before, last) = cut(&template);
        let get = operation.method == "GET";
        if get && operation.says("\"content\":\"binary\"") {
            return Purpose::Download;
        }
        let item_of = |template: &str| template.strip_suffix("/{}").and_then(id);
        let suffixed = match (operation.method, last) {
            ("GET", "count") if operation.schema_name() == Some("Count") => id(before).map(Purpose::Count),
            ("GET", "usages") => item_of(before).map(Purpose::Usages),
            ("GET", "list") => before.strip_suffix("/usages").and_then(item_of).map(Purpose::Usages),
            ("GET", "default") if !operation.lists() => id(before).map(Purpose::Defaults),
            ("POST", "search") if operation.lists() => id(before).map(Purpose::Search),
            ("POST", "copy") => id(before).or_else(|| item_of(before)).map(Purpose::Copy),
            (_, "bulk") => id(before).map(Purpose::Bulk),
            _ => None,
        };
        if let Some(purpose) = suffixed {
            return purpose;
        }
        if let Some(collection) = id(&template) {
            let single = !self.lists(&template)
                && !self.any(&format!("{template}/{{}}"), &["GET", "PUT", "PATCH", "DELETE"]);
            let same = |other: Option<usize>| {
                other.is_none_or(|number| self.operations[number].schema_name() == operation.schema_name())
            };
            match (operation.method, single) {
                ("GET", false) if self.lists(&template) => return Purpose::List(collection),
                ("GET", true) => return Purpose::Single(collection),
                ("PUT", true) => return Purpose::ReplaceSingle(collection),
                ("PATCH", true) => return Purpose::PatchSingle(collection),
                ("PUT", false) if last != "{}" => return Purpose::ReplaceSingle(collection),
                ("PATCH", false) if last != "{}" => return Purpose::PatchSingle(collection),
                ("POST", false) if same(self.shown(&template)) => {
                    return Purpose::Create(collection);
                }
                ("DELETE", false) if last != "{}" => return Purpose::Clear(collection),
                _ => {}
            }
        }
        match (operation.method, item_of(&template)) {
            ("GET", Some(collection)) => Purpose::Read(collection),
            ("PUT", Some(collection)) => Purpose::Replace(collection),
            ("PATCH", Some(collection)) => Purpose::Patch(collection),
            ("DELETE", Some(collection)) => Purpose::Delete(collection),
            _ => Purpose::Action,
        }
    }
}

/// The collection of each parameter of a template.
pub(super) fn parents(template: &str, ids: &HashMap<String, CollectionId>) -> Vec<Option<CollectionId>> {
    let befores = template.match_indices("{}").map(|(at, _)| template[..at].trim_end_matches('/'));
    befores.map(|before| ids.get(before).or_else(|| ids.get(&without_info(before))).copied()).collect()
}
