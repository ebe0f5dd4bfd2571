//! Prints the search recall for each set of labeled queries.
//!
//! `--missed` also prints the missed queries of the training sets. `--kept-out` measures only the held-out half, which
//! must not be used for tuning. To run another file of labeled queries instead, pass its path; the missed queries are
//! printed as well. `--ablation` prints the recall on the training and validation sets with each word list left out in
//! turn.

use std::collections::BTreeSet;
use std::time::Instant;

use cwpsa::word_lists::{WORD_LISTS, search_engine};
use toolcrate_search::evaluate::{Recall, parse_queries};
use toolcrate_search::{SearchEngine, WordLists};

const TRAIN: &str = include_str!("../tests/search_eval/train.tsv");
const DEV: &str = include_str!("../tests/search_eval/dev.tsv");
const TEST: &str = include_str!("../tests/search_eval/test.tsv");

fn main() {
    let has_flag = |flag: &str| std::env::args().any(|argument| argument == flag);
    // The catalog is unpacked on first use, which isn't part of indexing.
    let tools = connectwise_psa::CATALOG.len();
    let start = Instant::now();
    let engine = search_engine();
    let indexed = start.elapsed();
    let start = Instant::now();
    let queries = parse_queries(TRAIN).filter(|labeled| labeled.set == "halves");
    let (count, found) = queries.fold((0, 0), |(count, found), labeled| {
        (count + 1, found + usize::from(!engine.find(labeled.query, 10, |_| true).is_empty()))
    });
    let searched = start.elapsed() / count.max(1);
    println!(
        "{tools} tools indexed in {indexed:.1?}, a search takes {searched:.2?} ({found} found something)"
    );
    if let Some(path) = std::env::args().nth(1).filter(|argument| !argument.starts_with('-')) {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let recall = Recall::measure(&engine, parse_queries(&text));
        println!("{} of {} queries among the first five, {} first", recall.at_5, recall.queries, recall.at_1);
        recall.missed.iter().for_each(|query| println!("{query}"));
        return;
    }
    if has_flag("--ablation") {
        print_ablation();
        return;
    }
    let mut missed = Vec::new();
    for (file, label) in [(TRAIN, "training"), (DEV, "validation"), (TEST, "held out")] {
        if label == "held out" && !has_flag("--kept-out") {
            continue;
        }
        let sets: BTreeSet<&str> = parse_queries(file).map(|labeled| labeled.set).collect();
        for set in sets {
            let recall = Recall::measure(&engine, parse_queries(file).filter(|labeled| labeled.set == set));
            // The held-out half is the only set in its file, and is reported only under the file's name.
            let name = if file == TEST { label.to_owned() } else { format!("{set}, {label}") };
            println!("{name}: {recall}");
            if file == TRAIN {
                missed.extend(recall.missed);
            }
        }
    }
    if has_flag("--missed") {
        missed.iter().for_each(|query| println!("{query}"));
    }
}

/// Prints the recall with all lists, with each list left out, and with only the English ones.
fn print_ablation() {
    let lists = WORD_LISTS;
    let variants = [
        ("all", lists),
        ("no API verbs", WordLists { api_verbs: "", ..lists }),
        ("no synonyms", WordLists { synonyms: "", ..lists }),
        ("no thesaurus", WordLists { thesaurus: "", ..lists }),
        ("no collection aliases", WordLists { collection_aliases: "", ..lists }),
        ("no action aliases", WordLists { action_aliases: "", ..lists }),
        ("no penalties", WordLists { penalties: "", ..lists }),
        ("no popular", WordLists { popular: "", ..lists }),
        ("English context", WordLists { context: WordLists::ENGLISH.context, ..lists }),
        ("English only", WordLists::ENGLISH),
        ("English, no thesaurus", WordLists { thesaurus: "", ..WordLists::ENGLISH }),
    ];
    for (name, lists) in variants {
        let engine = SearchEngine::new(&connectwise_psa::CATALOG, &lists);
        for (file, label) in [(TRAIN, "training"), (DEV, "validation")] {
            let recall = Recall::measure(&engine, parse_queries(file));
            let share = |count: usize| count as f64 / recall.queries.max(1) as f64;
            println!(
                "{name}, {label}: recall@1 {:.3}, @5 {:.3}, @10 {:.3}",
                share(recall.at_1),
                share(recall.at_5),
                share(recall.at_10)
            );
        }
    }
}
