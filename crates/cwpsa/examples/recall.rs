//! Prints how well the search does on each set of labelled queries; with `--missed` those that it misses of the half
//! that it was tuned on. The half kept out is measured with `--kept-out` alone: whoever tunes leaves it alone, or it
//! would be tuned on too. With the path of another file of labelled queries, it runs these, and prints all that it
//! misses.

use std::time::Instant;

use cwpsa::search::Search;
use cwpsa::search::evaluate::{Labelled, labelled, queries, recall};

fn main() {
    // The catalog unpacks itself when it is first used, which is not the index's doing.
    let tools = connectwise_psa::CATALOG.len();
    let start = Instant::now();
    let search = Search::new(&connectwise_psa::CATALOG);
    let built = start.elapsed();
    let start = Instant::now();
    let found = queries().filter(|labelled| !search.find(labelled.query, 10, |_| true).is_empty()).count();
    let searched = start.elapsed() / u32::try_from(queries().count().max(1)).unwrap_or(u32::MAX);
    println!("{tools} tools indexed in {built:.1?}, a search takes {searched:.2?} ({found} found something)");
    if let Some(path) = std::env::args().nth(1).filter(|argument| !argument.starts_with('-')) {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let recall = recall(&search, labelled(text.leak()));
        println!("{} of {} queries among the first five, {} first", recall.at_5, recall.queries, recall.at_1);
        recall.missed.iter().for_each(|query| println!("{query}"));
        return;
    }
    let tuned = recall(&search, queries().filter(|labelled| !labelled.is_kept_out()));
    // Parts of a second set, by an author who collected words for the search too.
    let more_tuned = recall(&search, labelled(include_str!("../tests/queries_tuned.tsv")));
    let validation = recall(&search, labelled(include_str!("../tests/queries_validation.tsv")));
    // A third set, by two people who did not know the search.
    let fresh = || labelled(include_str!("../tests/queries_fresh.tsv"));
    let fresh_tuned = recall(&search, fresh().filter(|labelled| !labelled.is_validation()));
    let fresh_validation = recall(&search, fresh().filter(Labelled::is_validation));
    // A fourth set, by two others who did not.
    let third = || labelled(include_str!("../tests/queries_third.tsv"));
    let third_tuned = recall(&search, third().filter(|labelled| !labelled.is_validation()));
    let third_validation = recall(&search, third().filter(Labelled::is_validation));
    let mut sets = vec![
        ("tuned on", &tuned),
        ("second set, tuned on", &more_tuned),
        ("second set, validation", &validation),
        ("fresh, tuned on", &fresh_tuned),
        ("fresh, validation", &fresh_validation),
        ("third, tuned on", &third_tuned),
        ("third, validation", &third_validation),
    ];
    let kept_out;
    if std::env::args().any(|argument| argument == "--kept-out") {
        kept_out = recall(&search, queries().filter(Labelled::is_kept_out));
        sets.push(("kept out", &kept_out));
    }
    for (half, recall) in sets {
        let share = |count: usize| count as f64 / recall.queries.max(1) as f64;
        println!(
            "{half}: {} queries, recall@1 {:.3}, @5 {:.3}, @10 {:.3}",
            recall.queries,
            share(recall.at_1),
            share(recall.at_5),
            share(recall.at_10)
        );
    }
    if std::env::args().any(|argument| argument == "--missed") {
        tuned.missed.iter().for_each(|query| println!("{query}"));
    }
}
