//! The lock: which operation bears which name, for ever.
//!
//! A text file, a line an operation, sorted lines appended release by release and never changed:
//! `GET /service/tickets/{}  list_all_…`. A name in it is never given to another operation, not even
//! when its own operation is gone, so an agent's prompt can't come to mean something else.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::{Error, Errors};

/// What the file says at its top.
const HEADER: &str = "# Names of operations. Written by `cargo xtask regenerate`: lines are added, never changed or removed.\n";

/// Names by operation (verb and path in normal form).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    names: BTreeMap<String, String>,
    lines: Vec<String>,
}

impl Lock {
    /// Reads the file; a file that does not exist is an empty lock.
    ///
    /// # Errors
    /// `E001` unreadable, `E011` a line that is none, or two lines that contradict each other.
    pub fn read(path: &Path) -> Result<Self, Errors> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|errors| errors.in_file(path)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => {
                Err(Error::new("E001", format!("the lock cannot be read: {error}")).in_file(path).into())
            }
        }
    }

    /// The same from text.
    ///
    /// # Errors
    /// `E011` as for [`Lock::read`].
    pub fn parse(text: &str) -> Result<Self, Errors> {
        let mut lock = Self::default();
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        let mut errors = Errors(Vec::new());
        for (number, line) in text.lines().enumerate() {
            let at = format!("line {}", number + 1);
            if line.trim().is_empty() || (number == 0 && line.starts_with('#')) {
                continue;
            }
            if line.starts_with('#') {
                lock.lines.push(line.to_owned());
                continue;
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            let [method, path, name] = words[..] else {
                let message = format!("expected `METHOD /path name`, found `{line}`");
                errors.0.push(Error::new("E011", message).at(at));
                continue;
            };
            let key = format!("{method} {path}");
            if let Some(known) = lock.names.get(&key) {
                let message = format!("`{key}` has two entries, `{known}` and `{name}`; keep the older one");
                errors.0.push(Error::new("E011", message).at(at));
                continue;
            }
            if let Some(owner) = owners.get(name) {
                let message =
                    format!("`{name}` is the name of both `{owner}` and `{key}`; keep the older one");
                errors.0.push(Error::new("E011", message).at(at));
                continue;
            }
            owners.insert(name.to_owned(), key.clone());
            lock.names.insert(key, name.to_owned());
            lock.lines.push(line.to_owned());
        }
        errors.into_result()?;
        Ok(lock)
    }

    /// The name of an operation.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.names.get(key).map(String::as_str)
    }

    /// All entries, by operation.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(key, name)| (key.as_str(), name.as_str()))
    }

    /// Adds the entries that are new, under a comment that names the release.
    pub fn extend(&mut self, entries: BTreeMap<String, String>, release: &str) {
        let new: Vec<(String, String)> =
            entries.into_iter().filter(|(key, _)| !self.names.contains_key(key)).collect();
        if new.is_empty() {
            return;
        }
        self.lines.push(format!("# release {release}"));
        for (key, name) in new {
            self.lines.push(format!("{key} {name}"));
            self.names.insert(key, name);
        }
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let mut text = HEADER.to_owned();
        for line in &self.lines {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut lock = Lock::default();
        lock.extend(BTreeMap::from([("GET /a".to_owned(), "list_a".to_owned())]), "1");
        lock.extend(
            BTreeMap::from([("GET /a".into(), "other".into()), ("GET /b".into(), "list_b".into())]),
            "2",
        );
        assert_eq!(lock.text(), format!("{HEADER}# release 1\nGET /a list_a\n# release 2\nGET /b list_b\n"));
        assert_eq!(Lock::parse(&lock.text()).unwrap(), lock);
    }

    #[test]
    fn contradictions_are_refused_with_their_line() {
        let text = Lock::parse("GET /a x\nGET /b x\nGET /a y\nwhat\n").unwrap_err().to_string();
        assert!(text.contains("line 2: `x` is the name of both `GET /a` and `GET /b`"), "{text}");
        assert!(text.contains("line 3: `GET /a` has two entries"), "{text}");
        assert!(text.contains("line 4: expected"), "{text}");
    }
}
