//! One operation: its verb, its path and what it does to which collection.

use std::sync::OnceLock;

use connectwise_psa::runtime::Tool;

use super::{CollectionId, Plan, api};

/// One operation of the API.
pub(crate) struct Operation {
    pub(crate) tool: Tool,
    pub(crate) method: &'static str,
    /// The path template as the catalog has it: `/service/tickets/{parentId}/notes`.
    pub(crate) path: &'static str,
    /// The template without the names of parameters, in small letters: `/service/tickets/{}/notes`.
    pub(crate) template: String,
    /// For each parameter of the path whether it is a whole number.
    pub(super) numbers: Vec<bool>,
    pub(crate) purpose: Purpose,
    plan: OnceLock<Plan>,
    parameters: OnceLock<Vec<Option<CollectionId>>>,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Answers a page of records.
    List(CollectionId),
    /// The same, asked for in a body.
    Search(CollectionId),
    /// Answers how many records there are.
    Count(CollectionId),
    /// Stores a new record.
    Create(CollectionId),
    /// Removes all records, or the one that the query names.
    Clear(CollectionId),
    /// Answers a record.
    Read(CollectionId),
    /// Replaces a record.
    Replace(CollectionId),
    /// Changes a record.
    Patch(CollectionId),
    /// Removes a record.
    Delete(CollectionId),
    /// Says where a record is used.
    Usages(CollectionId),
    /// Answers what a new record starts with.
    Defaults(CollectionId),
    /// Writes many records.
    Bulk(CollectionId),
    /// Makes a copy of a record.
    Copy(CollectionId),
    /// Answers the one record that there is.
    Single(CollectionId),
    /// Replaces that one record.
    ReplaceSingle(CollectionId),
    /// Changes that one record.
    PatchSingle(CollectionId),
    /// Answers bytes.
    Download,
    /// Whatever else.
    Action,
}

impl Operation {
    pub(super) fn new(tool: Tool) -> Option<Self> {
        let line = tool.line();
        // Cut out of the line, since parsing all of them would cost most of the time to the first answer. The
        // quotes of a text are escaped, so neither mark can stand in one.
        let (_, rest) = line.split_once("\"http\":{\"method\":\"")?;
        let (method, rest) = rest.split_once('"')?;
        let (_, rest) = rest.split_once("\"request\":{\"path\":\"")?;
        let (path, _) = rest.split_once('"')?;
        let template = normal(path);
        let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        let numbers =
            names.map(|name| !line.contains(&format!("\"{name}\":{{\"type\":\"string\""))).collect();
        Some(Self {
            tool,
            method,
            path,
            template,
            numbers,
            purpose: Purpose::Action,
            plan: OnceLock::new(),
            parameters: OnceLock::new(),
        })
    }

    /// What it takes and answers.
    pub(crate) fn plan(&self) -> &Plan {
        self.plan.get_or_init(|| Plan::new(self.tool))
    }

    /// The collection of each parameter in the path; none where that isn't one.
    pub(crate) fn parameters(&self) -> &[Option<CollectionId>] {
        self.parameters.get_or_init(|| api().parameters(&self.template))
    }

    /// Whether the mark stands in the catalog's line, which is cheaper than the plan.
    pub(super) fn says(&self, mark: &str) -> bool {
        self.tool.line().contains(mark)
    }

    /// The name of the schema of what it answers.
    pub(super) fn schema_name(&self) -> Option<&'static str> {
        let (_, rest) = self.tool.line().split_once("\"response\":{\"content\":\"json\",\"schema\":\"")?;
        rest.split_once('"').map(|(name, _)| name)
    }

    /// Whether it answers a list.
    pub(super) fn lists(&self) -> bool {
        let response = self.tool.line().split_once("\"response\":{").map_or("", |(_, rest)| rest);
        let end = response.find("\"relations\":[").or_else(|| response.find("\"bindings\":["));
        end.is_some_and(|end| response[..end].contains("\"list\":true"))
    }
}

/// A path or template in its normal form: small letters, no empty segments, parameters without names.
pub(crate) fn normal(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        normal.push('/');
        match segment.split_once('{') {
            Some((before, _)) => {
                normal.push_str(&before.to_ascii_lowercase());
                normal.push_str("{}");
            }
            None => normal.push_str(&segment.to_ascii_lowercase()),
        }
    }
    normal
}
