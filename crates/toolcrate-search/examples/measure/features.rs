//! Writes what the ranking knows of labeled queries, for `data/ranking/train.py`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use toolcrate_search::SearchEngine;
use toolcrate_search::evaluate::LabeledQuery;

/// Appends to a file: a line with the names of the features; for each query a line with its set, text, activity of the right tools, and phrasing; and for each of
/// the best tools a line with 1 if it is right, otherwise 0, its activity, and its features. Columns are separated by tabs.
pub(crate) fn write(path: &Path, set: &str, engine: &SearchEngine, queries: &[LabeledQuery<'_>]) {
    let file = File::options().append(true).create(true).open(path).expect("a file");
    let mut file = BufWriter::new(file);
    writeln!(file, "F\t{}", SearchEngine::feature_names().join("\t")).expect("space");
    for labeled in queries {
        let (phrasing, tools) = engine.training_data(labeled.query);
        writeln!(file, "Q\t{set}\t{}\t{}\t{}", labeled.query, labeled.tools.join(","), phrasing.join("\t"))
            .expect("space");
        for (tool, features) in tools {
            let is_right = u8::from(labeled.tools.contains(&tool.short_name()));
            let features: Vec<String> = features.iter().map(|feature| format!("{feature:.5}")).collect();
            writeln!(file, "{is_right}\t{}\t{}", tool.short_name(), features.join("\t")).expect("space");
        }
    }
}
