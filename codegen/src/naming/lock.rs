//! The lock file, which permanently records the names of all operations and schemas.
//!
//! Each release appends lines to this text file, and lines are never removed. A name is never reused, even after its
//! operation or schema is gone, so a prompt or program that uses a name never gets something else. Comments and empty
//! lines are preserved.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::identifiers::resource_file;
use crate::diagnostic::{CodegenError, Errors};
use crate::ir::Template;

/// The comment at the top of a new file.
const HEADER: &str = "\
# Names that were given: of operations (tool, Rust path), of schemas and of choices (Rust types).
# Written by `cargo xtask regenerate`. Lines are added, never changed or removed.";

/// The names of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationEntry {
    /// The tool's full name.
    pub tool: String,
    /// The Rust module.
    pub module: String,
    /// The file within the module.
    pub file: String,
    /// The function, unique within the module.
    pub function: String,
}

/// The reason why a line in the lock file is invalid.
#[derive(Debug, thiserror::Error)]
enum LineError {
    #[error("expected `module::file::function`, got `{0}`")]
    RustPath(String),
    #[error(
        "expected `METHOD /path tool module::file::function`, `type SCHEMA Rust`, `choice MEMBER Rust`, `response METHOD /path Rust` or `alias OLD NEW RELEASE`, got `{0}`"
    )]
    Syntax(String),
    #[error("`{key}` has two entries; keep the older one, `{known}`")]
    Duplicate { key: String, known: String },
    #[error("the {name} belongs to both `{owner}` and `{key}`; keep the older entry")]
    Contradiction { name: String, owner: String, key: String },
}

/// The lock file: names by owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// Operation names by `METHOD /path`.
    operations: BTreeMap<String, OperationEntry>,
    /// Type names by schema.
    types: BTreeMap<String, String>,
    /// Enum names by schema and field.
    choices: BTreeMap<String, String>,
    /// Enums of responses, by `METHOD /path`.
    responses: BTreeMap<String, String>,
    /// Replaced tools: old name, new name, release.
    aliases: Vec<(String, String, String)>,
    /// The lines of the file.
    lines: Vec<String>,
}

impl Lock {
    /// Reads the file; a nonexistent file is an empty lock.
    ///
    /// # Errors
    /// Returns `E001` if the file is unreadable, and `E011` for an invalid line or contradictory lines.
    pub fn read(path: &Path) -> Result<Self, Errors> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|errors| errors.in_file(path)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(CodegenError::new("E001", format!("the lock can't be read: {error}"))
                .in_file(path)
                .into()),
        }
    }

    /// Parses the text of a lock file.
    ///
    /// # Errors
    /// Returns `E011` like [`Lock::read`].
    pub fn parse(text: &str) -> Result<Self, Errors> {
        let mut lock = Self::default();
        let mut owners = HashMap::new();
        let mut errors = Errors(Vec::new());
        for (number, line) in text.lines().enumerate() {
            lock.lines.push(line.to_owned());
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(error) = lock.insert(line, &mut owners) {
                errors
                    .0
                    .push(CodegenError::new("E011", error.to_string()).at(format!("line {}", number + 1)));
            }
        }
        let tools: HashSet<&str> = lock.operations.values().map(|entry| entry.tool.as_str()).collect();
        for (old, new, _) in &lock.aliases {
            for tool in [old, new].into_iter().filter(|tool| !tools.contains(tool.as_str())) {
                let message = format!("`alias {old} {new}`: no operation was ever named {tool}");
                errors.0.push(CodegenError::new("E011", message));
            }
        }
        errors.into_result()?;
        Ok(lock)
    }

    /// Adds the entry in `line`. `owners` maps each name so far to its owner's key.
    fn insert(&mut self, line: &str, owners: &mut HashMap<String, String>) -> Result<(), LineError> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (key, names, known): (String, Vec<String>, Option<String>) = match words[..] {
            ["type", schema, rust] => {
                let known = self.types.insert(schema.to_owned(), rust.to_owned());
                (format!("type {schema}"), vec![format!("type {rust}")], known)
            }
            ["choice", member, rust] => {
                let known = self.choices.insert(member.to_owned(), rust.to_owned());
                (format!("choice {member}"), vec![format!("type {rust}")], known)
            }
            ["response", method, path, rust] => {
                let key = format!("{method} {path}");
                let known = self.responses.insert(key.clone(), rust.to_owned());
                (format!("response {key}"), vec![format!("type {rust}")], known)
            }
            ["alias", old, new, release] => {
                let known = self.aliases.iter().find(|alias| alias.0 == old && alias.2 == release);
                let known = known.map(|alias| alias.1.clone());
                self.aliases.push((old.to_owned(), new.to_owned(), release.to_owned()));
                (format!("alias {old} of {release}"), Vec::new(), known)
            }
            [method, path, tool, rust] if path.starts_with('/') => {
                let [module, file, function] = rust.split("::").collect::<Vec<_>>()[..] else {
                    return Err(LineError::RustPath(rust.to_owned()));
                };
                let key = format!("{method} {path}");
                let entry = OperationEntry {
                    tool: tool.to_owned(),
                    module: module.to_owned(),
                    // Files are private, so a file from an older release may be renamed.
                    file: resource_file(file.to_owned()),
                    function: function.to_owned(),
                };
                let known = self.operations.insert(key.clone(), entry).map(|entry| entry.tool);
                (key, vec![format!("tool {tool}"), format!("function {module}::{function}")], known)
            }
            _ => return Err(LineError::Syntax(line.to_owned())),
        };
        if let Some(known) = known {
            return Err(LineError::Duplicate { key, known });
        }
        for name in names {
            if let Some(owner) = owners.get(&name) {
                return Err(LineError::Contradiction { name, owner: owner.clone(), key });
            }
            owners.insert(name, key.clone());
        }
        Ok(())
    }

    /// Returns the entries of the operations `keys`, in order: by the exact path, or else by a path that
    /// differs only in case, a trailing slash or placeholder names.
    pub fn operations<'a, 'k>(
        &'a self,
        keys: impl Iterator<Item = &'k String>,
    ) -> Vec<Option<&'a OperationEntry>> {
        let keys: Vec<&str> = keys.map(String::as_str).collect();
        find(&self.operations, &keys, |key| {
            let (method, path) = key.split_once(' ').unwrap_or(("", key));
            format!("{method} {}", Template::parse(path).normal_form())
        })
    }

    /// Returns the Rust types of `schemas`, in order: by the exact name, or else by one that differs only in
    /// case and punctuation.
    pub fn types(&self, schemas: &[&str]) -> Vec<Option<&str>> {
        let keys: Vec<String> = schemas.iter().map(|schema| token(schema)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        find(&self.types, &keys, letters).into_iter().map(|rust| rust.map(String::as_str)).collect()
    }

    /// Returns the Rust types of enums, by schema and field, found like in [`Lock::types`].
    pub fn choices(&self, members: &[(&str, &str)]) -> Vec<Option<&str>> {
        let keys: Vec<String> = members.iter().map(|(schema, member)| member_key(schema, member)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        find(&self.choices, &keys, letters).into_iter().map(|rust| rust.map(String::as_str)).collect()
    }

    /// Returns the enum of an operation's responses, by the operation's key.
    pub fn response(&self, key: &str) -> Option<&str> {
        self.responses.get(key).map(String::as_str)
    }

    /// Returns the tools that were removed in `release` and their replacements: `alias OLD NEW RELEASE`. These
    /// lines are written by people, and proposed by a comparison.
    pub fn aliases(&self, release: &str) -> impl Iterator<Item = (&str, &str)> {
        let of = self.aliases.iter().filter(move |alias| alias.2 == release);
        of.map(|(old, new, _)| (old.as_str(), new.as_str()))
    }

    /// Removes aliases of tools that exist again, or whose replacement doesn't exist. A comparison doesn't
    /// require that the lock file matches both releases.
    pub fn forget_idle_aliases(&mut self, is_tool: impl Fn(&str) -> bool) {
        self.aliases.retain(|(old, new, _)| !is_tool(old) && is_tool(new));
    }

    /// Returns all operations that have ever had a name.
    pub fn all_operations(&self) -> impl Iterator<Item = (&str, &OperationEntry)> {
        self.operations.iter().map(|(key, entry)| (key.as_str(), entry))
    }

    /// Returns all Rust types that have ever existed.
    pub fn all_types(&self) -> impl Iterator<Item = &str> {
        self.types.values().chain(self.choices.values()).chain(self.responses.values()).map(String::as_str)
    }

    /// Adds a release's new entries, under a comment that names it.
    pub fn extend(&mut self, additions: Additions, release: &str) {
        let mut lines = Vec::new();
        for (key, entry) in additions.operations {
            if let Entry::Vacant(vacant) = self.operations.entry(key) {
                let OperationEntry { tool, module, file, function } = &entry;
                lines.push(format!("{} {tool} {module}::{file}::{function}", vacant.key()));
                vacant.insert(entry);
            }
        }
        for (schema, rust) in additions.types {
            if let Entry::Vacant(vacant) = self.types.entry(token(&schema)) {
                lines.push(format!("type {} {rust}", vacant.key()));
                vacant.insert(rust);
            }
        }
        for ((schema, member), rust) in additions.choices {
            if let Entry::Vacant(vacant) = self.choices.entry(member_key(&schema, &member)) {
                lines.push(format!("choice {} {rust}", vacant.key()));
                vacant.insert(rust);
            }
        }
        for (key, rust) in additions.responses {
            if let Entry::Vacant(vacant) = self.responses.entry(key) {
                lines.push(format!("response {} {rust}", vacant.key()));
                vacant.insert(rust);
            }
        }
        if lines.is_empty() {
            return;
        }
        if self.lines.is_empty() {
            self.lines.extend(HEADER.lines().map(str::to_owned));
        }
        self.lines.push(String::new());
        self.lines.push(format!("# release {release}"));
        self.lines.extend(lines);
    }

    /// Returns the file's text.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.lines.iter().map(|line| line.len() + 1).sum());
        for line in &self.lines {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

/// New entries; known entries are left out.
#[derive(Clone, Debug, Default)]
pub struct Additions {
    /// Operation names by `METHOD /path`.
    pub operations: BTreeMap<String, OperationEntry>,
    /// Type names by schema.
    pub types: BTreeMap<String, String>,
    /// Enum names by schema and field.
    pub choices: BTreeMap<(String, String), String>,
    /// Enums of responses, by `METHOD /path`.
    pub responses: BTreeMap<String, String>,
}

/// Returns the values of `keys`: by the key itself, or else by an equal `normal` form among the entries that no
/// key matches exactly; none is returned twice.
fn find<'a, T>(
    entries: &'a BTreeMap<String, T>,
    keys: &[&str],
    normal: impl Fn(&str) -> String,
) -> Vec<Option<&'a T>> {
    let exact: HashSet<&str> = keys.iter().copied().collect();
    let mut loose: HashMap<String, &T> = HashMap::new();
    for (key, entry) in entries.iter().filter(|(key, _)| !exact.contains(key.as_str())) {
        loose.entry(normal(key)).or_insert(entry);
    }
    keys.iter()
        .map(|key| {
            entries.get(*key).or_else(|| if loose.is_empty() { None } else { loose.remove(&normal(key)) })
        })
        .collect()
}

/// Returns the letters and digits of a name, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn member_key(schema: &str, member: &str) -> String {
    format!("{}.{}", token(schema), token(member))
}

/// Returns `text` as a single word for a line: spaces and other ambiguous characters are percent-encoded.
pub fn token(text: &str) -> String {
    if text.is_empty() {
        // A percent sign is always encoded, so a bare one can mean an empty text.
        return "%".to_owned();
    }
    if !text.contains(|c: char| c.is_whitespace() || c == '%') {
        return text.to_owned();
    }
    let mut token = String::new();
    for c in text.chars() {
        if c.is_whitespace() || c == '%' {
            let mut bytes = [0; 4];
            token.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            token.push(c);
        }
    }
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    fn additions(operations: &[(&str, &str)], types: &[(&str, &str)]) -> Additions {
        let entry = |name: &str| OperationEntry {
            tool: name.into(),
            module: "m".into(),
            file: "f".into(),
            function: name.into(),
        };
        Additions {
            operations: operations.iter().map(|(key, name)| ((*key).to_owned(), entry(name))).collect(),
            types: types.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned())).collect(),
            choices: BTreeMap::new(),
            responses: BTreeMap::new(),
        }
    }

    #[test]
    fn lock_round_trips_and_additions_are_single_lines() {
        let mut lock = Lock::default();
        lock.extend(additions(&[("GET /a", "list_a")], &[("A b", "AB")]), "1");
        let mut nameless = Lock::default();
        nameless.extend(additions(&[], &[("", "Type")]), "1");
        assert_eq!(Lock::parse(&nameless.to_text()).unwrap(), nameless);
        let first = lock.to_text();
        assert_eq!(first, format!("{HEADER}\n\n# release 1\nGET /a list_a m::f::list_a\ntype A%20b AB\n"));
        assert_eq!(Lock::parse(&first).unwrap(), lock);
        lock.extend(additions(&[("GET /a", "other")], &[]), "2");
        assert_eq!(lock.to_text(), first, "nothing new, nothing written");
        lock.extend(additions(&[("GET /a", "other"), ("GET /b", "list_b")], &[]), "2");
        assert_eq!(lock.to_text(), format!("{first}\n# release 2\nGET /b list_b m::f::list_b\n"));
    }

    #[test]
    fn aliases_last_one_release_and_refer_to_former_tools() {
        let text = "GET /a old m::f::a\nGET /b new m::f::b\nalias old new 2\n";
        let lock = Lock::parse(text).unwrap();
        assert_eq!(lock.aliases("2").collect::<Vec<_>>(), [("old", "new")]);
        assert_eq!(lock.aliases("3").count(), 0);
        assert_eq!(lock.to_text(), text);
        let mut kept = lock.clone();
        kept.forget_idle_aliases(|name| name == "new");
        assert_eq!(kept.aliases("2").count(), 1);
        for tools in [["old", "new"], ["old", "other"], ["other", "another"]] {
            let mut lock = lock.clone();
            lock.forget_idle_aliases(|name| tools.contains(&name));
            assert_eq!(lock.aliases("2").count(), 0, "{tools:?}");
        }
        let text = format!("{text}alias old other 3\nalias old new 2\n");
        let text = Lock::parse(&text).unwrap_err().to_string();
        assert!(text.contains("`alias old other`: no operation was ever named other"), "{text}");
        assert!(text.contains("line 5: `alias old of 2` has two entries"), "{text}");
    }

    #[test]
    fn comments_are_preserved() {
        let text = "# ours\n\n# why this one\nGET /a x m::f::x\n";
        assert_eq!(Lock::parse(text).unwrap().to_text(), text);
    }

    #[test]
    fn contradictions_are_rejected_with_their_line() {
        let text = "GET /a x m::f::x\nGET /b x m::f::y\nGET /a y m::f::z\nwhat\nGET /c z m::g::x\ntype A T\nchoice B.c T\n";
        let text = Lock::parse(text).unwrap_err().to_string();
        assert!(text.contains("line 2: the tool x belongs to both `GET /a` and `GET /b`"), "{text}");
        assert!(text.contains("line 3: `GET /a` has two entries"), "{text}");
        assert!(text.contains("line 4: expected"), "{text}");
        assert!(text.contains("line 5: the function m::x belongs to both"), "{text}");
        assert!(text.contains("line 7: the type T belongs to both `type A` and `choice B.c`"), "{text}");
    }

    #[test]
    fn respelled_schema_keeps_its_type() {
        let lock = Lock::parse("type A.B AB\nchoice A.B.c ABC\ntype D D\n").unwrap();
        assert_eq!(lock.types(&["AB", "D", "d"]), [Some("AB"), Some("D"), None]);
        assert_eq!(lock.choices(&[("AB", "c"), ("AB", "d")]), [Some("ABC"), None]);
    }

    #[test]
    fn respelled_path_keeps_its_name() {
        let lock = Lock::parse("GET /a/{id}/b x m::f::x\nGET /A/{id}/b y m::f::y\n").unwrap();
        let names = |keys: &[&str]| -> Vec<Option<String>> {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            lock.operations(keys.iter())
                .into_iter()
                .map(|entry| entry.map(|entry| entry.tool.clone()))
                .collect()
        };
        assert_eq!(names(&["GET /A/{id}/b", "GET /a/{id}/b"]), [Some("y".into()), Some("x".into())]);
        assert_eq!(names(&["GET /A/{id}/b", "GET /a/{no}/B/"]), [Some("y".into()), Some("x".into())]);
    }
}
