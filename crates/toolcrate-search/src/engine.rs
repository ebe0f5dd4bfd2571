//! The index over a catalog, and the ranking.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use toolcrate_runtime::{Catalog, Tool};

use crate::aliases::{AliasIndex, collection_path, normalize_path};
use crate::analyzer::{Analyzer, tokenize};
use crate::index::Bm25Index;
use crate::intent::{Intent, VerbTable};
use crate::opposites::Opposites;
use crate::query::{ContextWords, ParsedQuery, QueryParser};
use crate::rare_tools::Penalty;
use crate::weights::Weights;
use crate::word_lists::{WordLists, lines, sections};

/// A tool that fits a query.
#[derive(Clone, Copy, Debug)]
pub struct SearchHit {
    /// The tool.
    pub tool: Tool,
    /// How well it fits. Scores of different queries are not comparable.
    pub score: f32,
}

impl SearchHit {
    /// The better one first. Ties are broken by name, so that the same query always has the same result.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        other.score.total_cmp(&self.score).then_with(|| self.tool.name().cmp(other.tool.name()))
    }
}

/// The index over a catalog.
pub struct SearchEngine {
    tools: Vec<ToolDocument>,
    titles: Bm25Index,
    descriptions: Bm25Index,
    collection_aliases: Bm25Index,
    action_aliases: Bm25Index,
    penalties: Vec<Penalty>,
    parser: QueryParser,
    weights: Weights,
}

impl std::fmt::Debug for SearchEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchEngine").field("tools", &self.tools.len()).finish_non_exhaustive()
    }
}

/// The index entry of a tool.
struct ToolDocument {
    tool: Tool,
    intent: Intent,
    /// The index of its description. Tools with the same description share one.
    description: usize,
    /// The index of its collection's aliases.
    collection: Option<usize>,
    /// The index of its operation's aliases.
    action_aliases: Option<usize>,
    /// The number of the records that it is about; tools of one collection share it.
    family: usize,
    /// The stem of the first word of its name.
    action: String,
    /// The stem of the last word of its title: what it is about, where the words before say whose.
    head: String,
    /// How popular the tool is, regardless of the query.
    weight: f32,
    /// The indexes of the penalties that apply to it.
    penalties: Vec<usize>,
}

impl SearchEngine {
    /// Indexes every tool of a catalog with the default weights.
    pub fn new(catalog: &'static Catalog, lists: &WordLists) -> Self {
        Self::with_weights(catalog, lists, Weights::default())
    }

    /// Indexes every tool of a catalog.
    pub fn with_weights(catalog: &'static Catalog, lists: &WordLists, mut weights: Weights) -> Self {
        if lists.collection_aliases.is_empty() {
            weights.description = weights.unlisted_description;
        }
        let mut analyzer = Analyzer::new(lists);
        let verbs = VerbTable::new(lists.verbs, lists.api_verbs);
        for verb in verbs.words() {
            analyzer.index_words(&[verb.to_owned()]);
        }
        let (collections, actions) = (sections(lists.collection_aliases), sections(lists.action_aliases));
        let aliases = AliasIndex::new(&collections, &actions);
        let mut index_aliases = |aliases: &Vec<&str>| -> (Vec<String>, Vec<String>) {
            let (wholes, parts): (Vec<_>, Vec<_>) =
                aliases.iter().map(|alias| analyzer.index_phrase(alias)).unzip();
            (wholes.concat(), parts.concat())
        };
        let collection_aliases = collections.iter().map(|(_, aliases)| index_aliases(aliases)).collect();
        let action_aliases: Vec<_> = actions.iter().map(|(_, aliases)| index_aliases(aliases)).collect();
        let mut builder = IndexBuilder {
            popular: lines(lists.popular).collect(),
            penalties: Penalty::parse_list(lists.penalties),
            aliases,
            weights,
            analyzer,
            collection_aliases,
            titles: Vec::with_capacity(catalog.len()),
            descriptions: Vec::new(),
            description_numbers: HashMap::new(),
            families: HashMap::new(),
            titled_collections: HashSet::new(),
        };
        let mut tools: Vec<ToolDocument> = catalog.tools().map(|tool| builder.add(tool)).collect();
        if builder.popular.is_empty() {
            builder.favor_families_with_parts(&mut tools);
        }
        builder.analyzer.add_thesaurus(lists.thesaurus);
        let IndexBuilder { analyzer, titles, descriptions, collection_aliases, penalties, .. } = builder;
        Self {
            tools,
            titles: Bm25Index::new(&titles, weights.title_length_penalty, 0.0),
            descriptions: Bm25Index::new(&descriptions, weights.description_length_penalty, 0.0),
            collection_aliases: Bm25Index::new(&collection_aliases, 0.0, weights.alias_word),
            action_aliases: Bm25Index::new(&action_aliases, 0.0, weights.alias_word),
            penalties,
            parser: QueryParser {
                analyzer,
                verbs,
                context: ContextWords::new(lists.context),
                weights,
                opposites: Opposites::new(lists.opposites),
            },
            weights,
        }
    }

    /// Returns the tools that fit a query, best first, among those that `allowed` returns true for.
    pub fn find(&self, query: &str, limit: usize, allowed: impl Fn(Tool) -> bool) -> Vec<SearchHit> {
        let query = ParsedQuery::new(query, &self.parser);
        let scores = QueryScores::new(self, &query);
        let mut hits: Vec<(usize, SearchHit)> = self
            .tools
            .iter()
            .enumerate()
            .map(|(number, tool)| (tool, scores.score(number, tool)))
            .filter(|(tool, score)| *score > 0.0 && !query.excludes(tool.tool.verb()) && allowed(tool.tool))
            .map(|(tool, score)| (tool.family, SearchHit { tool: tool.tool, score }))
            .collect();
        hits.sort_by(|(_, a), (_, b)| a.order(b));
        let mut better: HashMap<usize, i32> = HashMap::new();
        for (family, hit) in &mut hits {
            let better = better.entry(*family).or_default();
            hit.score *= self.weights.sibling.powi(*better);
            *better += 1;
        }
        hits.sort_by(|(_, a), (_, b)| a.order(b));
        hits.truncate(limit);
        hits.into_iter().map(|(_, hit)| hit).collect()
    }
}

/// Collects what is indexed, tool by tool.
struct IndexBuilder {
    popular: HashSet<&'static str>,
    penalties: Vec<Penalty>,
    aliases: AliasIndex,
    weights: Weights,
    analyzer: Analyzer,
    collection_aliases: Vec<(Vec<String>, Vec<String>)>,
    titles: Vec<(Vec<String>, Vec<String>)>,
    descriptions: Vec<(Vec<String>, Vec<String>)>,
    /// The index of each description, by module and text.
    description_numbers: HashMap<(&'static str, String), usize>,
    /// The number of each collection, by path.
    families: HashMap<String, usize>,
    /// The collections whose title was added to their aliases.
    titled_collections: HashSet<usize>,
}

impl IndexBuilder {
    fn add(&mut self, tool: Tool) -> ToolDocument {
        let details = tool.summary();
        let path = normalize_path(tool.path());
        let intent = Intent::from_tool(tool);
        let collection = self.aliases.collection(&path);
        let title = in_noun_order(without_verb(&details.title, intent), intent);
        let title = title.as_ref();
        let description = self.add_description(tool.module(), &details.description);
        let head = last_word(title).map(|word| self.analyzer.stem(&word)).unwrap_or_default();
        let title = self.analyzer.index_title(title);
        // A collection's own name is an alias too; the first list tool has the plain one.
        if let Some(number) = collection.filter(|_| intent == Intent::List)
            && self.titled_collections.insert(number)
            && let Some((main, _)) = self.collection_aliases.get_mut(number)
        {
            main.extend(title.iter().cloned());
        }
        self.titles.push((title, Vec::new()));
        let next = self.families.len();
        let family = *self.families.entry(collection_path(&path).to_owned()).or_insert(next);
        let penalties = self.penalties.iter().enumerate();
        let penalties = penalties.filter(|(_, penalty)| penalty.applies_to(tool.short_name()));
        ToolDocument {
            tool,
            intent,
            description,
            collection,
            action_aliases: self.aliases.action(tool.method(), &path),
            family,
            action: self.analyzer.stem(tool.verb()),
            head,
            weight: self.weight(&path),
            penalties: penalties.map(|(number, _)| number).collect(),
        }
    }

    /// Adds what a description says about the records of the tool, and returns its index. The rest repeats the title, or is
    /// about arguments and pages, which distinguish no tool.
    fn add_description(&mut self, module: &'static str, description: &str) -> usize {
        let sentence = explanation(description);
        let next = self.descriptions.len();
        let number = *self.description_numbers.entry((module, sentence.to_owned())).or_insert(next);
        if number == next {
            let tokens = [module, sentence].map(|text| self.analyzer.index_words(&tokenize(text)));
            self.descriptions.push((tokens.concat(), Vec::new()));
        }
        number
    }

    /// Favors records that have many parts of their own, for an API that does not say which records people speak of most:
    /// what the API is about has more parts than what is merely configured.
    fn favor_families_with_parts(&self, tools: &mut [ToolDocument]) {
        let mut parts = vec![0_u16; self.families.len()];
        for path in self.families.keys() {
            for (at, _) in path.match_indices("/{}") {
                if let Some(owner) = self.families.get(&path[..at]).filter(|_| at + 3 < path.len()) {
                    parts[*owner] += 1;
                }
            }
        }
        for tool in tools {
            tool.weight *= 1.0 + self.weights.owned_part * f32::from(parts[tool.family]).ln_1p();
        }
    }

    fn weight(&self, path: &str) -> f32 {
        let depth = i32::try_from(path.matches('{').count()).unwrap_or(0);
        let popular = if self.popular.contains(collection_path(path)) { self.weights.popular } else { 1.0 };
        popular * self.weights.nesting.powi(depth)
    }
}

/// The scores of one query, by index.
struct QueryScores<'a> {
    query: &'a ParsedQuery,
    weights: &'a Weights,
    titles: Vec<f32>,
    descriptions: Vec<f32>,
    collection_aliases: Vec<f32>,
    action_aliases: Vec<f32>,
    concepts: Vec<ConceptScores>,
    penalties: Vec<f32>,
}

impl<'a> QueryScores<'a> {
    fn new(engine: &'a SearchEngine, query: &'a ParsedQuery) -> Self {
        let analyzer = &engine.parser.analyzer;
        let penalty = |penalty: &Penalty| penalty.weight(query.intent, &query.words, analyzer);
        Self {
            query,
            weights: &engine.weights,
            titles: engine.titles.scores(&query.tokens),
            descriptions: engine.descriptions.scores(&query.tokens),
            collection_aliases: engine.collection_aliases.scores(&query.tokens),
            action_aliases: engine.action_aliases.scores(&query.tokens),
            concepts: query.things.iter().map(|stems| ConceptScores::new(engine, stems)).collect(),
            penalties: engine.penalties.iter().map(penalty).collect(),
        }
    }

    /// The score of a tool.
    fn score(&self, number: usize, tool: &ToolDocument) -> f32 {
        let Self { query, weights, .. } = self;
        let text = self.titles[number] + weights.description * self.descriptions[tool.description];
        let collection = tool.collection.map_or(0.0, |number| self.collection_aliases[number]);
        // Aliases of an action say what is to be done, which is not to list where something is used.
        let action = tool.action_aliases.filter(|_| query.intent != Intent::Usages);
        let action = action.map_or(0.0, |number| self.action_aliases[number]);
        let context = self.head_factor(number, tool) * self.coverage(number, tool);
        context * (text + weights.collection_alias * collection) * self.tool_factor(tool)
            + weights.action_alias * action * context
    }

    /// How far the tool covers what the query mentions.
    fn coverage(&self, number: usize, tool: &ToolDocument) -> f32 {
        let covered = self.concepts.iter().filter(|concept| concept.is_in(number, tool)).count();
        let share = covered as f32 / self.concepts.len().max(1) as f32;
        1.0 - self.weights.coverage + self.weights.coverage * share
    }

    /// Returns the factor for a tool that is, or isn't, about the subject of the query.
    fn head_factor(&self, number: usize, tool: &ToolDocument) -> f32 {
        let lacks_head =
            self.query.has_head && !self.concepts.first().is_none_or(|head| head.is_in_title(number, tool));
        if lacks_head {
            self.weights.missing_head
        } else if self.query.is_about(&tool.head) {
            self.weights.matching_head
        } else {
            1.0
        }
    }

    /// The part of the score that does not depend on the words of the tool: its action, penalties and popularity.
    fn tool_factor(&self, tool: &ToolDocument) -> f32 {
        let is_named = tool.intent == Intent::Other && self.query.names_action(&tool.action);
        let activity = if is_named { self.weights.named_action } else { self.query.affinity(tool.intent) };
        let penalties = tool.penalties.iter().filter_map(|number| self.penalties.get(*number));
        activity * penalties.product::<f32>() * tool.weight
    }
}

/// Where one thing that a query mentions occurs.
struct ConceptScores {
    titles: Vec<f32>,
    collection_aliases: Vec<f32>,
    action_aliases: Vec<f32>,
    /// No title contains it: it occurs in aliases alone.
    is_untitled: bool,
}

impl ConceptScores {
    fn new(engine: &SearchEngine, stems: &[String]) -> Self {
        let titles = engine.titles.scores(stems);
        let is_untitled = titles.iter().all(|score| *score <= 0.0);
        Self {
            titles,
            collection_aliases: engine.collection_aliases.scores(stems),
            action_aliases: engine.action_aliases.scores(stems),
            is_untitled,
        }
    }

    /// Returns true if the title of a tool contains it, or its aliases do while no title does.
    fn is_in_title(&self, number: usize, tool: &ToolDocument) -> bool {
        self.titles.get(number).is_some_and(|score| *score > 0.0)
            || (self.is_untitled && self.is_in(number, tool))
    }

    /// Returns true if the title or an alias of a tool contains it.
    fn is_in(&self, number: usize, tool: &ToolDocument) -> bool {
        let is_in = |scores: &[f32], number: usize| scores.get(number).is_some_and(|score| *score > 0.0);
        is_in(&self.titles, number)
            || tool.collection.is_some_and(|number| is_in(&self.collection_aliases, number))
            || tool.action_aliases.is_some_and(|number| is_in(&self.action_aliases, number))
    }
}

/// The last word of a title, without what says which record.
fn last_word(title: &str) -> Option<String> {
    let title =
        [" by ", " to ", " of "].iter().fold(title, |title, word| title.split(word).next().unwrap_or(title));
    tokenize(title).pop()
}

/// The words of a title in the order in which people write them: `a note to a ticket` is a ticket note.
fn in_noun_order(title: &str, intent: Intent) -> Cow<'_, str> {
    match title.split_once(" to ").filter(|_| intent == Intent::Create) {
        Some((own, owner)) => Cow::Owned(format!("{owner} {own}")),
        None => Cow::Borrowed(title),
    }
}

/// Returns the text in parentheses in the first sentence of a description.
fn explanation(description: &str) -> &str {
    let sentence = description.split(". ").next().unwrap_or_default();
    let inside = sentence.split_once(" (").and_then(|(_, rest)| rest.rsplit_once(')'));
    inside.map(|(inside, _)| inside).unwrap_or_default()
}

/// A title without its verb.
fn without_verb(title: &str, intent: Intent) -> &str {
    match intent {
        Intent::Other | Intent::Usages => title,
        _ => title.split_once(' ').map_or(title, |(_, rest)| rest),
    }
}
