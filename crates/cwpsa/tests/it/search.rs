//! Searches with users' own words: measures how often the right tool is found, and checks that results are
//! deterministic.

use std::collections::HashSet;
use std::sync::LazyLock;

use connectwise_psa::CATALOG;
use cwpsa::word_lists::{WORD_LISTS, search_engine};
use toolcrate_search::evaluate::{LabeledQuery, Recall, parse_queries, unknown_labels};
use toolcrate_search::{SearchEngine, WordLists, check_word_lists};

/// The example requests, on which the search is also trained.
const EXAMPLES: &str = WORD_LISTS.examples;
/// Queries that nobody reads during tuning, but whose recall is measured.
const DEV: &str = include_str!("../search_eval/dev.tsv");
/// More such queries.
const KEPT: &str = include_str!("../search_eval/kept.tsv");
/// Queries that are neither read nor measured during tuning.
const TEST: &str = include_str!("../search_eval/test.tsv");
const POSTS: &str = include_str!("../search_eval/posts.tsv");
const FINAL: &str = include_str!("../search_eval/final.tsv");

static ENGINE: LazyLock<SearchEngine> = LazyLock::new(search_engine);

fn found(query: &str) -> Vec<&'static str> {
    ENGINE.find(query, 5, |_| true).iter().map(|hit| hit.tool.short_name()).collect()
}

fn set(file: &'static str, set: &str) -> Vec<LabeledQuery<'static>> {
    parse_queries(file).filter(|query| query.set == set).collect()
}

/// Asserts the recall on a set, whose misses aren't shown.
fn assert_recall(file: &'static str, name: &str, least: f64) {
    let recall = Recall::measure(&ENGINE, set(file, name).into_iter());
    assert!(recall.share_at_5() >= least, "{name}: {recall}");
}

#[test]
fn labels_are_short_tool_names() {
    for file in [EXAMPLES, DEV, KEPT, TEST, POSTS, FINAL] {
        assert_eq!(unknown_labels(&CATALOG, parse_queries(file)), Vec::<&str>::new());
    }
}

#[test]
fn word_lists_fit_the_catalog() {
    assert_eq!(check_word_lists(&CATALOG, &WORD_LISTS), Vec::<String>::new());
}

#[test]
fn measured_queries_are_not_examples() {
    let examples: HashSet<&str> = parse_queries(EXAMPLES).map(|example| example.query).collect();
    for file in [DEV, KEPT, TEST, POSTS, FINAL] {
        for labeled in parse_queries(file) {
            assert!(!examples.contains(labeled.query), "{}", labeled.query);
        }
    }
}

#[test]
fn queries_are_assigned_to_sets_by_hash() {
    let (train, test) = (set(EXAMPLES, "halves"), set(TEST, "halves"));
    assert!(test.len() >= 100 && test.iter().all(LabeledQuery::is_kept_out), "{}", test.len());
    assert!(train.len() >= 100 && !train.iter().any(LabeledQuery::is_kept_out), "{}", train.len());
    assert_eq!(test.len(), parse_queries(TEST).count());
    for module in CATALOG.modules() {
        assert!(train.iter().chain(&test).any(|query| query.area == module), "no query is about {module}");
    }
    for name in ["fresh", "third"] {
        let (train, dev) = (set(EXAMPLES, name), set(DEV, name));
        assert!(dev.len() >= 150 && dev.iter().all(LabeledQuery::is_validation), "{}", dev.len());
        assert!(!train.is_empty() && !train.iter().any(LabeledQuery::is_validation));
    }
}

/// The bounds are slightly below the actual values, so they detect regressions.
#[test]
fn right_tool_is_among_the_first_five() {
    for (file, name, least) in [
        (TEST, "halves", 0.99),
        (POSTS, "posts", 0.97),
        (FINAL, "final", 0.98),
        (DEV, "areas", 0.98),
        (DEV, "fresh", 0.97),
        (DEV, "third", 0.965),
        (KEPT, "prompts", 0.92),
        (KEPT, "rare", 0.79),
    ] {
        assert_recall(file, name, least);
    }
}

#[test]
fn queries_of_only_numbers_urls_or_quotes_are_handled() {
    for query in
        ["void 5512", "bump 50019", "48213", "\"\"", "a@b.c", "- - -", "12 34 56789", "close: 48213, - 1h"]
    {
        assert!(ENGINE.find(query, 5, |_| true).len() <= 5, "{query}");
    }
    assert!(found("close 51200").contains(&"update_a_ticket_by_id"));
}

#[test]
fn misspelled_words_are_matched() {
    for (query, tool) in [
        ("list tikets", "list_all_tickets"),
        ("craete a purchse order", "create_a_procurement_purchaseorder"),
        ("all warehuoses", "list_all_procurement_warehouses"),
        ("how many contcats", "count_company_contacts"),
    ] {
        assert!(found(query).contains(&tool), "{query}: {:?}", found(query));
    }
}

/// Swaps two letters of the longest word of a query, and drops one of the second longest.
fn misspell(query: &str) -> String {
    let mut words: Vec<String> = query.split(' ').map(str::to_owned).collect();
    let mut longest: Vec<usize> = (0..words.len())
        .filter(|position| {
            words[*position].len() > 5 && words[*position].chars().all(|c| c.is_ascii_lowercase())
        })
        .collect();
    longest.sort_by_key(|position| std::cmp::Reverse(words[*position].len()));
    if let Some(position) = longest.first() {
        let word = &words[*position];
        words[*position] = format!("{}{}{}{}", &word[..2], &word[3..4], &word[2..3], &word[4..]);
    }
    if let Some(position) = longest.get(1) {
        let word = &words[*position];
        words[*position] = format!("{}{}", &word[..3], &word[4..]);
    }
    words.join(" ")
}

#[test]
fn two_misspelled_words_cost_less_than_ten_points_of_recall() {
    let clean = Recall::measure(&ENGINE, set(DEV, "third").into_iter());
    let queries = set(DEV, "third");
    let misspelled: Vec<String> = queries.iter().map(|labeled| misspell(labeled.query)).collect();
    let changed = queries.iter().zip(&misspelled).filter(|(labeled, query)| labeled.query != query.as_str());
    assert!(changed.count() * 2 > queries.len());
    let queries = queries.iter().zip(&misspelled);
    let queries = queries.map(|(labeled, query)| LabeledQuery { query, ..labeled.clone() });
    let recall = Recall::measure(&ENGINE, queries);
    assert!(recall.share_at_5() >= clean.share_at_5() - 0.1, "{recall} instead of {clean}");
}

#[test]
fn every_request_of_a_query_has_a_tool_among_the_first_five() {
    for (query, tools) in [
        ("find the company and open a ticket", ["list_all_company_companies", "create_a_ticket"]),
        (
            "list the invoices and delete a time entry",
            ["list_all_finance_invoices", "delete_a_time_entry_by_id"],
        ),
    ] {
        let found = found(query);
        assert!(tools.iter().all(|tool| found.contains(tool)), "{query}: {found:?}");
    }
}

#[test]
fn a_question_does_not_lead_to_a_change() {
    for query in ["which suppliers are in the system", "who is the account manager of a client"] {
        let hits = ENGINE.find(query, 1, |_| true);
        assert!(hits.iter().all(|hit| hit.tool.annotations().read_only_hint), "{query}: {hits:?}");
    }
}

#[test]
fn queries_in_other_languages_find_records_by_the_words_that_they_share() {
    for (query, part) in [
        ("alle offenen Tickets anzeigen", "ticket"),
        ("crear un contacto", "contact"),
        ("supprimer une configuration", "configuration"),
        ("liste des contacts", "contact"),
    ] {
        assert!(found(query).iter().any(|tool| tool.contains(part)), "{query}: {:?}", found(query));
    }
}

#[test]
fn search_is_deterministic() {
    let again = search_engine();
    for query in ["tickets", "log time on a ticket", "tikets of a client", "statuses"] {
        let names = |engine: &SearchEngine| -> Vec<(&str, u32)> {
            let hits = engine.find(query, 50, |_| true);
            hits.iter().map(|hit| (hit.tool.name(), hit.score.to_bits())).collect()
        };
        assert_eq!(names(&ENGINE), names(&again), "{query}");
        assert_eq!(names(&ENGINE), names(&ENGINE), "{query}");
    }
}

#[test]
fn hidden_tools_are_not_found_and_nonsense_has_no_match() {
    let hits = ENGINE.find("delete a ticket", 50, |tool| tool.annotations().read_only_hint);
    assert!(!hits.is_empty());
    assert!(hits.iter().all(|hit| hit.tool.annotations().read_only_hint));
    assert!(found("").is_empty());
    assert!(found("zzzzqqqq").is_empty());
}

/// For every pair of catalog actions that undo each other: naming one, or undoing it, never leads to the other first.
#[test]
fn opposite_action_is_never_first() {
    let pairs = [("approve", "reject"), ("approve", "reverse"), ("submit", "reverse"), ("link", "unlink")];
    let records = ["time sheet 4411", "expense report 88", "SSO user of member 12"];
    let english = SearchEngine::new(&CATALOG, &WordLists::ENGLISH);
    for (action, opposite) in pairs {
        for (wanted, other) in [(action, opposite), (opposite, action)] {
            for engine in [&*ENGINE, &english] {
                for query in records.iter().map(|record| format!("{wanted} {record}")) {
                    let hits = engine.find(&query, 10, |_| true);
                    assert!(hits.iter().all(|hit| hit.tool.verb() != other), "{query}: {hits:?}");
                }
            }
        }
    }
    assert_eq!(found("undo the approval of time sheet 4411").first(), Some(&"reverse_a_time_sheet_by_id"));
    for query in ["undo the approval of time sheet 4411", "do not approve expense report 88"] {
        assert!(ENGINE.find(query, 10, |_| true).iter().all(|hit| hit.tool.verb() != "approve"), "{query}");
    }
}

#[test]
fn foreign_language_and_long_queries_are_handled() {
    for query in ["\u{442}\u{438}\u{43a}\u{435}\u{442}", "alle offenen Tickets anzeigen", "\u{7968}"] {
        assert!(ENGINE.find(query, 5, |_| true).len() <= 5, "{query}");
    }
    assert!(!found("alle offenen Tickets anzeigen").is_empty());
    let long = "tickets qwertyuiopa ".repeat(400);
    assert!(found(&long).iter().any(|tool| tool.contains("ticket")));
}
