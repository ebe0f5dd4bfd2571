//! Tool search: recall on the labeled queries, what each word list adds, and how long indexing and queries take. The
//! tables in `docs/tool-search.md` are updated.

use std::fmt::Write;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::bench::figure::Figure;

const PROGRAM: &str = "target/release/examples/measure";
const CATALOG: &str = "generated/catalog";
const LISTS: &str = "crates/cwpsa/data";
const QUERIES: &str = "crates/cwpsa/tests/search_eval";
/// The page with the tables, each between two comments with its name.
const PAGE: &str = "docs/tool-search.md";

/// The files with queries that the search isn't tuned on.
const HELD_OUT: [&str; 5] = ["final", "posts", "test", "dev", "kept"];
/// The word lists for ConnectWise, by file, with their names in the table.
const WORD_LISTS: [(&str, &str); 8] = [
    ("examples", "examples"),
    ("ranking", "ConnectWise ranking model"),
    ("collection_aliases", "record aliases"),
    ("action_aliases", "action aliases"),
    ("synonyms", "ConnectWise synonyms"),
    ("penalties", "rarely used tools"),
    ("popular", "popular records"),
    ("context", "context"),
];

/// The recall on a set of queries.
struct SetRecall {
    set: String,
    queries: usize,
    /// Among the first result, five and ten.
    shares: [f64; 3],
}

/// Measures the figures, and updates the page.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    eprintln!("measuring: search …");
    let build = ["build", "--quiet", "--release", "--package", "toolcrate-search", "--example", "measure"];
    let status = Command::new(env!("CARGO")).args(build).status()?;
    ensure!(status.success(), "can't build {PROGRAM}");
    let (listed, english) = (recall(&["--lists", LISTS])?, recall(&[])?);
    for (name, recall, set, first, fifth) in [
        ("ConnectWise's lists", &listed, "halves", None, 0.95),
        ("ConnectWise's lists", &listed, "posts", Some(0.85), 0.97),
        ("ConnectWise's lists", &listed, "final", Some(0.85), 0.97),
        ("English lists", &english, "halves", None, 0.80),
        ("English lists", &english, "third", None, 0.85),
    ] {
        let found = recall.iter().find(|recall| recall.set == set);
        let found = found.with_context(|| format!("no queries in the set {set}"))?;
        let what = format!("search with {name}, {set} ({} queries): recall", found.queries);
        figures.extend(first.map(|bound| at_least(format!("{what}@1"), found.shares[0], bound)));
        figures.push(at_least(format!("{what}@5"), found.shares[1], fifth));
    }
    measure_speed(figures)?;
    let page = std::fs::read_to_string(PAGE).with_context(|| format!("can't read {PAGE}"))?;
    let page = with_table(&page, "recall", &recall_table(&listed, &english))?;
    let page = with_table(&page, "lists", &list_table(&listed, &english)?)?;
    std::fs::write(PAGE, page).with_context(|| format!("can't write {PAGE}"))
}

fn at_least(what: String, value: f64, bound: f64) -> Figure {
    Figure { what, value: format!("{value:.3}"), bound: format!("≥ {bound:.2}"), met: value >= bound }
}

/// Runs the program with the labeled queries.
fn recall(arguments: &[&str]) -> anyhow::Result<Vec<SetRecall>> {
    let mut all = Vec::new();
    for file in HELD_OUT {
        let file = format!("{QUERIES}/{file}.tsv");
        let text = run(&[&[CATALOG, "--only", "plain"], arguments, &[&file]].concat())?;
        all.extend(text.lines().filter_map(parse));
    }
    Ok(all)
}

/// Parses `FILE SET: ours: 123 queries, recall@1 0.850, @5 0.960, @10 0.990`.
fn parse(line: &str) -> Option<SetRecall> {
    let (name, rest) = line.split_once(": ours: ")?;
    let (queries, rest) = rest.split_once(" queries, ")?;
    let mut shares = rest.split(", ").filter_map(|part| part.rsplit(' ').next()?.parse().ok());
    let mut share = || shares.next();
    Some(SetRecall {
        set: name.split(' ').next_back()?.to_owned(),
        queries: queries.parse().ok()?,
        shares: [share()?, share()?, share()?],
    })
}

fn measure_speed(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let files = ["dev", "kept"].map(|name| format!("{QUERIES}/{name}.tsv"));
    let queries = [files[0].as_str(), files[1].as_str()];
    let listed = run(&[&[CATALOG, "--speed", "--lists", LISTS][..], &queries].concat())?;
    // An API with 10,000 tools has no ConnectWise lists.
    let english = run(&[&[CATALOG, "--speed"][..], &queries].concat())?;
    for (text, line, what, bound) in [
        (&listed, "query, median", "search: a query, median (processor time)", 1.0),
        (
            &listed,
            "query of 1024 bytes, worst",
            "search: a query of the maximum length, worst (processor time)",
            5.0,
        ),
        (&english, "index of 10000 tools", "search: indexing 10,000 tools (two threads)", 30.0),
    ] {
        let value = text.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(": "));
        let value = value.and_then(|value| value.split(' ').next()?.parse().ok());
        let value = value.with_context(|| format!("expected \"{line}\", found {text}"))?;
        figures.push(Figure::at_most(what, value, bound, "ms"));
    }
    Ok(())
}

fn run(arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(PROGRAM).args(arguments).stderr(std::process::Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{PROGRAM} {}: {}", arguments.join(" "), output.status);
    Ok(String::from_utf8(output.stdout)?)
}

fn recall_table(listed: &[SetRecall], english: &[SetRecall]) -> String {
    let mut table = "| set | queries | all lists | English only |\n| --- | --- | --- | --- |\n".to_owned();
    let shares = |recall: &SetRecall| recall.shares.map(|share| format!("{share:.3}")).join(" / ");
    for (listed, english) in listed.iter().zip(english) {
        let (all, only) = (shares(listed), shares(english));
        let _ = writeln!(table, "| {} | {} | {all} | {only} |", listed.set, listed.queries);
    }
    table
}

/// Returns the recall without each list.
fn list_table(listed: &[SetRecall], english: &[SetRecall]) -> anyhow::Result<String> {
    let names: Vec<&str> = listed.iter().map(|recall| recall.set.as_str()).collect();
    let mut table = format!("| without | {} |\n| --- |{}\n", names.join(" | "), " --- |".repeat(names.len()));
    let mut add = |name: &str, recall: &[SetRecall]| {
        let shares: Vec<String> = recall
            .iter()
            .map(|recall| format!("{:.3} / {:.3}", recall.shares[0], recall.shares[1]))
            .collect();
        let _ = writeln!(table, "| {name} | {} |", shares.join(" | "));
    };
    add("nothing", listed);
    for (file, name) in WORD_LISTS {
        add(name, &recall(&["--lists", LISTS, "--without", file])?);
    }
    add("all of these", english);
    add("the thesaurus too", &recall(&["--without", "thesaurus"])?);
    Ok(table)
}

/// Replaces a table of the page.
fn with_table(page: &str, name: &str, table: &str) -> anyhow::Result<String> {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let parts = page.split_once(&start).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.with_context(|| format!("{PAGE} has no table {name}"))?;
    Ok(format!("{before}{start}\n{table}\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_is_parsed_and_tables_are_replaced() {
        let line = "dev third: ours: 162 queries, recall@1 0.827, @5 0.938, @10 0.957";
        let recall = parse(line).unwrap();
        assert_eq!(
            (recall.set.as_str(), recall.queries, recall.shares),
            ("third", 162, [0.827, 0.938, 0.957])
        );
        let page = "a\n<!-- recall -->\nold\n<!-- end of recall -->\nb";
        let new = with_table(page, "recall", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- recall -->\n\nnew\n\n<!-- end of recall -->\nb");
        assert!(with_table(page, "other", "new").is_err());
    }
}
