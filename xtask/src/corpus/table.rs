//! Prints the results as a table.

use std::collections::BTreeMap;

use toolcrate_codegen::diagnostic::Effect;

use super::row::CorpusRow;

/// Maximum number of problems shown per spec.
const SHOWN: usize = 12;

/// Prints the table, followed by each spec's first problems.
pub(super) fn print(rows: &[CorpusRow]) {
    println!(
        "| spec | operations | typed | omitted | degraded by code | repaired | ms | compiles | tools valid | requests valid / covered / all | schemas right |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for row in rows {
        println!("{}", line(row));
    }
    for row in rows {
        let Some(checked) = &row.checked else { continue };
        let problems = [&checked.invalid, &checked.uncovered, &checked.schemas_wrong];
        for (problems, title) in problems.into_iter().zip(["invalid", "not covered", "schema"]) {
            problems.iter().take(SHOWN).for_each(|problem| println!("{}: {title}: {problem}", row.name));
            if problems.len() > SHOWN {
                println!("{}: {title}: {} more", row.name, problems.len() - SHOWN);
            }
        }
    }
}

fn line(row: &CorpusRow) -> String {
    let generated = match &row.generated {
        Ok(generated) => generated,
        Err(errors) => {
            let first = errors.0.first();
            let error = first.map_or_else(String::new, |error| format!("{}: {}", error.code, error.message));
            return format!("| {} | rejected: {error} | | | | | | | | | |", row.name);
        }
    };
    let report = &generated.report;
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for degradation in &report.degradations {
        *codes.entry(degradation.problem.code).or_default() += 1;
    }
    let codes: Vec<String> = codes.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let left_out = report.degradations.iter().filter(|part| part.effect == Effect::Omitted).count();
    let compiles = row.compiles.map_or("–", |compiles| if compiles { "yes" } else { "NO" });
    let checked = row.checked.as_ref().map_or_else(
        || "– | – | –".to_owned(),
        |checked| {
            let problems: usize = checked.declaration_problems.values().sum();
            let declarations = if problems == 0 { "all".to_owned() } else { format!("{problems} NOT") };
            format!(
                "{declarations} | {} / {} / {} | {} of {}",
                checked.valid,
                checked.covered,
                checked.tools,
                checked.schemas_checked.saturating_sub(checked.schemas_wrong.len()),
                checked.schemas_checked
            )
        },
    );
    format!(
        "| {} | {} | {} | {left_out} | {} | {} | {} | {compiles} | {checked} |",
        row.name,
        generated.operations,
        generated.typed_operations,
        codes.join(", "),
        report.repairs.len(),
        row.millis,
    )
}
