//! Finds the right tool from a user's words.
//!
//! BM25 ranks twice: the tools by the stems of their titles and descriptions, and the collections that they belong to
//! by what people call their records (`said`). Both are added up. A verb in the query favours tools that do that, and
//! a word that no text has is read as the nearest one.

pub mod evaluate;
mod index;
mod intent;
mod names;
mod query;
mod said;
mod seldom;
mod words;

use std::collections::{HashMap, HashSet};

use connectwise_psa::runtime::{Catalog, Tool};

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

impl Hit {
    /// The better one is first; ties are broken by name, so that one query always gives one answer.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        other.score.total_cmp(&self.score).then_with(|| self.tool.name().cmp(other.tool.name()))
    }
}

/// The index over a catalog.
pub struct Search {
    tools: Vec<Entry>,
    titles: Index,
    descriptions: Index,
    said: Index,
    acts: Index,
    words: Words,
    verbs: Verbs,
    seldom: Vec<Seldom>,
}

struct Entry {
    tool: Tool,
    intent: Intent,
    /// The number of what its description says of its records.
    description: usize,
    /// The number of its collection.
    collection: Option<usize>,
    /// The number of its operation among those of which something is said.
    act: Option<usize>,
    /// The number of the records that it is about: those of its collection, or of its path.
    family: usize,
    /// The stem of what an action does.
    action: String,
    /// The stem of the last word of its title: what it is about, where the words before say whose.
    head: String,
    /// How likely it is asked for, whatever the query: a part of a part less, what is spoken of often more.
    weight: f32,
    /// The numbers of the reasons why it is seldom meant.
    seldom: Vec<usize>,
}

/// How much a description, a saying of a collection and one of an act weigh beside a title.
const DESCRIPTION: f32 = 0.2;
const SAID: f32 = 1.5;
const ACT: f32 = 0.8;
/// How much a query favours an action that it names.
const NAMED: f32 = 1.2;
/// What each parameter of a path takes from the weight of a tool.
const DEEPER: f32 = 0.97;
/// How much more records weigh that people speak of often.
const OFTEN: f32 = 1.07;
/// How much a word of a saying of several words weighs beside the saying.
const WORD: f32 = 0.6;
/// How much a title loses by being longer than others; a description less; of what is said, all counts alike.
const LENGTH: f32 = 0.9;
const DESCRIBED: f32 = 0.3;
/// How much of a score needs every thing that the query speaks of: two of them in one tool tell more than one twice.
const COVERED: f32 = 0.7;
/// What is left of a score without the thing that is wanted.
const HEADLESS: f32 = 0.8;
/// What a tool gains whose title ends with it.
const HEADED: f32 = 1.1;
/// What each better tool of the same records takes from the score of one: a reader wants to choose between things, not
/// between six ways to change one of them.
const SIBLING: f32 = 0.94;

impl Search {
    /// Indexes every tool.
    pub fn new(catalog: &'static Catalog) -> Self {
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
        let often = said::often();
        let mut titled = HashSet::new();
        let seldom = Seldom::all();
        let mut numbers = HashMap::new();
        let mut families = HashMap::new();
        let mut descriptions = Vec::new();
        let mut titles = Vec::with_capacity(catalog.len());
        let mut tools = Vec::with_capacity(catalog.len());
        for tool in catalog.tools() {
            let details = tool.summary();
            let intent = Intent::of_tool(tool);
            let title = telling(&details.title, intent);
            // What a list says of paging, or an update of what it needs, tells nothing apart.
            let about = details.description.split(". ").nth(1).unwrap_or_default();
            let next = descriptions.len();
            let description = *numbers.entry((tool.module(), about.to_owned())).or_insert(next);
            if description == next {
                let about = [words.learn(&words::split(tool.module())), words.learn(&words::split(about))];
                descriptions.push((about.concat(), Vec::new()));
            }
            let head = head(title).map(|word| words.stem(&word)).unwrap_or_default();
            let title = words.learn_title(title);
            let depth = tool.path().matches('{').count();
            let action = words.stem(tool.verb());
            let path = said::plain(tool.path());
            let collection = places.collection(&path);
            let of_often = if often.contains(said::records(&path)) { OFTEN } else { 1.0 };
            let weight = of_often * DEEPER.powi(i32::try_from(depth).unwrap_or(0));
            // What the API itself calls its records is said of them too; the first list is the plain one.
            if let Some(number) = collection.filter(|_| intent == Intent::List)
                && titled.insert(number)
                && let Some((main, _)) = said.get_mut(number)
            {
                main.extend(title.iter().cloned());
            }
            titles.push((title, Vec::new()));
            let next = families.len();
            let family = *families.entry(said::records(&path).to_owned()).or_insert(next);
            let act = places.act(tool.method(), &path);
            let seldom = seldom.iter().enumerate().filter(|(_, seldom)| seldom.is_of(tool.short_name()));
            let seldom = seldom.map(|(number, _)| number).collect();
            tools.push(Entry {
                tool,
                intent,
                description,
                collection,
                act,
                family,
                action,
                head,
                weight,
                seldom,
            });
        }
        let titles = Index::new(&titles, LENGTH, 0.0);
        let descriptions = Index::new(&descriptions, DESCRIBED, 0.0);
        let said = Index::new(&said, 0.0, WORD);
        let acts = Index::new(&acts, 0.0, WORD);
        Self { tools, titles, descriptions, said, acts, words, verbs, seldom }
    }

    /// The tools that fit `query` best, best first, among those that `allowed` lets through.
    pub fn find(&self, query: &str, limit: usize, allowed: impl Fn(Tool) -> bool) -> Vec<Hit> {
        let asked = Query::new(query, &self.words, &self.verbs);
        let said = self.said.scores(&asked.tokens);
        let acts = self.acts.scores(&asked.tokens);
        let descriptions = self.descriptions.scores(&asked.tokens);
        let titles = self.titles.scores(&asked.tokens);
        let things: Vec<Thing> = asked.things.iter().map(|thing| self.thing(thing)).collect();
        let weight = |seldom: &Seldom| seldom.weight(asked.intent, &asked.words, &self.words);
        let seldom: Vec<f32> = self.seldom.iter().map(weight).collect();
        let mut hits: Vec<(usize, Hit)> = self
            .tools
            .iter()
            .enumerate()
            .filter_map(|(number, entry)| {
                let of_text = titles[number] + DESCRIPTION * descriptions[entry.description];
                let of_said = entry.collection.map_or(0.0, |number| said[number]);
                // What is said of an act says what is wanted done.
                let of_act =
                    entry.act.filter(|_| asked.intent != Intent::Usages).map_or(0.0, |number| acts[number]);
                let there = things.iter().filter(|thing| thing.is_in(number, entry)).count();
                let lacks_head =
                    asked.has_head && !things.first().is_none_or(|head| head.is_titled(number, entry));
                let of_head = if lacks_head {
                    HEADLESS
                } else if asked.is_about(&entry.head) {
                    HEADED
                } else {
                    1.0
                };
                let covered = 1.0 - COVERED + COVERED * there as f32 / things.len().max(1) as f32;
                let score = of_head * covered * (of_text + SAID * of_said) * entry.favour(&asked, &seldom)
                    + ACT * of_act * covered * of_head;
                (score > 0.0 && allowed(entry.tool))
                    .then_some((entry.family, Hit { tool: entry.tool, score }))
            })
            .collect();
        hits.sort_by(|(_, a), (_, b)| a.order(b));
        let mut better: HashMap<usize, i32> = HashMap::new();
        for (family, hit) in &mut hits {
            let better = better.entry(*family).or_default();
            hit.score *= SIBLING.powi(*better);
            *better += 1;
        }
        hits.sort_by(|(_, a), (_, b)| a.order(b));
        hits.truncate(limit);
        hits.into_iter().map(|(_, hit)| hit).collect()
    }

    /// Where what these stems say is spoken of.
    fn thing(&self, stems: &[String]) -> Thing {
        let (titles, said) = (self.titles.scores(stems), self.said.scores(stems));
        let is_untitled = titles.iter().all(|score| *score <= 0.0);
        Thing { titles, said, acts: self.acts.scores(stems), is_untitled }
    }
}

/// Where a thing that a query speaks of is spoken of: the scores of titles, sayings and acts.
struct Thing {
    titles: Vec<f32>,
    said: Vec<f32>,
    acts: Vec<f32>,
    /// No title speaks of it: it is a word that people say.
    is_untitled: bool,
}

impl Thing {
    /// Whether a tool, by its number, has it in its title, or is one of which nothing else is said.
    fn is_titled(&self, number: usize, entry: &Entry) -> bool {
        self.titles.get(number).is_some_and(|score| *score > 0.0)
            || (self.is_untitled && self.is_in(number, entry))
    }

    /// Whether a tool, by its number, speaks of it.
    fn is_in(&self, number: usize, entry: &Entry) -> bool {
        let is_there = |scores: &[f32], number: usize| scores.get(number).is_some_and(|score| *score > 0.0);
        is_there(&self.titles, number)
            || entry.collection.is_some_and(|number| is_there(&self.said, number))
            || entry.act.is_some_and(|number| is_there(&self.acts, number))
    }
}

impl Entry {
    /// How much a query favours it, with what those that are seldom meant weigh for this query.
    fn favour(&self, asked: &Query, seldom: &[f32]) -> f32 {
        let is_named = self.intent == Intent::Other && asked.names(&self.action);
        let of_intent = if is_named { NAMED } else { asked.favours(self.intent) };
        let of_seldom = self.seldom.iter().filter_map(|number| seldom.get(*number)).product::<f32>();
        of_intent * of_seldom * self.weight
    }
}

/// The last word of a title, without what says which record.
fn head(title: &str) -> Option<String> {
    let title = title.split(" by ").next().unwrap_or(title);
    words::split(title).pop()
}

/// The part of a title that says more than what is done.
fn telling(title: &str, intent: Intent) -> &str {
    match intent {
        Intent::Other | Intent::Usages => title,
        _ => title.split_once(' ').map_or(title, |(_, rest)| rest),
    }
}
