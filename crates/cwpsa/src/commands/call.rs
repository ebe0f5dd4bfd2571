//! `cwpsa call`: calls a tool.

use std::io::{IsTerminal, Read};
use std::time::Duration;

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

/// Timeout for the API's response. Nothing else is waiting for a command.
const UPSTREAM_TIMEOUT: Duration = Duration::from_secs(60);

/// Calls the tool, or prints the request that it would send.
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
            eprintln!("note: no server configured; the request shows a server of the ConnectWise cloud");
        }
        return output::print_json(&client.prepare_with(tool, &given, &options)?.to_json());
    }
    let target = Target::resolve(&settings).await;
    let target = target.map_err(|failure| failure.into_call_error(ErrorKind::Configuration))?;
    let client = target.client_with_timeout(settings.values.upstream_timeout_or(UPSTREAM_TIMEOUT))?;
    let answered = client.execute_with(tool, &given, &options).await.map_err(explain_base_url)?;
    let mut outcome = truncate_outcome(answered, options.max_bytes);
    for warning in &outcome.warnings {
        eprintln!("warning: {warning}");
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
        // Counts a comma instead of the page's brackets.
        let more = size - if rows.is_empty() { 2 } else { 1 };
        if !page.is_empty() && options.max_bytes.is_some_and(|most| bytes + more > most) {
            // The rest begins with the page that doesn't fit.
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
            eprintln!("note: {} rows omitted because they exceed --max-bytes", omitted.count);
            break next.map(Value::Object);
        }
        let Some(next) = next else { break None };
        given = Value::Object(next);
        outcome = client.execute_with(tool, &given, &options).await?;
    };
    eprintln!("\r{} rows    ", rows.len());
    if let Some(rest) = rest {
        eprintln!("note: more rows are available; continue with --args '{rest}'");
    }
    output::print_json(&Value::Array(rows))
}

/// Reports omitted list rows, and how to fetch them.
fn report_omissions(outcome: &Outcome) {
    if let Some(omitted) = &outcome.omitted {
        eprintln!("note: {} rows omitted because they exceed --max-bytes", omitted.count);
    }
    if let Some(next) = outcome.next_arguments() {
        eprintln!(
            "note: more rows are available; continue with --args '{}', or use --all-pages",
            json!(next)
        );
    }
}

/// Reads the arguments from the command line, a file or stdin.
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
        .map_err(|error| usage(name, &format!("invalid JSON: {error}")))?;
    if value.is_object() { Ok(value) } else { Err(usage(name, &"expected a JSON object")) }
}
