//! The audit log, which records every call as a line of JSON, regardless of caller and outcome.
//!
//! A call that may change data gets an entry before it is sent, and isn't sent if that entry can't be written. Entries
//! that couldn't be written are kept and written before any others; until then, no calls are sent.
//!
//! If the file is renamed or removed, for example by log rotation, it is reopened before the next entry.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use toolcrate_runtime::Tool;

use crate::audit_file::AuditFile;
use crate::call_outcome::CallOutcome;
use crate::clock::rfc3339_now;
use crate::json_limit::limit_json;
use crate::principal::Principal;
use crate::redact::redact;
use crate::trace::TraceId;

/// Maximum size of the arguments in an entry, in bytes.
const MAX_ARGUMENT_BYTES: usize = 16 << 10;

/// The reason why the audit log can't be opened or written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct AuditError(#[from] io::Error);

/// The audit log.
pub struct AuditLog(Mutex<AuditWriter>);

struct AuditWriter {
    sink: AuditSink,
    /// True if writing the last entry failed.
    is_failing: bool,
    /// Entries for sent calls that couldn't be written; they precede all others.
    pending: Vec<String>,
    /// True if the last entry was only partially written.
    is_torn: bool,
}

/// The destination of audit entries.
enum AuditSink {
    Stream(Box<dyn Write + Send>),
    File(AuditFile),
}

impl AuditSink {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Stream(writer) => writer,
            Self::File(file) => file,
        }
    }

    /// Reopens the file if it was renamed or removed. Returns true if it was reopened.
    fn follow(&mut self) -> io::Result<bool> {
        match self {
            Self::Stream(_) => Ok(false),
            Self::File(file) => file.reopen_if_moved(),
        }
    }
}

/// A call as recorded in the audit log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AuditEntry<'a> {
    pub(crate) account: &'a str,
    pub(crate) principal: Principal,
    pub(crate) tool: Tool,
    /// True if the call may change data.
    pub(crate) is_write: bool,
    pub(crate) arguments: &'a Value,
    /// The approver, if the call required approval.
    pub(crate) approved_by: Option<&'a str>,
    /// The trace that the call belongs to.
    pub(crate) trace: TraceId,
    /// The call's span in that trace.
    pub(crate) span: u64,
}

impl AuditEntry<'_> {
    fn line(&self, outcome: &str, status: Option<u16>) -> Value {
        let mut line = json!({
            "time": rfc3339_now(),
            "account": self.account,
            "transport": self.principal.transport(),
            "tool": self.tool.short_name(),
            "arguments": limit_json(redact(self.arguments), MAX_ARGUMENT_BYTES),
            "outcome": outcome,
            "status": status,
            "trace_id": self.trace.to_string(),
            "span_id": format!("{:016x}", self.span),
        });
        if let Some(token) = self.principal.token_fingerprint() {
            line["token"] = json!(token);
        }
        if let Some(approved_by) = self.approved_by {
            line["approved_by"] = json!(approved_by);
        }
        line
    }
}

impl AuditLog {
    /// Appends to the file at `path`, or writes to stderr if `path` is `None`.
    ///
    /// # Errors
    /// Returns an error if the file can't be opened.
    pub fn open(path: Option<&Path>) -> Result<Self, AuditError> {
        Ok(match path {
            Some(path) => Self::with_sink(AuditSink::File(AuditFile::open(path)?)),
            None => Self::new(Box::new(io::stderr())),
        })
    }

    /// Writes entries to `writer`.
    pub fn new(writer: Box<dyn Write + Send>) -> Self {
        Self::with_sink(AuditSink::Stream(writer))
    }

    fn with_sink(sink: AuditSink) -> Self {
        Self(Mutex::new(AuditWriter { sink, is_failing: false, pending: Vec::new(), is_torn: false }))
    }

    /// Checks that entries can be written. If the last one couldn't, writes the missing entries and an entry that
    /// records that the log has resumed.
    ///
    /// # Errors
    /// Returns an error if no entry can be written; no calls are sent in that case.
    pub fn check(&self) -> Result<(), AuditError> {
        let mut writer = self.writer();
        if writer.is_failing {
            let line = json!({"time": rfc3339_now(), "outcome": "audit_resumed"});
            return Ok(writer.write(&line)?);
        }
        Ok(writer.follow()?)
    }

    /// Reopens the file if it was renamed or removed, for example by log rotation. Other destinations are unaffected.
    ///
    /// # Errors
    /// Returns an error if the file can't be opened; opening is retried before the next entry.
    pub fn reopen(&self) -> Result<(), AuditError> {
        Ok(self.writer().follow()?)
    }

    /// Records the start of a call if it may change data or if the last entry couldn't be written.
    ///
    /// # Errors
    /// Returns an error if the entry can't be written; the call must not be sent in that case.
    pub(crate) fn start(&self, entry: &AuditEntry<'_>) -> Result<(), AuditError> {
        if !entry.is_write && !self.writer().is_failing {
            return Ok(());
        }
        let line = entry.line("started", None);
        Ok(self.writer().write(&line)?)
    }

    /// Records the outcome of a sent call. An entry that can't be written is kept and written before any other.
    ///
    /// # Errors
    /// Returns an error if the entry can't be written.
    pub(crate) fn end(
        &self,
        entry: &AuditEntry<'_>,
        outcome: CallOutcome<'_>,
        duration: Duration,
    ) -> Result<(), AuditError> {
        let mut line = entry.line(outcome.as_str(), outcome.status());
        line["ms"] = json!(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
        let mut writer = self.writer();
        let written = writer.write(&line);
        if written.is_err() {
            writer.pending.push(format!("{line}\n"));
        }
        Ok(written?)
    }

    /// Records that a call was rejected, and why.
    ///
    /// # Errors
    /// Returns an error if the entry can't be written.
    pub(crate) fn reject(&self, entry: &AuditEntry<'_>, reason: &str) -> Result<(), AuditError> {
        let line = entry.line(reason, None);
        Ok(self.writer().write(&line)?)
    }

    fn writer(&self) -> MutexGuard<'_, AuditWriter> {
        // A panic elsewhere leaves no partial entry, because each one is written at once.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuditWriter {
    /// See [`AuditSink::follow`].
    fn follow(&mut self) -> io::Result<()> {
        if self.sink.follow()? {
            self.is_torn = false;
        }
        Ok(())
    }

    /// Writes the pending entries, then this one.
    fn write(&mut self, line: &Value) -> io::Result<()> {
        self.is_failing = true;
        while let Some(pending) = self.pending.first().cloned() {
            self.put(&pending)?;
            self.pending.remove(0);
        }
        self.put(&format!("{line}\n"))?;
        self.is_failing = false;
        Ok(())
    }

    /// Writes an entry. If the file was removed in the meantime, the entry is written again to the new one.
    fn put(&mut self, line: &str) -> io::Result<()> {
        self.follow()?;
        self.put_here(line)?;
        match &self.sink {
            AuditSink::File(file) if file.is_removed() => {
                self.follow()?;
                self.put_here(line)
            }
            _ => Ok(()),
        }
    }

    /// Writes an entry at once: readers must see complete lines, and many small writes would be slow.
    fn put_here(&mut self, line: &str) -> io::Result<()> {
        let on_new_line;
        // A partially written entry, for example on a full disk, must not corrupt the next one.
        let mut rest = match self.is_torn {
            true => {
                on_new_line = format!("\n{line}");
                on_new_line.as_bytes()
            }
            false => line.as_bytes(),
        };
        while !rest.is_empty() {
            match self.sink.writer().write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    rest = &rest[count..];
                    self.is_torn = !rest.is_empty();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.sink.writer().flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fixture::CATALOG;
    use crate::trace::TraceContext;

    fn entry<'a>(tool: &str, arguments: &'a Value) -> AuditEntry<'a> {
        let tool = CATALOG.get(tool).unwrap();
        AuditEntry {
            account: "acme",
            principal: Principal::with_token("http", "sesame"),
            tool,
            is_write: !tool.annotations().read_only_hint,
            arguments,
            approved_by: None,
            trace: TraceContext::start().id(),
            span: 7,
        }
    }

    fn lines(text: &str) -> Vec<Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn call_is_logged_as_one_line_without_secrets() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let audit = AuditLog::open(Some(file.path())).unwrap();
        let arguments = json!({"summary": "x".repeat(500), "portalPassword": "hush", "list": [{"privateKey": "hush"}], "id": 4});
        for (number, result) in [(0, 201), (1, 200)] {
            let approved_by = (number == 1).then_some("ada");
            let entry = AuditEntry { approved_by, ..entry("create_a_book", &arguments) };
            audit.end(&entry, CallOutcome::Success(result), Duration::from_millis(number)).unwrap();
        }
        let text = std::fs::read_to_string(file.path()).unwrap();
        let lines = lines(&text);
        assert_eq!(lines.len(), 2);
        assert_eq!(
            (&lines[0]["tool"], &lines[0]["status"], &lines[0]["outcome"]),
            (&json!("create_a_book"), &json!(201), &json!("ok"))
        );
        assert_eq!((&lines[0]["approved_by"], &lines[1]["approved_by"]), (&Value::Null, &json!("ada")));
        assert_eq!(lines[0]["arguments"]["id"], 4);
        assert_eq!((&lines[0]["transport"], &lines[0]["token"]), (&json!("http"), &json!("d0c04f4b")));
        assert!(!text.contains("hush") && text.len() < 1200, "{text}");
    }

    #[test]
    fn unopenable_file_is_an_error() {
        assert!(AuditLog::open(Some(Path::new("/nowhere/audit.jsonl"))).is_err());
    }

    /// A simulated disk with limited space.
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
    fn call_is_not_started_without_a_line_and_pending_lines_are_written_later() {
        let (disk, arguments) = (Disk::default(), json!({"id": 7}));
        let audit = AuditLog::new(Box::new(disk.clone()));
        let (read, write) =
            (entry("get_single_book_by_id", &arguments), entry("delete_a_book_by_id", &arguments));
        assert!(audit.start(&write).is_err(), "no write without a line before it");
        assert!(audit.start(&read).is_err(), "and no read, since a line failed");
        disk.has_room(1000);
        audit.start(&read).unwrap();
        audit.end(&read, CallOutcome::Success(200), Duration::ZERO).unwrap();
        audit.start(&write).unwrap();
        // There is room for half an entry.
        disk.has_room(60);
        assert!(audit.end(&write, CallOutcome::Success(204), Duration::ZERO).is_err());
        assert!(audit.start(&read).is_err() && audit.start(&write).is_err());
        disk.has_room(10_000);
        audit.start(&read).unwrap();
        audit.end(&read, CallOutcome::Success(200), Duration::ZERO).unwrap();
        audit.start(&read).unwrap();
        let text = disk.text();
        let torn: Vec<&str> =
            text.lines().filter(|line| serde_json::from_str::<Value>(line).is_err()).collect();
        assert_eq!(torn.len(), 1, "{text}");
        let whole = text.lines().filter(|line| *line != torn[0]).collect::<Vec<_>>().join("\n");
        let outcomes: Vec<String> =
            lines(&whole).iter().map(|line| format!("{} {}", line["outcome"], line["status"])).collect();
        assert_eq!(
            outcomes,
            [
                r#""started" null"#,
                r#""ok" 200"#,
                r#""started" null"#,
                r#""ok" 204"#,
                r#""started" null"#,
                r#""ok" 200"#
            ]
        );
    }

    #[test]
    fn pending_lines_are_written_once_there_is_space_even_without_a_call() {
        let (disk, arguments) = (Disk::default(), json!({"id": 7}));
        let audit = AuditLog::new(Box::new(disk.clone()));
        audit.check().unwrap();
        let write = entry("delete_a_book_by_id", &arguments);
        assert!(audit.start(&write).is_err() && audit.check().is_err());
        disk.has_room(10_000);
        audit.check().unwrap();
        audit.check().unwrap();
        assert_eq!(lines(&disk.text()).len(), 1, "one line tells that it goes on");
        assert_eq!(lines(&disk.text())[0]["outcome"], "audit_resumed");
        audit.start(&write).unwrap();
    }

    #[test]
    fn line_is_bounded_whatever_the_arguments_are() {
        let disk = Disk::default();
        disk.has_room(10 << 20);
        let audit = AuditLog::new(Box::new(disk.clone()));
        for arguments in [
            json!({"text": "x".repeat(5_000_000)}),
            json!({"list": (0..300_000).collect::<Vec<_>>(), "id": 7}),
            json!({"x".repeat(1_000_000): {"y".repeat(1_000_000): 1}}),
        ] {
            audit.reject(&entry("create_a_book", &arguments), "invalid_arguments").unwrap();
        }
        for line in disk.text().lines() {
            assert!(line.len() < MAX_ARGUMENT_BYTES + 1000, "{}", line.len());
        }
    }

    #[cfg(unix)]
    #[test]
    fn renamed_or_removed_file_is_recreated() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.jsonl");
        let audit = AuditLog::open(Some(&path)).unwrap();
        let arguments = json!({});
        let start = || audit.start(&entry("create_a_book", &arguments));
        let count = |name: &str| {
            std::fs::read_to_string(directory.path().join(name)).map_or(0, |text| text.lines().count())
        };
        start().unwrap();
        std::fs::rename(&path, directory.path().join("audit.jsonl.1")).unwrap();
        start().unwrap();
        assert_eq!((count("audit.jsonl.1"), count("audit.jsonl")), (1, 1));
        std::fs::remove_file(&path).unwrap();
        start().unwrap();
        assert_eq!(count("audit.jsonl"), 1);
        // Another program has created its own file there.
        std::fs::rename(directory.path().join("audit.jsonl.1"), &path).unwrap();
        start().unwrap();
        assert_eq!(count("audit.jsonl"), 2);
        std::fs::rename(&path, directory.path().join("audit.jsonl.2")).unwrap();
        audit.reopen().unwrap();
        assert_eq!(count("audit.jsonl"), 0);
        assert!(path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn no_call_is_started_if_the_file_cannot_be_recreated() {
        let directory = tempfile::tempdir().unwrap();
        let logs = directory.path().join("logs");
        std::fs::create_dir(&logs).unwrap();
        let audit = AuditLog::open(Some(&logs.join("audit.jsonl"))).unwrap();
        let arguments = json!({});
        audit.start(&entry("create_a_book", &arguments)).unwrap();
        std::fs::remove_dir_all(&logs).unwrap();
        assert!(audit.start(&entry("create_a_book", &arguments)).is_err());
        assert!(audit.check().is_err() && audit.reopen().is_err());
        std::fs::create_dir(&logs).unwrap();
        audit.check().unwrap();
        audit.start(&entry("create_a_book", &arguments)).unwrap();
        let text = std::fs::read_to_string(logs.join("audit.jsonl")).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
    }
}
