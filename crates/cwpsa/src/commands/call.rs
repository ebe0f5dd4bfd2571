//! `cwpsa call`: one tool, executed.

use std::io::{IsTerminal, Read};

use connectwise_psa::runtime::{
    ErrorKind, ExecuteOptions, Outcome, Value, json_size, replace_lone_surrogates,
};
use serde_json::json;
use toolcrate_executor::truncate_outcome;

use super::find_tool::find_tool;
use crate::cli::CallArgs;
use crate::cli::output;
use crate::error::CliError;
use crate::health_check::explain_base_url;
use crate::settings::{Settings, Target, client_for_dry_run};

/// Executes the tool, or shows what it would send.
pub async fn run(arguments: &CallArgs, settings: Result<Settings, CliError>) -> Result<(), CliError> {
    let tool = find_tool(&arguments.tool)?;
    let mut given =
        read(&arguments.args).map_err(|failure| failure.into_call_error(ErrorKind::InvalidArguments))?;
    let options = ExecuteOptions {
        keep_trimmed: arguments.raw,
        keep_custom_fields: arguments.raw,
        max_bytes: arguments.max_bytes,
        ..ExecuteOptions::default()
    };
    let settings = settings.map_err(|error| error.into_call_error(ErrorKind::Configuration))?;
    if arguments.dry_run {
        let client = client_for_dry_run(&settings).await;
        let (client, is_example) =
            client.map_err(|failure| failure.into_call_error(ErrorKind::Configuration))?;
        if is_example {
            eprintln!("note: no server is named, so this shows one of ConnectWise's own");
        }
        return output::print_json(&client.prepare_with(tool, &given, &options)?.to_json());
    }
    let target = Target::resolve(&settings).await;
    let client = target.map_err(|failure| failure.into_call_error(ErrorKind::Configuration))?.client()?;
    let answered = client.execute_with(tool, &given, &options).await.map_err(explain_base_url)?;
    let mut outcome = truncate_outcome(answered, options.max_bytes);
    for warning in &outcome.warnings {
        eprintln!("warning: {warning}");
    }
    if let Some(notice) = &outcome.notice {
        eprintln!("note: {notice}");
    }
    for reading in &outcome.reinterpretations {
        eprintln!("note: {}", format!("{} {}", reading.pointer, reading.message).trim_start());
    }
    if !arguments.all_pages || !outcome.value.is_array() {
        report_omissions(&outcome);
        return output::print_json(&outcome.value);
    }
    let (mut rows, mut bytes) = (Vec::new(), json_size(&json!([])));
    let rest = loop {
        let next = outcome.next_arguments().cloned();
        let size = json_size(&outcome.value);
        let Value::Array(page) = outcome.value else {
            return output::print_json(&outcome.value);
        };
        // A comma is there instead of the page's brackets.
        let more = size - if rows.is_empty() { 2 } else { 1 };
        if !page.is_empty() && options.max_bytes.is_some_and(|most| bytes + more > most) {
            // The page that does not fit is where the rest begins.
            break Some(given);
        }
        if !page.is_empty() {
            bytes += more;
        }
        rows.extend(page);
        if std::io::stderr().is_terminal() {
            eprint!("\r{} rows …", rows.len());
        }
        if let Some(omitted) = &outcome.omitted {
            eprintln!("note: {} rows are left out, as they did not fit", omitted.count);
            break next.map(Value::Object);
        }
        let Some(next) = next else { break None };
        given = Value::Object(next);
        outcome = client.execute_with(tool, &given, &options).await?;
    };
    eprintln!("\r{} rows    ", rows.len());
    if let Some(rest) = rest {
        eprintln!("note: there is more, which did not fit; --args '{rest}' gives it");
    }
    output::print_json(&Value::Array(rows))
}

/// Prints which rows of a list are missing from the output, and how to get them.
fn report_omissions(outcome: &Outcome) {
    if let Some(omitted) = &outcome.omitted {
        eprintln!("note: {} rows are left out, as they did not fit", omitted.count);
    }
    if let Some(next) = outcome.next_arguments() {
        eprintln!("note: there is more; --args '{}' or --all-pages gives it", json!(next));
    }
}

/// The arguments, from where they are.
fn read(text: &str) -> Result<Value, CliError> {
    let usage = |name: &str, error: &dyn std::fmt::Display| CliError::Usage(format!("{name}: {error}"));
    let (name, text) = match text.strip_prefix('@') {
        Some(path) => (path, std::fs::read_to_string(path).map_err(|error| usage(path, &error))?),
        None if text == "-" => {
            let mut read = String::new();
            std::io::stdin().read_to_string(&mut read).map_err(|error| usage("stdin", &error))?;
            ("stdin", read)
        }
        None => ("--args", text.to_owned()),
    };
    let value: Value = serde_json::from_slice(&replace_lone_surrogates(text.as_bytes()))
        .map_err(|error| usage(name, &format!("no JSON: {error}")))?;
    if value.is_object() { Ok(value) } else { Err(usage(name, &"the arguments must be a JSON object")) }
}
