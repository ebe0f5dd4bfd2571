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
mod seldom;
mod words;

use std::collections::HashSet;

use connectwise_psa::runtime::{Catalogue, Tool};

use index::Index;
use intent::{Intent, Verbs};
use query::Query;
use said::Places;
use seldom::Seldom;
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
    acts: Index,
    words: Words,
    verbs: Verbs,
    seldom: Vec<Seldom>,
}

struct Entry {
    tool: Tool,
    intent: Intent,
    /// The number of its collection.
    collection: Option<u32>,
    /// The number of its operation among those of which something is said.
    act: Option<u32>,
    /// The stem of what an action does.
    action: String,
    /// How much less likely it is asked for because it is a part of a part.
    weight: f32,
    /// The numbers of the reasons why it is seldom meant.
    seldom: Vec<usize>,
}

/// How much a description, a saying of a collection and one of an act weigh beside a title.
const DESCRIPTION: f32 = 0.3;
const SAID: f32 = 1.0;
const ACT: f32 = 0.7;
/// How much a query favours an action that it names.
const NAMED: f32 = 1.2;
/// What each parameter of a path takes from the weight of a tool.
const DEEPER: f32 = 0.97;
/// How much a word of a saying of several words weighs beside the saying.
const WORD: f32 = 0.6;
/// How much a title loses by being longer than others; of what is said, all counts alike.
const LENGTH: f32 = 0.9;

impl Search {
    /// Indexes every tool.
    pub fn new(catalogue: &'static Catalogue) -> Self {
        let mut words = Words::new();
        let verbs = Verbs::new();
        for verb in verbs.words() {
            words.learn(&[verb.to_owned()]);
        }
        let mut learn = |sayings: Vec<&str>| -> (Vec<String>, Vec<String>) {
            let (wholes, parts): (Vec<_>, Vec<_>) =
                sayings.iter().map(|saying| words.learn_saying(saying)).unzip();
            (wholes.concat(), parts.concat())
        };
        let mut said: Vec<_> = said::of_collections().map(|(_, sayings)| learn(sayings)).collect();
        let acts: Vec<_> = said::of_acts().map(|(_, sayings)| learn(sayings)).collect();
        let places = Places::new();
        let mut titled = HashSet::new();
        let seldom = Seldom::all();
        let mut titles = Vec::with_capacity(catalogue.len());
        let mut tools = Vec::with_capacity(catalogue.len());
        for tool in catalogue.tools() {
            let details = tool.details();
            let intent = Intent::of_tool(tool.short_name());
            let title = telling(&details.title, intent);
            // What a list says of paging, or an update of what it needs, tells nothing apart.
            let about = details.description.split(". ").nth(1).unwrap_or_default();
            let about = format!("{} {about}", tool.module());
            let title = words.learn_title(title);
            let depth = details.http.path.matches('{').count();
            let weight = DEEPER.powi(i32::try_from(depth).unwrap_or(0));
            let action = words.stem(tool.short_name().split('_').next().unwrap_or_default());
            let collection = places.collection(&details.http.path);
            // What the API itself calls its records is said of them too; the first list is the plain one.
            if let Some(number) = collection.filter(|_| intent == Intent::List)
                && titled.insert(number)
                && let Some((main, _)) = said.get_mut(number as usize)
            {
                main.extend(title.iter().cloned());
            }
            titles.push((title, words.learn(&words::split(&about))));
            let act = places.act(details.http.method, &details.http.path);
            let seldom = seldom.iter().enumerate().filter(|(_, seldom)| seldom.is_of(tool.short_name()));
            let seldom = seldom.map(|(number, _)| number).collect();
            tools.push(Entry { tool, intent, collection, act, action, weight, seldom });
        }
        let titles = Index::new(&titles, LENGTH, DESCRIPTION);
        let said = Index::new(&said, 0.0, WORD);
        let acts = Index::new(&acts, 0.0, WORD);
        Self { tools, titles, said, acts, words, verbs, seldom }
    }

    /// The tools that fit `query` best, best first, among those that `allowed` lets through.
    pub fn find(&self, query: &str, limit: usize, allowed: impl Fn(Tool) -> bool) -> Vec<Hit> {
        let asked = Query::new(query, &self.words, &self.verbs);
        let said = self.said.scores(&asked.tokens);
        let acts = self.acts.scores(&asked.tokens);
        let titles = self.titles.scores(&asked.tokens);
        let weight = |seldom: &Seldom| seldom.weight(asked.intent, &asked.words, &self.words);
        let seldom: Vec<f32> = self.seldom.iter().map(weight).collect();
        let mut hits: Vec<Hit> = (0..)
            .zip(&self.tools)
            .filter_map(|(number, entry)| {
                let of_title = titles.get(&number).copied().unwrap_or(0.0);
                let of_said = entry.collection.and_then(|number| said.get(&number)).copied().unwrap_or(0.0);
                // What is said of an act says what is wanted done.
                let of_act = entry.act.and_then(|number| acts.get(&number)).copied().unwrap_or(0.0);
                let score = (of_title + SAID * of_said) * entry.favour(&asked, &seldom) + ACT * of_act;
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
    /// How much a query favours it, with what those that are seldom meant weigh for this query.
    fn favour(&self, asked: &Query, seldom: &[f32]) -> f32 {
        let is_named = self.intent == Intent::Other && asked.stems.contains(&self.action);
        let of_intent = if is_named { NAMED } else { asked.intent.favours(self.intent) };
        let of_seldom = self.seldom.iter().filter_map(|number| seldom.get(*number)).product::<f32>();
        of_intent * of_seldom * self.weight
    }
}

/// The part of a title that says more than what is done.
fn telling(title: &str, intent: Intent) -> &str {
    match intent {
        Intent::Other | Intent::Usages => title,
        _ => title.split_once(' ').map_or(title, |(_, rest)| rest),
    }
}
