//! What is indexed of a tool.

use toolcrate_runtime::{Method, OperationKind, Tool};

use crate::index::Bm25Index;
use crate::intent::Intent;
use crate::meaning::MeaningIndex;
use crate::rare_tools::Penalty;
use crate::text_ranking::TextIndex;

/// The index entry of a tool.
pub(crate) struct ToolDocument {
    pub(crate) tool: Tool,
    pub(crate) intent: Intent,
    /// The index of its description. Tools with the same description share one.
    pub(crate) description: usize,
    /// Whether its description says more than its title.
    pub(crate) is_described: bool,
    /// The index of the fields of its records.
    pub(crate) fields: Option<usize>,
    /// The index of its collection's aliases.
    pub(crate) collection: Option<usize>,
    /// The index of its operation's aliases.
    pub(crate) action_aliases: Option<usize>,
    /// The number of the records that it is about; tools of one collection share it.
    pub(crate) family: usize,
    /// The collection whose records it works on, according to the catalog.
    pub(crate) resource: Option<&'static str>,
    /// The stem of the first word of its name.
    pub(crate) action: String,
    /// The stem of the last word of its title: what it is about, where the words before say whose.
    pub(crate) head: String,
    /// How popular the tool is, regardless of the query.
    pub(crate) weight: f32,
    /// The indexes of the penalties that apply to it.
    pub(crate) penalties: Vec<usize>,
}

impl ToolDocument {
    /// Returns true if the tool changes records, as far as is known.
    pub(crate) fn writes(&self) -> bool {
        match self.intent {
            Intent::Create | Intent::Update | Intent::Replace | Intent::Delete => true,
            _ => self.tool.kind() == OperationKind::Action && self.tool.method() != Method::Get,
        }
    }

    /// Returns true if the catalog says neither what the tool does nor on which records.
    pub(crate) fn is_plain(&self) -> bool {
        self.resource.is_none() && self.tool.kind() == OperationKind::Action
    }
}

/// The tools of a catalog and the indexes of their texts.
pub(crate) struct ToolIndex {
    pub(crate) tools: Vec<ToolDocument>,
    pub(crate) titles: Bm25Index,
    pub(crate) descriptions: Bm25Index,
    pub(crate) fields: Bm25Index,
    pub(crate) collection_aliases: Bm25Index,
    pub(crate) action_aliases: Bm25Index,
    pub(crate) meanings: MeaningIndex,
    /// The whole texts, if they are all that is known of the tools.
    pub(crate) texts: Option<TextIndex>,
    pub(crate) penalties: Vec<Penalty>,
    /// The stems of what the records are called that have most parts of their own.
    pub(crate) main_record: Vec<String>,
}
