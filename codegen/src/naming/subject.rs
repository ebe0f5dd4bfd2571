//! Determines the nouns that titles, descriptions and doc comments use for an operation's resource.
//!
//! Nouns are derived from the path: the text after the last placeholder is the resource (`notes`), and the text before
//! it is the owner (`ticket`). The profile's `names.nouns` supplies nouns for paths that don't read like natural
//! language.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::article::article;
use super::draft::Draft;
use super::inflection::Inflector;
use super::resource_path::{ResourcePath, run_words};
use crate::config::{NameRules, NounOverride, UsageTracker};
use crate::id::OperationTable;
use crate::ir::{ApiDefinition, Method, Segment, Template};

/// The subject of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The collection's path in normal form, without segments that denote a view.
    pub path: String,
    /// The full noun, singular: `ticket note`.
    pub one: String,
    /// The full noun, plural.
    pub many: String,
    /// The noun without its owner, singular: `note`.
    pub own_one: String,
    /// The noun without its owner, plural.
    pub own_many: String,
    /// The noun of the parent, if the path has its ID: `ticket`.
    pub owner: Option<String>,
    /// True if the operation shows another operation's records in a different form.
    pub is_view: bool,
    /// True if the path selects one record.
    pub is_item: bool,
    /// How the record is selected, if not by its ID: `name`.
    pub by: Option<String>,
    /// True if it is the plain operation of its kind.
    pub is_plain: bool,
    /// True if the records only link existing records to their owner.
    pub is_link: bool,
    /// True if records without an owner have the same noun.
    pub is_ambiguous: bool,
}

/// The longest noun, in words, that is written as one compound: `purchase order line item`.
const MAX_COMPOUND_WORDS: usize = 4;

/// The longest owner, in words, that takes a possessive: `a managed IT solution's product mappings`.
const MAX_POSSESSIVE_WORDS: usize = 3;

impl Subject {
    /// Returns the noun with its article: `a ticket note`.
    pub fn a(&self) -> String {
        with_article(&self.one)
    }

    /// Returns the noun without its owner, with an article: `a note`.
    pub fn own_a(&self) -> String {
        with_article(&self.own_one)
    }

    /// Returns the owner with its article: `a ticket`.
    pub fn owner_a(&self) -> Option<String> {
        self.owner.as_deref().map(with_article)
    }

    /// Returns true if the noun with its owner reads well as one compound.
    pub fn is_compound(&self) -> bool {
        self.owner.is_none() || self.is_short() && !self.is_ambiguous
    }

    fn is_short(&self) -> bool {
        word_count(&self.one) <= MAX_COMPOUND_WORDS && !self.one.contains(',')
    }

    /// The record with its article, owner and `gloss`: `a ticket note`, `a catalog item's minimum stock level`, or
    /// `a parsing rule for an email connector parsing style`.
    pub fn a_owned(&self, gloss: &str) -> String {
        match self.owner.as_deref() {
            Some(owner) if !self.is_compound() => owned(owner, &self.own_one, &self.own_a(), gloss),
            _ => format!("{}{gloss}", self.a()),
        }
    }

    /// The records of one owner, with `gloss`: `a ticket's notes`, `the notifications for an RMA status`.
    pub fn many_owned(&self, gloss: &str) -> String {
        match self.owner.as_deref() {
            Some(owner) => owned(owner, &self.own_many, &format!("the {}", self.own_many), gloss),
            None => format!("{}{gloss}", self.many),
        }
    }

    /// The only record of its owner, with `gloss`: `a project's workplan`.
    pub fn only_owned(&self, gloss: &str) -> String {
        match self.owner.as_deref() {
            Some(owner) => owned(owner, &self.own_one, &format!("the {}", self.own_one), gloss),
            None => format!("the {}{gloss}", self.one),
        }
    }

    /// The noun before `ID`: without the owner where the whole would be a long row of nouns.
    pub fn id_noun(&self) -> &str {
        if self.owner.is_none() || self.is_short() { &self.one } else { &self.own_one }
    }
}

/// Returns `noun` with its owner and `gloss`, as a possessive if that reads well, or else after `phrase`, which is `noun`
/// with its article.
fn owned(owner: &str, noun: &str, phrase: &str, gloss: &str) -> String {
    let is_possessive =
        word_count(owner) <= MAX_POSSESSIVE_WORDS && !owner.ends_with('s') && !noun.contains(',');
    let owner = with_article(owner);
    if is_possessive { format!("{owner}'s {noun}{gloss}") } else { format!("{phrase}{gloss} for {owner}") }
}

fn word_count(noun: &str) -> usize {
    noun.split(' ').count()
}

/// Returns the noun preceded by `a` or `an`.
pub fn with_article(noun: &str) -> String {
    format!("{} {noun}", article(noun))
}

/// The nouns for one collection.
struct CollectionNoun {
    one: String,
    many: String,
    own_one: String,
    own_many: String,
    owner: Option<String>,
    is_link: bool,
}

impl CollectionNoun {
    fn whole(one: String, many: String) -> Self {
        Self { own_one: one.clone(), own_many: many.clone(), one, many, owner: None, is_link: false }
    }

    fn owned(owner: String, own_one: String, own_many: String) -> Self {
        let one = format!("{owner} {own_one}");
        let many = format!("{owner} {own_many}");
        Self { one, many, own_one, own_many, owner: Some(owner), is_link: false }
    }
}

/// Finds the subjects of operations.
pub struct SubjectReader<'a> {
    rules: &'a NameRules,
    usage: &'a UsageTracker,
    words: &'a Inflector<'a>,
    nouns: HashMap<String, (&'a str, &'a NounOverride)>,
    resources: HashMap<String, (&'a str, &'a str)>,
    /// Nouns that are top resources in more than one module.
    shared: HashSet<Vec<String>>,
    /// The paths that a GET reads, in normal form.
    readable: HashSet<String>,
}

impl<'a> SubjectReader<'a> {
    /// Reads the tables in `rules`.
    pub fn new(
        api: &ApiDefinition,
        drafts: &OperationTable<Draft<'_>>,
        rules: &'a NameRules,
        words: &'a Inflector<'a>,
        usage: &'a UsageTracker,
    ) -> Self {
        let mut modules: HashMap<Vec<String>, HashSet<Vec<String>>> = HashMap::new();
        for draft in drafts.values().filter(|draft| draft.noun.is_top()) {
            modules.entry(draft.noun.one.clone()).or_default().insert(draft.resource.module.clone());
        }
        let shared = modules.into_iter().filter(|(_, modules)| modules.len() > 1).map(|(noun, _)| noun);
        let reads = api.operations.values().filter(|operation| operation.method == Method::Get);
        let normal = |path: &str| Template::parse(path).normal_form();
        Self {
            rules,
            usage,
            words,
            nouns: rules.nouns.iter().map(|(path, noun)| (normal(path), (path.as_str(), noun))).collect(),
            resources: rules
                .resources
                .iter()
                .map(|(path, names)| (normal(path), (names.one.as_str(), names.many.as_str())))
                .collect(),
            shared: shared.collect(),
            readable: reads.map(|operation| operation.path.normal_form()).collect(),
        }
    }

    /// Returns the subject of an operation on this resource. `is_plain` and `by` must be filled in by the
    /// caller.
    pub fn read(&self, resource: &ResourcePath<'_>) -> Subject {
        let is_view = |text: &str| self.is_view(text);
        let all = &resource.segments;
        let mut segments: Vec<Segment> = Vec::with_capacity(all.len());
        for (at, segment) in all.iter().enumerate() {
            let marks_a_view = matches!(segment, Segment::Text(text) if at > 0 && is_view(text));
            if !marks_a_view || (all.len() == 2) {
                segments.push(segment.clone());
            }
        }
        let is_item = resource.item.is_some();
        let action_is_view = resource.action.is_some_and(|action| action.tail.split('/').any(is_view));
        let path = normal_form(&segments);
        let base = if is_item { format!("{path}/{{}}") } else { path.clone() };
        let shows = action_is_view || segments.len() < all.len();
        let noun = self.noun(&segments);
        Subject {
            is_view: shows && (self.readable.contains(&base) || self.readable.contains(&path)),
            is_item,
            path,
            one: noun.one,
            many: noun.many,
            own_one: noun.own_one,
            own_many: noun.own_many,
            owner: noun.owner,
            by: None,
            is_plain: false,
            is_link: noun.is_link,
            is_ambiguous: false,
        }
    }

    /// Returns true if a path segment only denotes another view of the same records.
    pub fn is_view(&self, text: &str) -> bool {
        self.rules.views.iter().any(|view| view.eq_ignore_ascii_case(text))
    }

    fn noun(&self, segments: &[Segment]) -> CollectionNoun {
        let path = normal_form(segments);
        let last = segments.iter().rposition(|segment| matches!(segment, Segment::Placeholder(_)));
        let owner = || last.map(|at| self.noun(&segments[..at]).one);
        if let Some((entry, noun)) = self.nouns.get(&path) {
            self.usage.mark(format!("names.nouns.{entry}"));
            let many = noun.many.clone().unwrap_or_else(|| self.plural(&noun.one));
            let owner = match noun.owner.as_deref() {
                Some("") => None,
                Some(owner) => Some(owner.to_owned()),
                None => owner(),
            };
            let words = match owner {
                Some(owner) => CollectionNoun::owned(owner, noun.one.clone(), many),
                None => CollectionNoun::whole(noun.one.clone(), many),
            };
            return CollectionNoun { is_link: noun.link, ..words };
        }
        if let Some((one, many)) = self.resources.get(&path) {
            let words = |text: &str| self.spelled(&self.words.spread(&super::tools::words_of(text)));
            return CollectionNoun::whole(words(one), words(many));
        }
        let run = &segments[last.map_or(1.min(segments.len()), |at| at + 1)..];
        let texts: Vec<&str> = run
            .iter()
            .filter_map(|segment| match segment {
                Segment::Text(text) => Some(text.as_str()),
                Segment::Placeholder(_) => None,
            })
            .collect();
        let module: Vec<String> = match segments.first() {
            Some(Segment::Text(text)) => super::identifiers::split(text),
            _ => vec!["root".to_owned()],
        };
        let own = if texts.is_empty() { module.clone() } else { run_words(&texts, self.words) };
        let one = self.words.spread(&self.words.one(&own));
        let many = self.words.spread(&self.words.many(&own));
        if let Some(owner) = owner() {
            let (one, many) = (self.spelled(&one), self.spelled(&many));
            let bare = |noun: &str| noun.strip_prefix(&format!("{owner} ")).unwrap_or(noun).to_owned();
            return CollectionNoun::owned(owner.clone(), bare(&one), bare(&many));
        }
        let repeats = one == module || one.first() == module.last() || texts.is_empty();
        let with_module = (one.len() == 1 || self.shared.contains(&one)) && !repeats;
        let full = |noun: Vec<String>| {
            let before = module.iter().filter(|_| with_module).cloned();
            self.spelled(&before.chain(noun).collect::<Vec<_>>())
        };
        CollectionNoun::whole(full(one), full(many))
    }

    fn spelled(&self, words: &[String]) -> String {
        words.iter().map(|word| self.words.spelling(word)).collect::<Vec<_>>().join(" ")
    }

    fn plural(&self, noun: &str) -> String {
        let words: Vec<String> = noun.split(' ').map(str::to_owned).collect();
        self.words.many(&words).join(" ")
    }
}

fn normal_form(segments: &[Segment]) -> String {
    let mut path = String::new();
    for segment in segments {
        match segment {
            Segment::Text(text) => {
                path.push('/');
                path.push_str(&text.to_lowercase());
            }
            Segment::Placeholder(_) => path.push_str("/{}"),
        }
    }
    path
}
