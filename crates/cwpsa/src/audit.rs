//! The audit log: a line of JSON for every call, whoever made it and however it ended. Of a call that may change
//! something there is a line before it is made, so that none is made which can't be written down. A line that could
//! not be written is written later, and until then nothing is made that could not be written down beforehand.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connectwise_psa::runtime::{Error, Tool, Value};
use serde_json::json;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::redact::redacted;
use crate::trace::TraceId;

/// How calls come: over HTTP.
pub const HTTP: &str = "http";
/// And over the Model Context Protocol.
pub const MCP: &str = "mcp";

/// Where lines go.
pub struct Audit(Mutex<Log>);

struct Log {
    writer: Box<dyn Write + Send>,
    /// Whether the last line could not be written.
    fails: bool,
    /// Lines that could not be written, of calls that were made: they come before any other.
    lost: Vec<String>,
    /// Whether a line was begun and not ended.
    torn: bool,
}

/// Who calls, as far as the log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By {
    /// How the call came: `http`, `mcp`.
    pub way: &'static str,
    /// The beginning of the token's SHA-256, which tells one token from another and is of no use to whoever reads it.
    token: Option<[u8; 4]>,
}

impl By {
    /// Someone without a token.
    pub const fn way(way: &'static str) -> Self {
        Self { way, token: None }
    }

    /// Someone who has shown this token.
    pub fn token(way: &'static str, token: &str) -> Self {
        let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(token).into();
        Self { way, token: Some([a, b, c, d]) }
    }

    /// The name of the token, if there was one.
    fn name(self) -> Option<String> {
        self.token.map(|bytes| format!("{:08x}", u32::from_be_bytes(bytes)))
    }
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Whose account.
    pub account: &'a str,
    /// Who makes it.
    pub by: By,
    /// The tool.
    pub tool: Tool,
    /// Whether it may change something.
    pub writes: bool,
    /// Its arguments.
    pub arguments: &'a Value,
    /// Who approved it, if it needed that.
    pub approved_by: Option<&'a str>,
    /// The trace that it belongs to.
    pub trace: TraceId,
    /// Its own part of that, which tells it from the trace's other calls.
    pub span: u64,
}

/// How a call ended that was made.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'a> {
    /// It worked; the HTTP status of the API's answer.
    Done(u16),
    /// It failed.
    Failed(&'a Error),
    /// Whoever called did not wait for the answer, so that it is not known.
    Abandoned,
}

impl Ending<'_> {
    /// `ok`, the kind of the error, or `abandoned`.
    pub fn outcome(self) -> &'static str {
        match self {
            Self::Done(_) => "ok",
            Self::Failed(error) => error.kind().as_str(),
            Self::Abandoned => "abandoned",
        }
    }

    /// The HTTP status of the API's answer, if there was one.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Done(status) => Some(status),
            Self::Failed(error) => error.status(),
            Self::Abandoned => None,
        }
    }
}

impl Call<'_> {
    fn line(&self, outcome: &str, status: Option<u16>) -> Value {
        let mut line = json!({
            "time": now(),
            "account": self.account,
            "by": self.by.way,
            "tool": self.tool.short_name(),
            "arguments": redacted(self.arguments),
            "outcome": outcome,
            "status": status,
            "trace_id": self.trace.to_string(),
            "span_id": format!("{:016x}", self.span),
        });
        if let Some(token) = self.by.name() {
            line["token"] = json!(token);
        }
        if let Some(approved_by) = self.approved_by {
            line["approved_by"] = json!(approved_by);
        }
        line
    }
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
        Ok(Self::to(writer))
    }

    fn to(writer: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(Log { writer, fails: false, lost: Vec::new(), torn: false }))
    }

    /// Asked before a call is made: writes down that it begins if it may change something, or if the last line could
    /// not be written. Another read costs nothing here.
    ///
    /// # Errors
    /// What the file says; the call must not be made then.
    pub fn begin(&self, call: &Call<'_>) -> io::Result<()> {
        if !call.writes && !self.log().fails {
            return Ok(());
        }
        let line = call.line("begun", None);
        self.log().write(&line)
    }

    /// Writes down how a call ended that was made. What can't be written is kept, and written before anything else.
    ///
    /// # Errors
    /// What the file says.
    pub fn end(&self, call: &Call<'_>, ending: Ending<'_>, took: Duration) -> io::Result<()> {
        let mut line = call.line(ending.outcome(), ending.status());
        line["ms"] = json!(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        let mut log = self.log();
        let written = log.write(&line);
        if written.is_err() {
            log.lost.push(format!("{line}\n"));
        }
        written
    }

    /// Writes down that a call was not made, and why.
    ///
    /// # Errors
    /// What the file says.
    pub fn refused(&self, call: &Call<'_>, why: &str) -> io::Result<()> {
        let line = call.line(why, None);
        self.log().write(&line)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        // A panic elsewhere leaves the file whole: lines are written at once.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// Writes what was lost, then this line.
    fn write(&mut self, line: &Value) -> io::Result<()> {
        self.fails = true;
        while let Some(lost) = self.lost.first().cloned() {
            self.put(&lost)?;
            self.lost.remove(0);
        }
        self.put(&format!("{line}\n"))?;
        self.fails = false;
        Ok(())
    }

    /// One write a line: it is whole for whoever reads the file, and many small ones would cost more than the call.
    fn put(&mut self, line: &str) -> io::Result<()> {
        let mended;
        // A line of which a part was written, as when a disk is full, must not spoil the next.
        let mut rest = match self.torn {
            true => {
                mended = format!("\n{line}");
                mended.as_bytes()
            }
            false => line.as_bytes(),
        };
        while !rest.is_empty() {
            match self.writer.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    rest = &rest[count..];
                    self.torn = !rest.is_empty();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.writer.flush()
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use connectwise_psa::CATALOG;

    fn call<'a>(tool: &str, arguments: &'a Value) -> Call<'a> {
        let tool = CATALOG.get(tool).unwrap();
        Call {
            account: "acme",
            by: By::token("http", "sesame"),
            tool,
            writes: !tool.annotations().read_only_hint,
            arguments,
            approved_by: None,
            trace: crate::trace::Trace::begin().id(),
            span: 7,
        }
    }

    fn lines(text: &str) -> Vec<Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_call_is_a_line_without_secrets() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let audit = Audit::new(Some(file.path())).unwrap();
        let arguments = json!({"summary": "x".repeat(500), "portalPassword": "hush", "list": [{"privateKey": "hush"}], "id": 4});
        for (number, result) in [(0, 201), (1, 200)] {
            let approved_by = (number == 1).then_some("ada");
            let call = Call { approved_by, ..call("create_a_ticket", &arguments) };
            audit.end(&call, Ending::Done(result), Duration::from_millis(number)).unwrap();
        }
        let text = std::fs::read_to_string(file.path()).unwrap();
        let lines = lines(&text);
        assert_eq!(lines.len(), 2);
        assert_eq!(
            (&lines[0]["tool"], &lines[0]["status"], &lines[0]["outcome"]),
            (&json!("create_a_ticket"), &json!(201), &json!("ok"))
        );
        assert_eq!((&lines[0]["approved_by"], &lines[1]["approved_by"]), (&Value::Null, &json!("ada")));
        assert_eq!(lines[0]["arguments"]["id"], 4);
        assert_eq!((&lines[0]["by"], &lines[0]["token"]), (&json!("http"), &json!("d0c04f4b")));
        assert!(!text.contains("hush") && text.len() < 1200, "{text}");
    }

    #[test]
    fn a_file_that_can_not_be_opened_is_an_error() {
        assert!(Audit::new(Some(Path::new("/nowhere/audit.jsonl"))).is_err());
    }

    /// A disk with room for so many more bytes.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(usize, Vec<u8>)>>);

    impl Disk {
        fn has_room(&self, bytes: usize) {
            self.0.lock().unwrap().0 = bytes;
        }

        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().1.clone()).unwrap()
        }
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut disk = self.0.lock().unwrap();
            let count = bytes.len().min(disk.0);
            if count == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            disk.0 -= count;
            disk.1.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_can_not_be_written_down_is_not_begun_and_what_was_made_is_written_later() {
        let (disk, arguments) = (Disk::default(), json!({"id": 7}));
        let audit = Audit::to(Box::new(disk.clone()));
        let (read, write) =
            (call("get_single_ticket_by_id", &arguments), call("delete_a_ticket_by_id", &arguments));
        assert!(audit.begin(&write).is_err(), "no write without a line before it");
        assert!(audit.begin(&read).is_err(), "and no read, since a line failed");
        disk.has_room(1000);
        audit.begin(&read).unwrap();
        audit.end(&read, Ending::Done(200), Duration::ZERO).unwrap();
        audit.begin(&write).unwrap();
        // Half a line fits.
        disk.has_room(60);
        assert!(audit.end(&write, Ending::Done(204), Duration::ZERO).is_err());
        assert!(audit.begin(&read).is_err() && audit.begin(&write).is_err());
        disk.has_room(10_000);
        audit.begin(&read).unwrap();
        audit.end(&read, Ending::Done(200), Duration::ZERO).unwrap();
        audit.begin(&read).unwrap();
        let text = disk.text();
        let torn: Vec<&str> =
            text.lines().filter(|line| serde_json::from_str::<Value>(line).is_err()).collect();
        assert_eq!(torn.len(), 1, "{text}");
        let whole = text.lines().filter(|line| *line != torn[0]).collect::<Vec<_>>().join("\n");
        let told: Vec<String> =
            lines(&whole).iter().map(|line| format!("{} {}", line["outcome"], line["status"])).collect();
        assert_eq!(
            told,
            [
                r#""begun" null"#,
                r#""ok" 200"#,
                r#""begun" null"#,
                r#""ok" 204"#,
                r#""begun" null"#,
                r#""ok" 200"#
            ]
        );
    }
}
