//! `cwpsa call`: one tool, executed.

use std::io::{IsTerminal, Read};

use connectwise_psa::runtime::{ErrorKind, ExecuteOptions, Outcome, Value};
use serde_json::json;

use crate::cli::Call;
use crate::output::{self, Failure};
use crate::settings::{self, Target};

/// Executes the tool, or shows what it would send.
pub async fn run(arguments: &Call) -> Result<(), Failure> {
    let tool = super::tool(&arguments.tool)?;
    let mut given = read(&arguments.args).map_err(|failure| failure.of_call(ErrorKind::InvalidArguments))?;
    let options = ExecuteOptions {
        keep_trimmed: arguments.raw,
        keep_custom_fields: arguments.raw,
        max_bytes: arguments.max_bytes,
        ..ExecuteOptions::default()
    };
    if arguments.dry_run {
        let client = settings::dry_client(&arguments.connection).await;
        let (client, is_example) = client.map_err(|failure| failure.of_call(ErrorKind::Configuration))?;
        if is_example {
            eprintln!("note: no server is named, so this shows one of ConnectWise's own");
        }
        return output::json(&client.prepare_with(tool, &given, &options)?.to_json());
    }
    let target = Target::find(&arguments.connection).await;
    let client = target.map_err(|failure| failure.of_call(ErrorKind::Configuration))?.client()?;
    let mut outcome = client.execute_with(tool, &given, &options).await?;
    if let Some(notice) = &outcome.notice {
        eprintln!("note: {notice}");
    }
    if !arguments.all_pages {
        tell(&outcome);
        return output::json(&outcome.value);
    }
    let mut rows = Vec::new();
    loop {
        let next = outcome.next_arguments().cloned();
        match outcome.value {
            Value::Array(page) => rows.extend(page),
            other => {
                return output::json(&other);
            }
        }
        if std::io::stderr().is_terminal() {
            eprint!("\r{} rows …", rows.len());
        }
        let Some(next) = next else { break };
        given = Value::Object(next);
        outcome = client.execute_with(tool, &given, &options).await?;
    }
    eprintln!("\r{} rows    ", rows.len());
    output::json(&Value::Array(rows))
}

/// Says what of a list is not in the answer, and how to get it.
fn tell(outcome: &Outcome) {
    if let Some(omitted) = &outcome.omitted {
        eprintln!("note: {} rows are left out, as they did not fit", omitted.count);
    }
    if let Some(next) = outcome.next_arguments() {
        eprintln!("note: there is more; --args '{}' or --all-pages gives it", json!(next));
    }
}

/// The arguments, from where they are.
fn read(text: &str) -> Result<Value, Failure> {
    let usage = |name: &str, error: &dyn std::fmt::Display| Failure::Usage(format!("{name}: {error}"));
    let (name, text) = match text.strip_prefix('@') {
        Some(path) => (path, std::fs::read_to_string(path).map_err(|error| usage(path, &error))?),
        None if text == "-" => {
            let mut read = String::new();
            std::io::stdin().read_to_string(&mut read).map_err(|error| usage("stdin", &error))?;
            ("stdin", read)
        }
        None => ("--args", text.to_owned()),
    };
    let value: Value =
        serde_json::from_str(&text).map_err(|error| usage(name, &format!("no JSON: {error}")))?;
    if value.is_object() { Ok(value) } else { Err(usage(name, &"the arguments must be a JSON object")) }
}
