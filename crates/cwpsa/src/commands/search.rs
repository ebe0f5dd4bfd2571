//! `cwpsa search`: finds tools by description.

use connectwise_psa::runtime::Value;
use serde_json::json;
use toolcrate_search::SearchHit;

use crate::cli;
use crate::cli::output;
use crate::error::CliError;
use crate::select::tool_filter;
use crate::word_lists::search_engine;

/// Prints the matching tools, best first.
pub fn run(arguments: &cli::SearchArgs) -> Result<(), CliError> {
    let selection =
        tool_filter(&(&arguments.selection).into()).map_err(|error| CliError::Usage(error.to_string()))?;
    let hits =
        search_engine().find(&arguments.query.join(" "), arguments.limit, |tool| selection.allows(tool));
    if arguments.json {
        return output::print_json(&hits.iter().map(entry).collect());
    }
    let row = |hit: &SearchHit| {
        let details = hit.tool.details();
        vec![hit.tool.short_name().to_owned(), details.title.into_owned(), format!("{:.1}", hit.score)]
    };
    output::print_table(&["tool", "title", "score"], &hits.iter().map(row).collect::<Vec<_>>())?;
    if hits.is_empty() {
        eprintln!("no match; try other words, or browse with cwpsa tools --module <MODULE>");
    }
    Ok(())
}

/// Returns a hit as JSON.
fn entry(hit: &SearchHit) -> Value {
    let details = hit.tool.details();
    json!({
        "name": hit.tool.name(),
        "short_name": hit.tool.short_name(),
        "score": (f64::from(hit.score) * 1000.0).round() / 1000.0,
        "title": details.title,
        "http": {"method": details.http.method, "path": details.http.path},
    })
}
