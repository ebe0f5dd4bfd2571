//! Measures how long indexing and queries take.

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use toolcrate_runtime::Catalog;
use toolcrate_search::evaluate::LabeledQuery;
use toolcrate_search::{SearchEngine, WordLists};

use crate::catalog;

/// The number of repetitions of a query. The fastest counts, because other programs only make it slower.
const QUERY_REPETITIONS: usize = 9;
/// The number of repetitions of indexing, which uses two threads and is slowed down more often.
const INDEX_REPETITIONS: usize = 25;
/// The number of tools in the large catalog.
const LARGE: usize = 10_000;
/// The maximum length of a query that is read, in bytes.
const MAX_QUERY: usize = 1024;

/// Prints the time that it takes to index a catalog and one with 10,000 tools, and the processor time of the labeled queries
/// and the most expensive query.
pub(crate) fn report(folder: &Path, lists: &WordLists, queries: &[LabeledQuery<'_>]) {
    let small = catalog::read(folder);
    let (engine, time) = index(small, lists);
    println!("index of {} tools: {:.2} ms", small.len(), milliseconds(time));
    let large = catalog::multiply(folder, LARGE);
    let (_, time) = index(large, lists);
    println!("index of {} tools: {:.2} ms", large.len(), milliseconds(time));
    let mut times: Vec<Duration> = queries.iter().map(|labeled| query(&engine, labeled.query)).collect();
    times.sort();
    if let (Some(median), Some(worst)) = (times.get(times.len() / 2), times.last()) {
        println!("query, median: {:.3} ms", milliseconds(*median));
        println!("labeled query, worst: {:.3} ms", milliseconds(*worst));
    }
    let worst = worst_queries(queries).into_iter().map(|text| (query(&engine, &text), text)).max();
    if let Some((time, text)) = worst {
        println!("query of {MAX_QUERY} bytes, worst: {:.3} ms ({:.40}…)", milliseconds(time), text);
    }
}

/// Indexes a catalog. Returns the engine, and the time that the fastest repetition took.
fn index(catalog: &'static Catalog, lists: &WordLists) -> (SearchEngine, Duration) {
    let fastest = fastest(INDEX_REPETITIONS, elapsed, || SearchEngine::new(catalog, lists));
    (SearchEngine::new(catalog, lists), fastest)
}

/// Returns the processor time that the fastest repetition of a query took.
fn query(engine: &SearchEngine, text: &str) -> Duration {
    fastest(QUERY_REPETITIONS, processor_time, || engine.find(text, 10, |_| true))
}

/// Returns the time that the fastest repetition took, according to a clock. Freeing the results doesn't count.
fn fastest<R>(repetitions: usize, now: impl Fn() -> Duration, mut run: impl FnMut() -> R) -> Duration {
    let times = (0..repetitions).map(|_| {
        let start = now();
        let result = std::hint::black_box(run());
        let time = now().saturating_sub(start);
        drop(result);
        time
    });
    times.min().unwrap_or_default()
}

/// Returns the time since the start.
fn elapsed() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// Returns this thread's processor time, which doesn't depend on other programs. Where it isn't known, returns the elapsed
/// time.
fn processor_time() -> Duration {
    // The kernel brings the time up to date when a thread yields.
    std::thread::yield_now();
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(elapsed, Duration::from_nanos)
}

/// Returns queries of the maximum length, each of which exhausts another part of the search: words in many titles,
/// misspelled words, verbs, requests, and the words of labeled queries.
fn worst_queries(queries: &[LabeledQuery<'_>]) -> Vec<String> {
    let all: Vec<&str> = queries.iter().flat_map(|labeled| labeled.query.split(' ')).collect();
    let mut texts: Vec<String> = all.chunks(40).map(|words| words.join(" ")).collect();
    texts.extend([
        "list all company service project ticket status notes type board item team member ".repeat(14),
        "tikcets compnay configration agreemnt invioce purchse warehuose oportunity proejct memeber "
            .repeat(14),
        "create a ticket and delete a note and update a company and list the invoices and ".repeat(14),
        "add note to ticket, close ticket, move ticket, ".repeat(22),
        "client laptop supplier quote bill techs cases rma vacation mileage ".repeat(16),
        "what which who where when how ".repeat(36),
        "qwertyuiop asdfghjkl zxcvbnmqw poiuytrewq lkjhgfdsa ".repeat(22),
    ]);
    for text in &mut texts {
        text.truncate(MAX_QUERY);
    }
    texts
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
