//! Collects a catalog's indexed text, tool by tool.

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use toolcrate_runtime::{Catalog, Tool};

use crate::aliases::{AliasIndex, collection_path, normalize_path};
use crate::analyzer::Analyzer;
use crate::document::{ToolDocument, ToolIndex};
use crate::index::Bm25Index;
use crate::intent::Intent;
use crate::meaning::{MeaningIndex, text_vector};
use crate::rare_tools::Penalty;
use crate::record_fields::{are_of_person, field_words, schema_name, split_name};
use crate::related::RelatedWords;
use crate::text_ranking::TextIndex;
use crate::token_pool::IndexedToken;
use crate::tokenizer::tokenize;
use crate::tool_stems::ToolStems;
use crate::weights::Weights;
use crate::word_lists::{WordLists, lines, sections};
use crate::word_vectors::{TextVector, WordVector};

/// Maximum number of description words that are indexed.
const MAX_DESCRIPTION_WORDS: usize = 120;
/// Maximum number of words in the name of a module.
const MAX_MODULE_WORDS: usize = 1;
/// Maximum number of words that a sentence may add to the title and still count as repeating it.
const MAX_REPEATING_WORDS: usize = 1;

/// The tokens of a text's main and secondary parts.
type TextTokens = (Vec<IndexedToken>, Vec<IndexedToken>);

/// Collects the text to index, tool by tool.
pub(crate) struct IndexBuilder {
    popular: HashSet<&'static str>,
    penalties: Vec<Penalty>,
    aliases: AliasIndex,
    weights: Weights,
    analyzer: Analyzer,
    collection_aliases: Vec<TextTokens>,
    action_aliases: Vec<TextTokens>,
    titles: Vec<TextTokens>,
    descriptions: Vec<TextTokens>,
    /// The index of each description, by module and text.
    description_numbers: HashMap<(&'static str, String), usize>,
    fields: Vec<TextTokens>,
    /// The index of each schema's fields.
    field_numbers: HashMap<&'static str, usize>,
    /// The numbers of the fields of people.
    people: HashSet<usize>,
    stems: ToolStems,
    /// The number of each collection, by path.
    families: HashMap<String, usize>,
    /// The collections whose title was added to their aliases.
    titled_collections: HashSet<usize>,
}

impl IndexBuilder {
    /// Reads the word lists.
    pub(crate) fn new(mut analyzer: Analyzer, lists: &WordLists, weights: Weights) -> Self {
        let (collections, actions) = (sections(lists.collection_aliases), sections(lists.action_aliases));
        let aliases = AliasIndex::new(&collections, &actions);
        let mut index_aliases = |aliases: &Vec<&str>| -> TextTokens {
            let (wholes, parts): (Vec<_>, Vec<_>) =
                aliases.iter().map(|alias| analyzer.index_phrase(alias)).unzip();
            (wholes.concat(), parts.concat())
        };
        let collection_aliases = collections.iter().map(|(_, aliases)| index_aliases(aliases)).collect();
        let action_aliases = actions.iter().map(|(_, aliases)| index_aliases(aliases)).collect();
        Self {
            popular: lines(lists.popular).collect(),
            penalties: Penalty::parse_list(lists.penalties),
            aliases,
            weights,
            analyzer,
            collection_aliases,
            action_aliases,
            titles: Vec::new(),
            descriptions: Vec::new(),
            description_numbers: HashMap::new(),
            fields: Vec::new(),
            field_numbers: HashMap::new(),
            people: HashSet::new(),
            stems: ToolStems::default(),
            families: HashMap::new(),
            titled_collections: HashSet::new(),
        }
    }

    /// Indexes every tool in a catalog. Returns the index, the analyzer with the catalog's vocabulary, and
    /// that vocabulary by meaning.
    pub(crate) fn index(
        mut self,
        catalog: &'static Catalog,
        thesaurus: &'static str,
    ) -> (ToolIndex, Analyzer, RelatedWords) {
        self.titles.reserve(catalog.len());
        let mut tools: Vec<ToolDocument> = catalog.tools().map(|tool| self.add(tool)).collect();
        let parts = self.count_parts();
        if self.popular.is_empty() {
            for tool in &mut tools {
                tool.weight *= 1.0 + self.weights.owned_part * f32::from(parts[tool.family]).ln_1p();
            }
        }
        for tool in &mut tools {
            tool.parts = parts[tool.family];
        }
        let main_record = self.main_record(&tools, &parts);
        self.add_owners(&mut tools);
        self.share_explanations(&mut tools);
        self.analyzer.add_thesaurus(thesaurus);
        let weights = self.weights;
        let titles = Bm25Index::new(&self.titles, weights.title_length_penalty, 0.0);
        let descriptions = Bm25Index::new(&self.descriptions, weights.description_length_penalty, 0.0);
        let vectors = self.analyzer.stem_vectors();
        let meanings = self.meanings(&tools, &titles, &descriptions, &vectors);
        let texts = is_plain(&tools).then(|| self.whole_texts(&tools, &vectors));
        self.analyzer.index_spelling();
        let mut searchable: Vec<(IndexedToken, WordVector)> =
            vectors.iter().filter(|(stem, _)| self.analyzer.is_searchable(stem)).map(|(stem, vector)| (stem.clone(), *vector)).collect();
        searchable.sort_by(|(a, _), (b, _)| a.cmp(b));
        let index = ToolIndex {
            titles,
            descriptions,
            fields: Bm25Index::new(&self.fields, weights.field_length_penalty, 0.0),
            collection_aliases: Bm25Index::new(&self.collection_aliases, 0.0, weights.alias_word),
            action_aliases: Bm25Index::new(&self.action_aliases, 0.0, weights.alias_word),
            meanings,
            vectors,
            texts,
            penalties: self.penalties,
            stems: self.stems,
            main_record,
            tools,
        };
        (index, self.analyzer, RelatedWords::new(searchable))
    }

    fn add(&mut self, tool: Tool) -> ToolDocument {
        let details = tool.summary();
        let path = normalize_path(tool.path());
        let intent = Intent::from_tool(tool);
        let collection = self.aliases.collection(&path);
        let title = in_noun_order(without_verb(&details.title, intent), intent);
        let title = title.as_ref();
        let head = last_word(title).map(|word| self.analyzer.stem(&word)).unwrap_or_default();
        let title = self.analyzer.index_title(title);
        let text = self.new_text(&details.description, &title);
        let is_described = text.len() == details.description.len();
        let description = self.add_description(tool.module(), text);
        // A collection's own name is also an alias; the first list tool has the plain name.
        if let Some(number) = collection.filter(|_| intent == Intent::List)
            && self.titled_collections.insert(number)
            && let Some((main, _)) = self.collection_aliases.get_mut(number)
        {
            main.extend(title.iter().cloned());
        }
        let title_stems = title.iter().filter(|stem| !stem.contains('_')).cloned().collect();
        self.titles.push((title, Vec::new()));
        let next = self.families.len();
        let family = *self.families.entry(collection_path(&path).to_owned()).or_insert(next);
        let penalties = self.penalties.iter().enumerate();
        let penalties = penalties.filter(|(_, penalty)| penalty.applies_to(tool.short_name()));
        let penalties = penalties.map(|(number, _)| number).collect();
        ToolDocument {
            tool,
            intent,
            title: title_stems,
            parts: 0,
            description,
            is_described,
            fields: tool.collection().and_then(|collection| self.add_fields(tool.catalog(), collection)),
            collection,
            action_aliases: self.aliases.action(tool.method(), &path),
            family,
            resource: tool.collection(),
            action: self.stems.add(self.analyzer.stem(tool.verb())),
            head: self.stems.add(head),
            owner: None,
            weight: self.weight(&path),
            penalties,
        }
    }

    /// Adds the words in a description that the title lacks, and returns its index.
    fn add_description(&mut self, module: &'static str, text: &str) -> usize {
        let next = self.descriptions.len();
        let number = *self.description_numbers.entry((module, text.to_owned())).or_insert(next);
        if number == next {
            let mut tokens = self.analyzer.index_text(module, usize::MAX);
            tokens.extend(self.analyzer.index_text(text, MAX_DESCRIPTION_WORDS));
            self.descriptions.push((tokens, Vec::new()));
        }
        number
    }

    /// Returns the part of a description that adds information. A first sentence that repeats the title may explain it
    /// in parentheses; the rest describes arguments and pages, which doesn't distinguish tools.
    fn new_text<'d>(&self, description: &'d str, title: &[IndexedToken]) -> &'d str {
        let sentence = description.split(". ").next().unwrap_or_default();
        let inside = sentence.split_once(" (").and_then(|(_, rest)| rest.rsplit_once(')'));
        let plain = sentence.split(" (").next().unwrap_or_default();
        let mut words = tokenize(plain);
        // The first word is the verb.
        let new = words.drain(..).skip(1).filter(|word| !self.analyzer.is_stop_word(word));
        let new = new.filter(|word| !self.analyzer.is_stem_in(word, title)).count();
        if new > MAX_REPEATING_WORDS { description } else { inside.map_or("", |(inside, _)| inside) }
    }

    /// Adds the words in the field names of a collection's records, and returns their index.
    fn add_fields(&mut self, catalog: &'static Catalog, collection: &str) -> Option<usize> {
        let schema = schema_name(catalog, collection)?;
        if let Some(number) = self.field_numbers.get(schema) {
            return Some(*number);
        }
        let number = self.fields.len();
        let mut tokens = Vec::new();
        let fields = field_words(catalog, schema);
        if are_of_person(&fields) {
            self.people.insert(number);
        }
        for words in fields {
            tokens.extend(self.analyzer.index_field(&words));
        }
        self.fields.push((tokens, Vec::new()));
        self.field_numbers.insert(schema, number);
        Some(number)
    }

    /// Returns the number of child collections of each record type. The API's main records have more of them than mere
    /// settings do.
    fn count_parts(&self) -> Vec<u16> {
        let mut parts = vec![0_u16; self.families.len()];
        for path in self.families.keys() {
            for (at, _) in path.match_indices("/{}") {
                if let Some(owner) = self.families.get(&path[..at]).filter(|_| at + 3 < path.len()) {
                    parts[*owner] += 1;
                }
            }
        }
        parts
    }

    /// Gives tools without an explanation the one of another tool for the same records, the shortest if there are
    /// several.
    fn share_explanations(&self, tools: &mut [ToolDocument]) {
        let mut best: HashMap<usize, usize> = HashMap::new();
        for tool in tools.iter().filter(|tool| !tool.is_described && self.explains(tool.description)) {
            let known = best.entry(tool.family).or_insert(tool.description);
            if self.descriptions[tool.description].0.len() < self.descriptions[*known].0.len() {
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
        self.descriptions[description].0.len() > MAX_MODULE_WORDS
    }

    /// Sets the head of the record whose part each tool works on.
    fn add_owners(&self, tools: &mut [ToolDocument]) {
        let lists = tools.iter().filter(|tool| tool.intent == Intent::List);
        let heads: HashMap<usize, usize> = lists.map(|tool| (tool.family, tool.head)).collect();
        let mut owners = vec![None; self.families.len()];
        for (path, family) in &self.families {
            let owner = path.rfind("/{}").and_then(|end| self.families.get(&path[..end]));
            owners[*family] = owner.and_then(|owner| heads.get(owner)).copied();
        }
        for tool in tools {
            tool.owner = owners[tool.family];
        }
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
            let fields = tool.fields.map_or(&[][..], |number| self.fields[number].0.as_slice());
            if tool.fields.is_some_and(|number| self.people.contains(&number)) {
                0
            } else {
                usize::from(parts[tool.family]) * (1 + actions) * (1 + fields.len())
            }
        };
        let lists = tools.iter().zip(&self.titles).filter(|(tool, _)| tool.intent == Intent::List);
        let lists = lists.filter(|(tool, _)| parts[tool.family] > 1);
        let most = lists.max_by_key(|(tool, _)| (importance(tool), std::cmp::Reverse(tool.family)));
        let Some((_, (title, _))) = most else { return Vec::new() };
        title.iter().filter(|stem| !stem.contains('_')).map(|stem| stem.to_string()).collect()
    }

    fn weight(&self, path: &str) -> f32 {
        let depth = i32::try_from(path.matches('{').count()).unwrap_or(0);
        let popular = if self.popular.contains(collection_path(path)) { self.weights.popular } else { 1.0 };
        popular * self.weights.nesting.powi(depth)
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
        let texts = tools.iter().zip(&self.titles).zip(&arguments).map(|((tool, (title, _)), arguments)| {
            (title.as_slice(), vec![self.descriptions[tool.description].0.as_slice(), arguments.as_slice()])
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
            self.descriptions.iter().map(|(text, _)| text_vector(text, descriptions, vectors)).collect();
        MeaningIndex::new(
            self.weights.common,
            tools.iter().zip(&self.titles).map(|(tool, (title, _))| {
                let mut text = text_vector(title, titles, vectors);
                let share = if tool.is_described { 1.0 } else { self.weights.description_meaning };
                text.add_text(&described[tool.description], share);
                text
            }),
        )
    }
}

/// Returns true if texts are all that a catalog says about most of its tools.
fn is_plain(tools: &[ToolDocument]) -> bool {
    tools.iter().filter(|tool| tool.is_plain()).count() * 2 > tools.len()
}

/// Returns the last word of a title, ignoring qualifiers that identify the record.
fn last_word(title: &str) -> Option<String> {
    let title =
        [" by ", " to ", " of "].iter().fold(title, |title, word| title.split(word).next().unwrap_or(title));
    tokenize(title).pop()
}

/// Returns the words of a title in noun order: `a note to a ticket` becomes `ticket note`.
fn in_noun_order(title: &str, intent: Intent) -> Cow<'_, str> {
    match title.split_once(" to ").filter(|_| intent == Intent::Create) {
        Some((own, owner)) => Cow::Owned(format!("{owner} {own}")),
        None => Cow::Borrowed(title),
    }
}

/// Returns a title without its verb.
fn without_verb(title: &str, intent: Intent) -> &str {
    match intent {
        Intent::Other | Intent::Usages => title,
        _ => title.split_once(' ').map_or(title, |(_, rest)| rest),
    }
}
