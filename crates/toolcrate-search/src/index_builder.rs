//! Collects a catalog's indexed text, tool by tool.

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use indexmap::IndexSet;
use toolcrate_runtime::{Catalog, Tool};

use crate::aliases::AliasList;
use crate::analyzer::{Analyzer, EXPECTED_TITLE_TOKENS};
use crate::document::{ToolDocument, ToolIndex};
use crate::index::Bm25Index;
use crate::intent::Intent;
use crate::meaning::{MeaningIndex, text_vector};
use crate::parallel;
use crate::record_fields::{FieldCollector, split_name};
use crate::related::RelatedWords;
use crate::text_ranking::TextIndex;
use crate::token_texts::TokenTexts;
use crate::tool_reader::{ToolReader, ToolText};
use crate::tool_stems::ToolStems;
use crate::vocabulary::IndexedToken;
use crate::weights::Weights;
use crate::word_lists::{WordLists, sections};
use crate::word_vectors::{TextVector, WordVector};

/// Maximum number of description words that are indexed.
const MAX_DESCRIPTION_WORDS: usize = 120;
/// Maximum number of words in the name of a module.
const MAX_MODULE_WORDS: usize = 1;
/// Maximum number of words that a sentence may add to the title and still count as repeating it.
const MAX_REPEATING_WORDS: usize = 1;

/// The tokens of the aliases with the same heading: whole phrases, and their parts.
type AliasTokens = (Vec<IndexedToken>, Vec<IndexedToken>);

/// Collects the text to index, tool by tool.
pub(crate) struct IndexBuilder {
    weights: Weights,
    analyzer: Analyzer,
    collection_aliases: Vec<AliasTokens>,
    action_aliases: Vec<AliasTokens>,
    titles: TokenTexts,
    descriptions: TokenTexts,
    /// The index of each description, by module and text.
    description_numbers: HashMap<&'static str, HashMap<String, usize>>,
    fields: FieldCollector,
    stems: ToolStems,
    /// The paths of the collections.
    families: IndexSet<String, RandomState>,
    /// The collections whose title was added to their aliases.
    titled_collections: HashSet<usize>,
}

impl IndexBuilder {
    /// Creates a builder for the text of a catalog.
    fn new(analyzer: Analyzer, catalog: &'static Catalog, weights: Weights) -> Self {
        Self {
            weights,
            analyzer,
            collection_aliases: Vec::new(),
            action_aliases: Vec::new(),
            titles: TokenTexts::with_capacity(catalog.len(), EXPECTED_TITLE_TOKENS),
            descriptions: TokenTexts::default(),
            description_numbers: HashMap::new(),
            fields: FieldCollector::default(),
            stems: ToolStems::default(),
            families: IndexSet::default(),
            titled_collections: HashSet::new(),
        }
    }

    /// Indexes every tool in a catalog. Returns the index, the analyzer with the catalog's vocabulary, and
    /// that vocabulary by meaning.
    pub(crate) fn index(
        analyzer: Analyzer,
        catalog: &'static Catalog,
        lists: &WordLists,
        weights: Weights,
    ) -> (ToolIndex, Analyzer, RelatedWords) {
        let mut builder = Self::new(analyzer, catalog, weights);
        let (collections, actions) = (sections(lists.collection_aliases), sections(lists.action_aliases));
        let reader = ToolReader::new(lists, &collections, &actions, weights);
        let tools: Vec<Tool> = catalog.tools().collect();
        // Reading the text of the tools is a third of the work, and doesn't need the vocabulary.
        let documents = parallel::map_ahead(
            &tools,
            |tool| reader.read(*tool),
            |texts| {
                builder.collection_aliases = builder.index_aliases(&collections);
                builder.action_aliases = builder.index_aliases(&actions);
                builder.index_fields(catalog);
                texts.map(|text| builder.add(text)).collect()
            },
        );
        builder.finish(documents, reader, lists.thesaurus)
    }

    /// Indexes the aliases below each heading.
    fn index_aliases(&mut self, list: &AliasList) -> Vec<AliasTokens> {
        let mut index = |aliases: &[&str]| {
            let (mut wholes, mut parts) = (Vec::new(), Vec::new());
            aliases.iter().for_each(|alias| self.analyzer.index_phrase(alias, &mut wholes, &mut parts));
            (wholes, parts)
        };
        list.iter().map(|(_, aliases)| index(aliases)).collect()
    }

    /// Indexes the fields of the tools' records.
    fn index_fields(&mut self, catalog: &'static Catalog) {
        for collection in catalog.tools().filter_map(|tool| tool.collection()) {
            self.fields.add(catalog, collection, &mut self.analyzer);
        }
    }

    /// Builds the index once the text of all tools is known.
    fn finish(
        mut self,
        mut tools: Vec<ToolDocument>,
        reader: ToolReader,
        thesaurus: &'static str,
    ) -> (ToolIndex, Analyzer, RelatedWords) {
        let parts = count_parts(&self.families);
        if reader.popular.is_empty() {
            for tool in &mut tools {
                tool.weight *= 1.0 + self.weights.owned_part * f32::from(parts[tool.family]).ln_1p();
            }
        }
        for tool in &mut tools {
            tool.parts = parts[tool.family];
        }
        let main_record = self.main_record(&tools, &parts);
        add_owners(&mut tools, &self.families);
        self.share_explanations(&mut tools);
        let weights = self.weights;
        let index_words = || {
            self.analyzer.add_thesaurus(thesaurus);
            self.analyzer.stem_vectors()
        };
        let index_texts = || {
            let [collections, actions] = [&self.collection_aliases, &self.action_aliases].map(|aliases| {
                let texts = aliases.iter().map(|(wholes, parts)| (wholes.as_slice(), parts.as_slice()));
                Bm25Index::new(texts, 0.0, weights.alias_word)
            });
            let titles = Bm25Index::from_texts(&self.titles, weights.title_length_penalty);
            let descriptions = Bm25Index::from_texts(&self.descriptions, weights.description_length_penalty);
            let fields = Bm25Index::from_texts(&self.fields.texts, weights.field_length_penalty);
            (titles, descriptions, fields, collections, actions)
        };
        let (vectors, (titles, descriptions, fields, collection_aliases, action_aliases)) =
            parallel::join(index_words, index_texts);
        let meanings = self.meanings(&tools, &titles, &descriptions, &vectors);
        let texts = is_plain(&tools).then(|| self.whole_texts(&tools, &vectors));
        self.analyzer.index_spelling();
        let related = RelatedWords::new(self.analyzer.searchable_vectors(&vectors));
        let index = ToolIndex {
            titles,
            title_tokens: self.titles,
            descriptions,
            fields,
            collection_aliases,
            action_aliases,
            meanings,
            vectors,
            texts,
            penalties: reader.penalties,
            stems: self.stems,
            main_record,
            tools,
        };
        (index, self.analyzer, related)
    }

    fn add(&mut self, text: ToolText) -> ToolDocument {
        let ToolText { tool, intent, collection, .. } = text;
        let head = self.add_stem(text.head());
        let title = self.analyzer.index_title(&text.title);
        let new_text = self.new_text(&text, &title);
        let is_described = new_text.len() == text.description().len();
        let description = self.add_description(tool.module(), new_text);
        // A collection's own name is also an alias; the first list tool has the plain name.
        if let Some(number) = collection.filter(|_| intent == Intent::List)
            && self.titled_collections.insert(number)
            && let Some((main, _)) = self.collection_aliases.get_mut(number)
        {
            main.extend(&title);
        }
        self.titles.push(title);
        ToolDocument {
            tool,
            intent,
            parts: 0,
            description,
            is_described,
            fields: tool.collection().and_then(|collection| self.fields.number(collection)),
            collection,
            action_aliases: text.action_aliases,
            family: self.add_family(text.records),
            resource: tool.collection(),
            action: self.add_stem(tool.verb()),
            head,
            owner: None,
            weight: text.weight,
            penalties: text.penalties,
        }
    }

    /// Returns the part of a description that adds information. A first sentence that repeats the title may explain it
    /// in parentheses; the rest describes arguments and pages, which doesn't distinguish tools.
    fn new_text<'t>(&self, text: &'t ToolText, title: &[IndexedToken]) -> &'t str {
        let words = text.new_words.split(' ').filter(|word| !word.is_empty());
        let new = words.filter(|word| self.analyzer.is_new_in(word, title)).count();
        if new > MAX_REPEATING_WORDS { text.description() } else { text.explanation() }
    }

    /// Returns the number of a word's stem, and adds it if it is new.
    fn add_stem(&mut self, word: &str) -> usize {
        match self.analyzer.known_stem(word) {
            Some(stem) => self.stems.add(stem),
            None => self.stems.add(&self.analyzer.stem(word)),
        }
    }

    /// Returns the number of a collection, and adds it if it is new.
    fn add_family(&mut self, path: String) -> usize {
        self.families.insert_full(path).0
    }

    /// Adds the words in a description that the title lacks, and returns its index.
    fn add_description(&mut self, module: &'static str, text: &str) -> usize {
        let numbers = self.description_numbers.entry(module).or_default();
        if let Some(number) = numbers.get(text) {
            return *number;
        }
        let number = self.descriptions.len();
        numbers.insert(text.to_owned(), number);
        let mut tokens = self.analyzer.index_text(module, usize::MAX);
        tokens.extend(self.analyzer.index_text(text, MAX_DESCRIPTION_WORDS));
        self.descriptions.push(tokens);
        number
    }

    /// Gives tools without an explanation the one of another tool for the same records, the shortest if there are
    /// several.
    fn share_explanations(&self, tools: &mut [ToolDocument]) {
        let mut best: HashMap<usize, usize> = HashMap::new();
        for tool in tools.iter().filter(|tool| !tool.is_described && self.explains(tool.description)) {
            let known = best.entry(tool.family).or_insert(tool.description);
            if self.descriptions.get(tool.description).len() < self.descriptions.get(*known).len() {
                *known = tool.description;
            }
        }
        for tool in tools {
            if let Some(best) = best.get(&tool.family).filter(|_| !self.explains(tool.description)) {
                tool.description = *best;
            }
        }
    }

    /// Returns true if a description has more words than the name of the module.
    fn explains(&self, description: usize) -> bool {
        self.descriptions.get(description).len() > MAX_MODULE_WORDS
    }

    /// Returns the stems in the name of the record type that people work on most: the one with the most parts, fields
    /// and actions. People and companies aren't meant, because they are called by name rather than by number.
    fn main_record(&self, tools: &[ToolDocument], parts: &[u16]) -> Vec<String> {
        let mut actions: HashMap<&str, usize> = HashMap::new();
        for resource in
            tools.iter().filter(|tool| tool.intent == Intent::Other).filter_map(|tool| tool.resource)
        {
            *actions.entry(resource).or_default() += 1;
        }
        let importance = |tool: &ToolDocument| {
            let actions =
                tool.resource.and_then(|resource| actions.get(resource)).copied().unwrap_or_default();
            let fields = tool.fields.map_or(&[][..], |number| self.fields.texts.get(number));
            if tool.fields.is_some_and(|number| self.fields.people.contains(&number)) {
                0
            } else {
                usize::from(parts[tool.family]) * (1 + actions) * (1 + fields.len())
            }
        };
        let lists = tools.iter().zip(self.titles.iter()).filter(|(tool, _)| tool.intent == Intent::List);
        let lists = lists.filter(|(tool, _)| parts[tool.family] > 1);
        let most = lists.max_by_key(|(tool, _)| (importance(tool), std::cmp::Reverse(tool.family)));
        let Some((_, title)) = most else { return Vec::new() };
        title
            .iter()
            .filter_map(|token| self.analyzer.vocabulary.stem_text(*token))
            .map(str::to_owned)
            .collect()
    }

    /// The whole texts of tools: titles, descriptions and names of arguments.
    fn whole_texts(
        &mut self,
        tools: &[ToolDocument],
        vectors: &HashMap<IndexedToken, WordVector>,
    ) -> TextIndex {
        let arguments: Vec<Vec<IndexedToken>> = tools
            .iter()
            .map(|tool| {
                let names = tool.tool.details().input.properties.names().into_iter();
                self.analyzer.index_words(&names.flat_map(|name| split_name(&name)).collect::<Vec<_>>())
            })
            .collect();
        let texts = tools.iter().zip(self.titles.iter()).zip(&arguments).map(|((tool, title), arguments)| {
            (title, vec![self.descriptions.get(tool.description), arguments.as_slice()])
        });
        TextIndex::new(texts, vectors, &self.weights)
    }

    /// Returns the meaning of each tool, from its title and description, with more weight on rare words.
    fn meanings(
        &self,
        tools: &[ToolDocument],
        titles: &Bm25Index,
        descriptions: &Bm25Index,
        vectors: &HashMap<IndexedToken, WordVector>,
    ) -> MeaningIndex {
        let described: Vec<TextVector> =
            self.descriptions.iter().map(|text| text_vector(text, descriptions, vectors)).collect();
        let meaning = |(tool, title): (&ToolDocument, &[IndexedToken])| {
            let mut text = text_vector(title, titles, vectors);
            let share = if tool.is_described { 1.0 } else { self.weights.description_meaning };
            text.add_text(&described[tool.description], share);
            text
        };
        let index = |start: usize, end: usize| {
            let texts = tools[start..end].iter().zip(self.titles.iter().skip(start));
            MeaningIndex::new(self.weights.common, texts.map(meaning))
        };
        let middle = tools.len() / 2;
        let (mut meanings, others) = parallel::join(|| index(0, middle), || index(middle, tools.len()));
        meanings.append(others);
        meanings
    }
}

/// Returns the number of child collections of each record type. The API's main records have more of them than mere
/// settings do.
fn count_parts(families: &IndexSet<String, RandomState>) -> Vec<u16> {
    let mut parts = vec![0_u16; families.len()];
    for path in families {
        for (at, _) in path.match_indices("/{}") {
            if let Some(owner) = families.get_index_of(&path[..at]).filter(|_| at + 3 < path.len()) {
                parts[owner] += 1;
            }
        }
    }
    parts
}

/// Sets the head of the record whose part each tool works on.
fn add_owners(tools: &mut [ToolDocument], families: &IndexSet<String, RandomState>) {
    let lists = tools.iter().filter(|tool| tool.intent == Intent::List);
    let heads: HashMap<usize, usize> = lists.map(|tool| (tool.family, tool.head)).collect();
    let mut owners = vec![None; families.len()];
    for (owner, path) in owners.iter_mut().zip(families) {
        let family = path.rfind("/{}").and_then(|end| families.get_index_of(&path[..end]));
        *owner = family.and_then(|family| heads.get(&family)).copied();
    }
    for tool in tools {
        tool.owner = owners[tool.family];
    }
}

/// Returns true if texts are all that a catalog says about most of its tools.
fn is_plain(tools: &[ToolDocument]) -> bool {
    tools.iter().filter(|tool| tool.is_plain()).count() * 2 > tools.len()
}
