//! Finds the right tool from a user's words.
//!
//! BM25 ranks twice: the tools by the stems of their titles and descriptions, and the collections that they belong to
//! by what people call their records (`said`). Both are added up. A verb in the query favours tools that do that, and
//! a word that no text has is read as the nearest one.

pub mod evaluate;
mod index;
mod intent;
mod query;
mod said;
mod words;

use connectwise_psa::runtime::{Catalogue, Tool};

use index::{Index, Texts};
use intent::{Intent, Verbs};
use query::Query;
use said::Collections;
use words::Words;

/// A tool that was found.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// The tool.
    pub tool: Tool,
    /// How well it fits; comparable within one search alone.
    pub score: f32,
}

/// The index over a catalogue.
pub struct Search {
    tools: Vec<Entry>,
    titles: Index,
    said: Index,
    words: Words,
    verbs: Verbs,
}

struct Entry {
    tool: Tool,
    intent: Intent,
    /// The number of its collection.
    collection: Option<u32>,
    /// The stem of what an action does.
    action: String,
    /// How much less likely it is asked for than its like: twins and parts of parts.
    weight: f32,
    /// What makes it a twin, which a query may ask for.
    twin: Option<&'static str>,
}

/// How much a description and a saying weigh beside a title.
const DESCRIPTION: f32 = 0.3;
const SAID: f32 = 1.0;

impl Search {
    /// Indexes every tool.
    pub fn new(catalogue: &'static Catalogue) -> Self {
        let mut words = Words::new();
        let verbs = Verbs::new();
        for verb in verbs.words() {
            words.learn(&[verb.to_owned()]);
        }
        let mut said = Texts::default();
        for (_, sayings) in said::sayings() {
            said.add(sayings.iter().flat_map(|saying| words.learn_saying(saying)).collect(), Vec::new());
        }
        let collections = Collections::new();
        let mut titles = Texts::default();
        let mut tools = Vec::with_capacity(catalogue.len());
        for tool in catalogue.tools() {
            let details = tool.details();
            let intent = Intent::of_tool(tool.short_name());
            let title = telling(&details.title, intent);
            // What a list says of paging, or an update of what it needs, tells nothing apart.
            let about = details.description.split(". ").nth(1).unwrap_or_default();
            let about = format!("{} {about}", tool.module());
            titles.add(words.learn_saying(title), words.learn(&words::split(&about)));
            let (weight, twin) = weight(tool.short_name(), &details.http.path);
            let action = words.stem(tool.short_name().split('_').next().unwrap_or_default());
            let collection = collections.of(&details.http.path);
            tools.push(Entry { tool, intent, collection, action, weight, twin });
        }
        let titles = titles.index(0.7, DESCRIPTION);
        let said = said.index(0.3, 0.0);
        Self { tools, titles, said, words, verbs }
    }

    /// The tools that fit `query` best, best first, among those that `allowed` lets through.
    pub fn find(&self, query: &str, limit: usize, allowed: impl Fn(Tool) -> bool) -> Vec<Hit> {
        let asked = Query::new(query, &self.words, &self.verbs);
        let said = self.said.scores(&asked.tokens);
        let titles = self.titles.scores(&asked.tokens);
        let mut hits: Vec<Hit> = (0..)
            .zip(&self.tools)
            .filter_map(|(number, entry)| {
                let of_title = titles.get(&number).copied().unwrap_or(0.0);
                let of_said = entry.collection.and_then(|number| said.get(&number)).copied().unwrap_or(0.0);
                let score = (of_title + SAID * of_said) * entry.favour(&asked);
                (score > 0.0 && allowed(entry.tool)).then_some(Hit { tool: entry.tool, score })
            })
            .collect();
        // Ties are broken by name, so that one query always gives one answer.
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.tool.name().cmp(b.tool.name())));
        hits.truncate(limit);
        hits
    }
}

impl Entry {
    fn favour(&self, asked: &Query) -> f32 {
        let has = |stem: &str| asked.stems.iter().any(|asked| asked == stem);
        let is_named = self.intent == Intent::Other && has(&self.action);
        let of_intent = if is_named { 1.0 } else { asked.intent.favours(self.intent) };
        let of_twin = if self.twin.is_some_and(|twin| !has(twin)) { 0.6 } else { 1.0 };
        of_intent * of_twin * self.weight
    }
}

/// The part of a title that says more than what is done.
fn telling(title: &str, intent: Intent) -> &str {
    match intent {
        Intent::Other | Intent::Usages => title,
        _ => title.split_once(' ').map_or(title, |(_, rest)| rest),
    }
}

/// Low-privilege twins and lists of uses are seldom what is meant, and what is deeper less than what is not.
fn weight(short_name: &str, path: &str) -> (f32, Option<&'static str>) {
    let depth = path.split('/').filter(|part| part.starts_with('{')).count();
    let markers = [
        ("_info", "info"),
        ("info_", "info"),
        ("_search", "search"),
        ("search_", "search"),
        ("bulk", "bulk"),
        ("my_", "my"),
        ("today_page", "page"),
        ("template", "templat"),
        ("in_out", "out"),
        ("default", "default"),
        ("portal", "portal"),
        ("changelog", "changelog"),
    ];
    let twin = markers.iter().find(|(marker, _)| short_name.contains(marker)).map(|(_, asked)| *asked);
    (0.97_f32.powi(i32::try_from(depth).unwrap_or(0)), twin)
}
