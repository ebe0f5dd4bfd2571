//! The audit log: a line of JSON for every call, whoever made it and however it ended. A call that can't be written
//! down is not made.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use connectwise_psa::runtime::{Error, Tool, Value};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::trace::TraceId;

/// Words in the names of members whose values are nobody's business.
const SECRET: [&str; 7] =
    ["password", "secret", "token", "privatekey", "apikey", "credential", "content_base64"];
/// Texts are cut to so many characters.
const LONGEST: usize = 200;

/// Where lines go.
pub struct Audit(Mutex<Box<dyn Write + Send>>);

/// A call that ended.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Whose account.
    pub account: &'a str,
    /// How it came: `http`, `mcp`.
    pub by: &'a str,
    /// The tool.
    pub tool: Tool,
    /// Its arguments.
    pub arguments: &'a Value,
    /// How it ended: the HTTP status of the API's answer.
    pub result: Result<u16, &'a Error>,
    /// How long it took.
    pub took: Duration,
    /// Who approved it, if it needed that.
    pub approved_by: Option<&'a str>,
    /// The trace that it belongs to.
    pub trace: TraceId,
}

impl Audit {
    /// Appends to the file at `path`, or writes to stderr.
    ///
    /// # Errors
    /// The file can't be opened.
    pub fn new(path: Option<&Path>) -> io::Result<Self> {
        let writer: Box<dyn Write + Send> = match path {
            Some(path) => Box::new(open(path)?),
            None => Box::new(io::stderr()),
        };
        Ok(Self(Mutex::new(writer)))
    }

    /// Whether lines can be written; asked before a call is made.
    ///
    /// # Errors
    /// What the file says.
    pub fn check(&self) -> io::Result<()> {
        self.writer(|writer| writer.flush())
    }

    /// Writes a call down.
    ///
    /// # Errors
    /// What the file says.
    pub fn write(&self, call: &Call<'_>) -> io::Result<()> {
        let (outcome, status) = match call.result {
            Ok(status) => ("ok", Some(status)),
            Err(error) => (error.kind().as_str(), error.status()),
        };
        let mut line = json!({
            "time": now(),
            "account": call.account,
            "by": call.by,
            "tool": call.tool.short_name(),
            "arguments": redacted("", call.arguments),
            "outcome": outcome,
            "status": status,
            "trace_id": call.trace.to_string(),
            "ms": u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX),
        });
        if let Some(approved_by) = call.approved_by {
            line["approved_by"] = json!(approved_by);
        }
        self.line(&line)
    }

    /// Writes down that a call was not made, and why.
    ///
    /// # Errors
    /// What the file says.
    pub fn refused(
        &self,
        account: &str,
        by: &str,
        tool: Tool,
        arguments: &Value,
        why: &str,
    ) -> io::Result<()> {
        self.line(&json!({
            "time": now(),
            "account": account,
            "by": by,
            "tool": tool.short_name(),
            "arguments": redacted("", arguments),
            "outcome": why,
            "status": null,
        }))
    }

    fn line(&self, line: &Value) -> io::Result<()> {
        // One write a line: it is whole for whoever reads the file, and many small ones would cost more than the call.
        let line = format!("{line}\n");
        self.writer(|writer| {
            writer.write_all(line.as_bytes())?;
            writer.flush()
        })
    }

    fn writer<T>(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
        // A panic elsewhere leaves the file whole: lines are written at once.
        write(self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }
}

fn now() -> String {
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The value without what is secret and what is long.
fn redacted(name: &str, value: &Value) -> Value {
    let name: String = name.to_lowercase().chars().filter(|c| *c != '-' && *c != ' ').collect();
    if SECRET.iter().any(|word| name.contains(word)) && !value.is_null() {
        return json!("***");
    }
    match value {
        Value::String(text) if text.chars().count() > LONGEST => {
            json!(text.chars().take(LONGEST).chain(['…']).collect::<String>())
        }
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), redacted(name, value))).collect())
        }
        Value::Array(items) => items.iter().map(|item| redacted(&name, item)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectwise_psa::CATALOGUE;

    #[test]
    fn a_call_is_a_line_without_secrets() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let audit = Audit::new(Some(file.path())).unwrap();
        let arguments = json!({"summary": "x".repeat(500), "portalPassword": "hush", "list": [{"privateKey": "hush"}], "id": 4});
        for (number, result) in [(0, Ok(201)), (1, Ok(200))] {
            let call = Call {
                account: "acme",
                by: "http",
                tool: CATALOGUE.get("create_a_ticket").unwrap(),
                arguments: &arguments,
                result,
                took: Duration::from_millis(number),
                approved_by: (number == 1).then_some("ada"),
                trace: crate::trace::Trace::begin().id(),
            };
            audit.write(&call).unwrap();
        }
        let text = std::fs::read_to_string(file.path()).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            (&lines[0]["tool"], &lines[0]["status"], &lines[0]["outcome"]),
            (&json!("create_a_ticket"), &json!(201), &json!("ok"))
        );
        assert_eq!((&lines[0]["approved_by"], &lines[1]["approved_by"]), (&Value::Null, &json!("ada")));
        assert_eq!(lines[0]["arguments"]["id"], 4);
        assert!(!text.contains("hush") && text.len() < 1200, "{text}");
    }

    #[test]
    fn a_file_that_can_not_be_opened_is_an_error() {
        assert!(Audit::new(Some(Path::new("/nowhere/audit.jsonl"))).is_err());
    }
}
