//! Writes the training data of labeled queries for `data/ranking/train.py`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use toolcrate_search::SearchEngine;
use toolcrate_search::evaluate::LabeledQuery;

/// Appends lines to a file, with columns separated by tabs: a line with `F` and the names of the features; a line for each
/// query with `Q`, its set, its text, the short names of the right tools, and the features of its phrasing; and after it, a
/// line for each of the best tools with 1 if the tool is right or 0 if it isn't, its short name, and its features.
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
