//! Determines the kind and collection of each operation, and lists the collections themselves.
//!
//! Everything is derived from methods, path templates and response schemas. `/x` and `/x/{id}` are a collection and one
//! of its items, and `/x/count` counts the items. A path containing a segment that the profile lists as a view returns
//! the same records as the path without it. The results are stored in the catalog, so code that reads the catalog
//! doesn't have to derive any of this itself.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use toolcrate_catalog::{
    CollectionRecord, Method, OperationKind, OperationTarget, OperationVariant, ResponseContent,
};

use crate::emit::context::Context;
use crate::id::OperationTable;
use crate::ir::{BodyKind, Content, Template, Type};

/// Facts about an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationFacts {
    /// The kind.
    pub kind: OperationKind,
    /// The target.
    pub target: OperationTarget,
    /// The variant, unless it is the plain operation of its kind.
    pub variant: Option<OperationVariant>,
    /// The collection that it works on.
    pub collection: Option<String>,
}

/// Facts about all operations.
pub struct Facts<'a> {
    /// Facts in the order of `api.operations`.
    pub operations: OperationTable<OperationFacts>,
    /// The collections, sorted by name.
    pub collections: BTreeMap<String, CollectionRecord<'a>>,
}

/// The properties of an operation that classify it.
struct Candidate<'a> {
    method: Method,
    /// The path as sent.
    path: &'a str,
    /// The path in normal form.
    template: String,
    kind: OperationKind,
    variant: Option<OperationVariant>,
    /// The named schema of the response or its items.
    schema: Option<&'a str>,
    /// True if the response is a list.
    lists: bool,
    content: ResponseContent,
    /// True if the request contains files.
    sends_files: bool,
}

const ITEM_METHODS: [Method; 4] = [Method::Get, Method::Put, Method::Patch, Method::Delete];

impl<'a> Facts<'a> {
    /// Classifies all operations.
    pub fn new(context: &'a Context<'a>) -> Self {
        let operations = context.api.operations.iter();
        let candidates: Vec<Candidate<'a>> = operations
            .map(|(id, operation)| {
                let name = &context.named.operations[id];
                let (content, lists, schema) = response(context, &operation.response.content);
                Candidate {
                    method: operation.method,
                    path: &operation.path.text,
                    template: operation.path.normal_form(),
                    kind: name.kind,
                    variant: name.variant,
                    schema,
                    lists,
                    content,
                    sends_files: operation.body.as_ref().is_some_and(|body| body.kind == BodyKind::Multipart),
                }
            })
            .collect();
        let mut by_template: HashMap<&str, Vec<usize>> = HashMap::new();
        for (number, candidate) in candidates.iter().enumerate() {
            by_template.entry(&candidate.template).or_default().push(number);
        }
        let api = Classifier { views: &context.profile.names.views, candidates: &candidates, by_template };
        let stored: BTreeMap<String, bool> =
            api.by_template.keys().filter_map(|template| api.stored(template)).collect();
        let collections = stored
            .iter()
            .map(|(name, singleton)| (name.clone(), api.collection(name, *singleton, &stored)))
            .collect();
        let operations = candidates.iter().map(|candidate| api.classify(candidate, &stored)).collect();
        Self { operations, collections }
    }

    /// Returns a collection's parent.
    pub fn parent(&self, collection: &str) -> Option<String> {
        self.collections.get(collection)?.parents.last()?.as_deref().map(str::to_owned)
    }
}

/// Returns a response's content, a flag that is true for a list, and the named schema of the response or its items.
fn response<'a>(context: &'a Context<'a>, content: &'a Content) -> (ResponseContent, bool, Option<&'a str>) {
    let Content::Json(ty) = content else {
        let content =
            if *content == Content::Binary { ResponseContent::Binary } else { ResponseContent::None };
        return (content, false, None);
    };
    let (ty, list) = context.api.resolve_item(ty);
    let schema = match ty {
        Type::Named(name) => Some(name.as_str()),
        _ => None,
    };
    (ResponseContent::Json, list, schema)
}

/// Splits the last segment off a template.
fn split_last(template: &str) -> (&str, &str) {
    template.rsplit_once('/').unwrap_or(("", template))
}

type Stored = BTreeMap<String, bool>;

struct Classifier<'a, 'c> {
    views: &'c [String],
    candidates: &'c [Candidate<'a>],
    by_template: HashMap<&'c str, Vec<usize>>,
}

impl<'a> Classifier<'a, '_> {
    fn at(&self, template: &str, method: Method) -> Option<&Candidate<'a>> {
        let numbers = self.by_template.get(template)?;
        numbers.iter().map(|number| &self.candidates[*number]).find(|candidate| candidate.method == method)
    }

    fn any(&self, template: &str, methods: &[Method]) -> bool {
        methods.iter().any(|method| self.at(template, *method).is_some())
    }

    /// Returns true if a GET request for the template returns a list.
    fn lists(&self, template: &str) -> bool {
        self.at(template, Method::Get).is_some_and(|candidate| candidate.lists)
    }

    fn without_views(&self, template: &str) -> String {
        let is_view = |segment: &&str| self.views.iter().any(|view| view.eq_ignore_ascii_case(segment));
        template.split('/').filter(|segment| !is_view(segment)).collect::<Vec<_>>().join("/")
    }

    /// Returns the template whose records a view shows: the one without the view segment, if it exists, or
    /// else its own.
    fn base(&self, template: &str) -> String {
        let base = self.without_views(template);
        let is_view = base != template && self.by_template.contains_key(base.as_str());
        if is_view { base } else { template.to_owned() }
    }

    /// Returns true if a template ends with an operation on a collection, and therefore isn't a collection
    /// itself.
    fn is_variant(&self, template: &str) -> bool {
        self.by_template.get(template).into_iter().flatten().any(|number| {
            let candidate = &self.candidates[*number];
            candidate.variant == Some(OperationVariant::Usages)
                || ((candidate.variant.is_some() || candidate.kind == OperationKind::Count)
                    && !self.lists(template))
        })
    }

    /// Returns the collection that a template implies, and true if that collection always has exactly one record.
    fn stored(&self, template: &str) -> Option<(String, bool)> {
        let (before, last) = split_last(template);
        if self.base(template) != *template
            || self.is_variant(template)
            || (last.ends_with("{}") && last != "{}")
        {
            return None;
        }
        if last == "{}" {
            let changes = self.any(template, &[Method::Put, Method::Patch, Method::Delete]);
            let is_list = self.lists(template) && !changes && !self.any(before, &[Method::Get, Method::Post]);
            if is_list {
                return Some((template.to_owned(), false));
            }
            let is_item = self.any(template, &ITEM_METHODS) && !before.ends_with("{}");
            return is_item.then(|| (before.to_owned(), false));
        }
        if self.lists(template) {
            return Some((template.to_owned(), false));
        }
        let reads = self.at(template, Method::Get).is_some_and(|get| get.content == ResponseContent::Json);
        let changes = [Method::Put, Method::Patch].iter().any(|method| {
            self.at(template, *method).is_some_and(|change| change.kind != OperationKind::Action)
        });
        let has_items = self.any(&format!("{template}/{{}}"), &ITEM_METHODS);
        ((reads || changes) && !has_items).then(|| (template.to_owned(), true))
    }

    fn collection(&self, name: &str, singleton: bool, stored: &Stored) -> CollectionRecord<'a> {
        let item = if singleton { name.to_owned() } else { format!("{name}/{{}}") };
        let (first, second) = if self.lists(name) { (name, item.as_str()) } else { (item.as_str(), name) };
        let readers = [
            (first, Method::Get),
            (second, Method::Get),
            (name, Method::Post),
            (&item, Method::Put),
            (&item, Method::Patch),
        ];
        let mut known = readers.iter().filter_map(|(template, method)| self.at(template, *method));
        let schema = known.find_map(|candidate| candidate.schema);
        let spelled = [name, &item].iter().find_map(|template| self.by_template.get(*template)?.first());
        let path = spelled.map_or("", |number| self.candidates[*number].path).trim_end_matches('/');
        // If only the item has operations, the path is the item's.
        let path = match Template::parse(path).normal_form() == name {
            true => path,
            false => path.rsplit_once('/').map_or(path, |(before, _)| before),
        };
        let parents = self.parents(name, stored);
        CollectionRecord {
            name: Cow::Owned(name.to_owned()),
            path: Cow::Borrowed(path),
            schema: schema.map(Cow::Borrowed),
            parents: parents.into_iter().map(|parent| parent.map(Cow::Owned)).collect(),
            singleton,
        }
    }

    /// Returns the collection of each placeholder in a template.
    fn parents(&self, template: &str, stored: &Stored) -> Vec<Option<String>> {
        let prefixes = template.match_indices("{}").map(|(at, _)| template[..at].trim_end_matches('/'));
        let parent = |before: &str| {
            let base = self.without_views(before);
            [before, &base].into_iter().find(|name| stored.contains_key(*name)).map(str::to_owned)
        };
        prefixes.map(parent).collect()
    }

    fn classify(&self, candidate: &Candidate<'a>, stored: &Stored) -> OperationFacts {
        let template = match candidate.method {
            Method::Get => self.base(&candidate.template),
            _ => candidate.template.clone(),
        };
        let variant = candidate.variant.filter(|variant| is_fitting(*variant, candidate));
        let kind = match variant {
            _ if candidate.method == Method::Get && candidate.content == ResponseContent::Binary => {
                OperationKind::Download
            }
            Some(OperationVariant::Search) => OperationKind::List,
            Some(OperationVariant::Bulk) => match candidate.method {
                Method::Post => OperationKind::Create,
                Method::Delete => OperationKind::Delete,
                Method::Patch => OperationKind::Update,
                _ => OperationKind::Replace,
            },
            _ if candidate.sends_files && candidate.method == Method::Post => OperationKind::Upload,
            // Some counts return the rows themselves.
            _ if candidate.lists && candidate.kind == OperationKind::Count => OperationKind::List,
            _ if candidate.method == Method::Delete => OperationKind::Delete,
            _ => candidate.kind,
        };
        let location = match (variant, kind) {
            (Some(_), _) => above(&template, 1, stored),
            (None, OperationKind::Count) => {
                above(&template, 0, stored).filter(|(_, target)| *target == OperationTarget::Collection)
            }
            (None, OperationKind::Action | OperationKind::Download) => nearest(&template, stored),
            _ => self.own(candidate, kind, &template, stored),
        };
        let (collection, target) = match location {
            Some((collection, target)) => (Some(collection), target),
            None => (None, OperationTarget::Collection),
        };
        let is_list = collection.is_some() && target == OperationTarget::Collection && candidate.lists;
        let kind = if kind == OperationKind::Get && is_list { OperationKind::List } else { kind };
        OperationFacts { kind, target, variant, collection }
    }

    /// Returns the collection whose path, or whose item's path, the template is.
    fn own(
        &self,
        candidate: &Candidate<'a>,
        kind: OperationKind,
        template: &str,
        stored: &Stored,
    ) -> Option<(String, OperationTarget)> {
        let item = || {
            let collection = template.strip_suffix("/{}").filter(|name| stored.contains_key(*name))?;
            let is_item = ITEM_METHODS.contains(&candidate.method);
            is_item.then(|| (collection.to_owned(), OperationTarget::Item))
        };
        if !stored.contains_key(template) {
            return item();
        }
        let own = |target| Some((template.to_owned(), target));
        let single = !self.lists(template) && !self.any(&format!("{template}/{{}}"), &ITEM_METHODS);
        let is_placeholder = template.ends_with("/{}");
        match (candidate.method, kind) {
            (Method::Get, _) if self.lists(template) => own(OperationTarget::Collection),
            (Method::Get | Method::Put | Method::Patch, _) if single => own(OperationTarget::Singleton),
            (Method::Put | Method::Patch, _) if !is_placeholder => own(OperationTarget::Collection),
            // A POST that returns anything other than the collection's records doesn't create one.
            (Method::Post, _)
                if !single && self.shown(template).is_none_or(|shown| shown == candidate.schema) =>
            {
                own(OperationTarget::Collection)
            }
            (Method::Delete, _) if !single && !is_placeholder => own(OperationTarget::Collection),
            _ => item(),
        }
    }

    /// Returns the schema of the operation that shows a collection's records.
    fn shown(&self, template: &str) -> Option<Option<&'a str>> {
        let list = self.at(template, Method::Get).filter(|_| self.lists(template));
        list.or_else(|| self.at(&format!("{template}/{{}}"), Method::Get)).map(|shown| shown.schema)
    }
}

/// Returns true if an operation has the form required by its variant.
fn is_fitting(variant: OperationVariant, candidate: &Candidate<'_>) -> bool {
    match variant {
        OperationVariant::Search => candidate.lists,
        OperationVariant::Defaults => candidate.method == Method::Get && !candidate.lists,
        OperationVariant::Usages => candidate.method == Method::Get,
        OperationVariant::Copy => candidate.method == Method::Post,
        OperationVariant::Bulk => true,
    }
}

/// Returns the collection or item that a template extends by up to `depth` literal segments.
fn above(template: &str, depth: usize, stored: &Stored) -> Option<(String, OperationTarget)> {
    let (before, last) = template.rsplit_once('/')?;
    if last.contains("{}") {
        return None;
    }
    at_path(before, stored).or_else(|| above(before, depth.checked_sub(1)?, stored))
}

/// Returns the innermost collection or item whose path is a prefix of a template.
fn nearest(template: &str, stored: &Stored) -> Option<(String, OperationTarget)> {
    let mut rest = template;
    loop {
        if let Some(found) = at_path(rest, stored) {
            return Some(found);
        }
        rest = rest.rsplit_once('/')?.0;
    }
}

/// Returns the collection at a path, or the one whose item is there.
fn at_path(path: &str, stored: &Stored) -> Option<(String, OperationTarget)> {
    if let Some(singleton) = stored.get(path) {
        let target = if *singleton { OperationTarget::Singleton } else { OperationTarget::Collection };
        return Some((path.to_owned(), target));
    }
    let collection = path.strip_suffix("/{}").filter(|name| stored.contains_key(*name))?;
    Some((collection.to_owned(), OperationTarget::Item))
}
