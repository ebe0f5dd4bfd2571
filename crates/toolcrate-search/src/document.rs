//! The text of a tool that is indexed.

use foldhash::HashMap;
use toolcrate_runtime::{Method, OperationKind, Tool};

use crate::index::Bm25Index;
use crate::intent::Intent;
use crate::meaning::MeaningIndex;
use crate::rare_tools::Penalty;
use crate::text_ranking::TextIndex;
use crate::token_texts::TokenTexts;
use crate::tool_stems::ToolStems;
use crate::vocabulary::IndexedToken;
use crate::word_vectors::WordVector;

/// The index entry of a tool.
pub(crate) struct ToolDocument {
    pub(crate) tool: Tool,
    pub(crate) intent: Intent,
    /// The number of child collections of its record type.
    pub(crate) parts: u16,
    /// The index of its description. Tools with the same description share one.
    pub(crate) description: usize,
    /// True if its description adds information to its title.
    pub(crate) is_described: bool,
    /// The index of its records' fields.
    pub(crate) fields: Option<usize>,
    /// The index of its collection's aliases.
    pub(crate) collection: Option<usize>,
    /// The index of its operation's aliases.
    pub(crate) action_aliases: Option<usize>,
    /// The number of the record type that it works on; the tools of a collection share it.
    pub(crate) family: usize,
    /// The collection whose records it works on, according to the catalog.
    pub(crate) resource: Option<&'static str>,
    /// The number of the stem of the first word of its name.
    pub(crate) action: usize,
    /// The number of the stem of the last word in its title: the subject, which the preceding words qualify.
    pub(crate) head: usize,
    /// The head of the record whose part the tool works on.
    pub(crate) owner: Option<usize>,
    /// The tool's popularity, regardless of the query.
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

/// A catalog's tools and the indexes of their text.
pub(crate) struct ToolIndex {
    pub(crate) tools: Vec<ToolDocument>,
    pub(crate) stems: ToolStems,
    pub(crate) titles: Bm25Index,
    /// The tokens of the titles, in the order of the tools.
    pub(crate) title_tokens: TokenTexts,
    pub(crate) descriptions: Bm25Index,
    pub(crate) fields: Bm25Index,
    pub(crate) collection_aliases: Bm25Index,
    pub(crate) action_aliases: Bm25Index,
    pub(crate) meanings: MeaningIndex,
    /// The vectors of the stems.
    pub(crate) vectors: HashMap<IndexedToken, WordVector>,
    /// The whole texts, if they are all that is known of the tools.
    pub(crate) texts: Option<TextIndex>,
    pub(crate) penalties: Vec<Penalty>,
    /// The stems in the name of the record type with the most parts.
    pub(crate) main_record: Vec<String>,
}
