//! Measures the search on any catalog, and compares it with BM25 and with the weights that GitHub's MCP server uses.
//!
//! ```console
//! $ measure CATALOG --lists FOLDER QUERIES.tsv...    # a folder with a generated catalog, and labeled queries
//! $ measure --metatool FOLDER                        # checkouts of public query sets
//! $ measure --livemcpbench FOLDER
//! $ measure --azure FOLDER
//! ```
//!
//! Without `--lists`, the English word lists are used. `--without NAME` leaves a list out. `--only plain` skips the
//! comparison. `--missed` prints queries whose right tool isn't among the first five results, and `--not-first` prints those
//! whose right tool isn't the first result. `--half kept` or `--half train` runs one half of the queries, and
//! `--sample 40:20` runs queries 20, 60, 100, and so on. `--drop 0.5:7` drops half of the aliases, chosen with seed 7,
//! because aliases written for the measured queries would make them too easy. `--features FILE` appends the training data of
//! the queries to a file for `data/ranking/train.py`. `--fold 0:5` selects the first of five parts of the queries, and leaves
//! them out of the examples. `--titles` measures the titles of the tools as queries. `NAME=VALUE` sets a weight. `--speed`
//! measures how long indexing and queries take.

mod catalog;
mod features;
mod public_sets;
mod speed;
mod weights;

use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

use toolcrate_runtime::Catalog;
use toolcrate_search::evaluate::{FieldPoints, LabeledQuery, PlainBm25, Recall, parse_queries};
use toolcrate_search::{SearchEngine, Weights, WordLists};

/// The command-line options.
#[derive(Default)]
struct Options {
    lists: Option<PathBuf>,
    without: Option<String>,
    compares: bool,
    prints_missed: bool,
    prints_not_first: bool,
    measures_speed: bool,
    measures_titles: bool,
    half: Option<String>,
    sample: Option<(usize, usize)>,
    dropped: Option<(f64, u64)>,
    fold: Option<(u64, u64)>,
    features: Option<PathBuf>,
    weights: Vec<(String, String)>,
    paths: Vec<PathBuf>,
    public_set: Option<(String, PathBuf)>,
}

impl Options {
    /// Returns the queries in the selected half and sample.
    fn chosen<'q>(&self, queries: impl Iterator<Item = LabeledQuery<'q>>) -> Vec<LabeledQuery<'q>> {
        let (step, start) = self.sample.unwrap_or((1, 0));
        queries
            .skip(start)
            .step_by(step)
            .filter(|labeled| self.fold.is_none_or(|(fold, count)| labeled.fold(count) == fold))
            .filter(|labeled| match self.half.as_deref() {
                Some("kept") => labeled.is_kept_out(),
                Some(_) => !labeled.is_kept_out(),
                None => true,
            })
            .collect()
    }
}

fn main() {
    let options = parse_arguments();
    if let Some((name, folder)) = &options.public_set {
        let (catalog, queries) = public_sets::read(name, folder);
        let queries = options.chosen(parse_queries(queries));
        report(name, catalog, &WordLists::ENGLISH, &queries, &options);
        return;
    }
    let (folder, files) = options.paths.split_first().expect("the folder of a catalog");
    let lists = read_lists(&options);
    if options.measures_speed {
        let texts: Vec<String> = files.iter().map(|file| read(file)).collect();
        let queries: Vec<LabeledQuery<'_>> = texts.iter().flat_map(|text| parse_queries(text)).collect();
        speed::report(folder, &lists, &options.chosen(queries.into_iter()));
        return;
    }
    let catalog = catalog::read(folder);
    let mut texts: Vec<(String, String)> = files.iter().map(|file| (file_stem(file), read(file))).collect();
    texts.extend(options.measures_titles.then(|| ("catalog".to_owned(), catalog::title_queries(catalog))));
    for (file, text) in &texts {
        let mut sets: Vec<&str> = parse_queries(text).map(|labeled| labeled.set).collect();
        sets.sort_unstable();
        sets.dedup();
        for set in sets {
            let queries = options.chosen(parse_queries(text).filter(|labeled| labeled.set == set));
            report(&format!("{file} {set}"), catalog, &lists, &queries, &options);
        }
    }
}

fn parse_arguments() -> Options {
    let mut options = Options { compares: true, ..Options::default() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("expected a value after {argument}"));
        match argument.as_str() {
            "--lists" => options.lists = Some(value().into()),
            "--without" => options.without = Some(value()),
            "--only" => options.compares = value() != "plain",
            "--missed" => options.prints_missed = true,
            "--not-first" => options.prints_not_first = true,
            "--speed" => options.measures_speed = true,
            "--titles" => options.measures_titles = true,
            "--half" => options.half = Some(value()),
            "--sample" => options.sample = parse_pair(&value()),
            "--fold" => options.fold = parse_pair(&value()),
            "--features" => options.features = Some(value().into()),
            "--drop" => options.dropped = parse_pair(&value()),
            "--metatool" | "--livemcpbench" | "--azure" => {
                let folder = value().into();
                options.public_set = Some((argument.trim_start_matches('-').to_owned(), folder));
            }
            _ => match argument.split_once('=') {
                Some((name, value)) => options.weights.push((name.to_owned(), value.to_owned())),
                None => options.paths.push(argument.into()),
            },
        }
    }
    options
}

fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads two numbers separated by a colon.
fn parse_pair<A: FromStr, B: FromStr>(text: &str) -> Option<(A, B)> {
    let (first, second) = text.split_once(':')?;
    first.parse().ok().zip(second.parse().ok())
}

/// Prints the recall of each search method, and the cost of a query.
fn report(
    name: &str,
    catalog: &'static Catalog,
    lists: &WordLists,
    queries: &[LabeledQuery<'_>],
    options: &Options,
) {
    let is_listed = !lists.collection_aliases.is_empty();
    let mut weights = if is_listed { Weights::LISTED } else { Weights::UNLISTED };
    for (name, value) in &options.weights {
        weights::set(&mut weights, name, value);
    }
    let start = Instant::now();
    let engine = SearchEngine::with_weights(catalog, lists, weights);
    let indexed = start.elapsed();
    if let Some(path) = &options.features {
        features::write(path, name, &engine, queries);
        return;
    }
    let mut times: Vec<Duration> = Vec::with_capacity(queries.len());
    for labeled in queries {
        let start = Instant::now();
        engine.find(labeled.query, 10, |_| true);
        times.push(start.elapsed());
    }
    times.sort();
    let recall = Recall::measure(&engine, queries.iter().cloned());
    println!("{name}: ours: {recall}");
    if options.prints_missed {
        recall.missed.iter().for_each(|missed| println!("  {missed}"));
    }
    if options.prints_not_first {
        print_not_first(&engine, queries);
    }
    if options.compares {
        let bm25 = PlainBm25::new(catalog);
        let recall = Recall::measure_with(|query| bm25.find(query, 10), queries.iter().cloned());
        println!("{name}: BM25: {recall}");
        let points = FieldPoints::new(catalog);
        let recall = Recall::measure_with(|query| points.find(query, 10), queries.iter().cloned());
        println!("{name}: GitHub: {recall}");
    }
    if let (Some(median), Some(worst)) = (times.get(times.len() / 2), times.last()) {
        println!(
            "{} tools indexed in {indexed:.1?}, a query takes {median:.1?}, {worst:.1?} at worst",
            catalog.len()
        );
    }
}

/// Prints the queries whose first tool is wrong.
fn print_not_first(engine: &SearchEngine, queries: &[LabeledQuery<'_>]) {
    for labeled in queries {
        let hits = engine.find(labeled.query, 3, |_| true);
        let found: Vec<&str> = hits.iter().map(|hit| hit.tool.short_name()).collect();
        if !found.first().is_some_and(|first| labeled.tools.contains(first)) {
            println!("  {} [{}] found {}", labeled.query, labeled.tools.join(", "), found.join(", "));
        }
    }
}

/// Reads the lists in the selected folder. Missing lists and the one that is left out default to English.
fn read_lists(options: &Options) -> WordLists {
    let without = options.without.as_deref();
    let list = |name: &str| -> Option<&'static str> {
        let folder = options.lists.as_deref().filter(|_| without != Some(name))?;
        let mut text = std::fs::read_to_string(folder.join(format!("{name}.txt"))).ok()?;
        if let Some((share, seed)) = options.dropped.filter(|_| name.ends_with("aliases")) {
            text = keep_share(&text, 1.0 - share, seed);
        }
        Some(text.leak())
    };
    let english = WordLists::ENGLISH;
    WordLists {
        stop_words: list("stop_words").unwrap_or(english.stop_words),
        stems: list("stems").unwrap_or(english.stems),
        api_verbs: list("verbs").unwrap_or_default(),
        synonyms: list("synonyms").unwrap_or_default(),
        collection_aliases: list("collection_aliases").unwrap_or_default(),
        action_aliases: list("action_aliases").unwrap_or_default(),
        examples: examples(options).unwrap_or_default(),
        ranking: list("ranking").unwrap_or(english.ranking),
        penalties: list("penalties").unwrap_or(english.penalties),
        popular: list("popular").unwrap_or_default(),
        context: list("context").unwrap_or(english.context),
        thesaurus: if without == Some("thesaurus") { "" } else { english.thesaurus },
        ..english
    }
}

/// Reads the examples, except those in the selected fold.
fn examples(options: &Options) -> Option<&'static str> {
    let folder = options.lists.as_deref().filter(|_| options.without.as_deref() != Some("examples"))?;
    let text = std::fs::read_to_string(folder.join("examples.tsv")).ok()?;
    let dropped: HashSet<&str> = match options.fold {
        Some((fold, count)) => parse_queries(&text)
            .filter(|labeled| labeled.fold(count) == fold)
            .map(|labeled| labeled.query)
            .collect(),
        None => HashSet::new(),
    };
    let is_kept = |line: &&str| !line.split('\t').next().is_some_and(|query| dropped.contains(query));
    Some(keep_lines(&text, is_kept).leak())
}

/// Keeps the headings of a sectioned list and a share of its entries.
fn keep_share(text: &str, share: f64, seed: u64) -> String {
    let is_kept = |line: &&str| {
        let mut hasher = std::hash::DefaultHasher::new();
        (seed, line).hash(&mut hasher);
        line.starts_with(['[', '#']) || (hasher.finish() as f64) < share * u64::MAX as f64
    };
    keep_lines(text, is_kept)
}

fn keep_lines(text: &str, is_kept: impl Fn(&&str) -> bool) -> String {
    text.lines().filter(is_kept).flat_map(|line| [line, "\n"]).collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
