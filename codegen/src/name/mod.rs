//! Stage 4: gives every operation and every schema its names, section 3 of the design, and keeps them.
//!
//! Rules propose a name, the profile overrides, the lock has the last word. Names that fall together
//! are told apart by saying more of the path; where that does not help the run stops and asks for an
//! override. Never a hash, never a number.

mod functions;
pub mod lock;
mod resource;
pub mod rust;
mod settle;
mod titles;
mod tools;
mod types;
pub mod words;

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::config::{Ledger, Profile};
use crate::diagnostic::{Error, Errors, Repair};
use crate::ir::{Api, Method, Operation};
use crate::lower::Lowered;
pub use lock::Lock;
use lock::{Additions, OperationEntry};
use settle::{Settled, Things};
use toolcrate_catalog::OperationVariant;
pub use toolcrate_catalog::ToolClass as Class;
pub use tools::{Kind, LIMIT, SHORT_LIMIT};
pub use types::{ChoiceName, FieldName, TypeName};
use words::Words;

/// An API with its names.
#[derive(Clone, Debug)]
pub struct Named {
    /// The API.
    pub api: Api,
    /// What was repaired so far.
    pub repairs: Vec<Repair>,
    /// Names, in the order of `api.operations`.
    pub operations: Vec<OperationName>,
    /// Names, by schema.
    pub types: BTreeMap<String, TypeName>,
    /// The lock with the new names added.
    pub lock: Lock,
}

/// What an operation is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperationName {
    /// The tool's full name.
    pub tool: String,
    /// The tool's name without the prefix.
    pub short: String,
    /// Read, write or custom.
    pub class: Class,
    /// What it does to its resource.
    pub kind: Kind,
    /// What sets it apart from the plain operation of its kind, as the profile says.
    pub variant: Option<OperationVariant>,
    /// The API area: Rust module and Cargo feature.
    pub module: String,
    /// The file of the top resource, within the module.
    pub file: String,
    /// The Rust function, unique within the module.
    pub function: String,
    /// Rust names, in the order of `operation.parameters`.
    pub parameters: Vec<String>,
    /// Words of the resource, singular, compounds split.
    pub one: Vec<String>,
    /// Words of the resource, plural.
    pub many: Vec<String>,
    /// First words of the action, e.g. `merge`.
    pub verb: String,
    /// The whole as a title, e.g. `Merge a ticket`.
    pub title: String,
    /// It can lose data.
    pub destructive: bool,
    /// Doing it twice is as good as once.
    pub idempotent: bool,
    /// It changes nothing.
    pub read_only: bool,
    /// Argument names for tools, one a placeholder of the path, in its order.
    pub parents: Vec<String>,
}

/// A name in the making.
struct Draft<'a> {
    resource: resource::Resource<'a>,
    kind: Kind,
    form: &'a str,
    by: String,
    phrase: tools::Phrase,
    noun: titles::Noun,
}

impl<'a> Draft<'a> {
    fn new(operation: &Operation, reader: &resource::Reader<'a>, words: &Words<'_>) -> Self {
        let resource = reader.read(operation, words);
        let (kind, form) = tools::form(operation, &resource);
        let (kind, form) = match reader.own_name(operation) {
            Some(own) => (tools::kind_of_own(operation.method, kind, own), own),
            None => (kind, form),
        };
        let by = tools::by(operation, &resource, words);
        let phrase = tools::Phrase::new(form, &resource, words);
        let noun = titles::Noun::new(&resource, words);
        Self { resource, kind, form, by, phrase, noun }
    }
}

/// Names all operations and schemas of `lowered`.
///
/// # Errors
/// `E020` operations whose names can't be told apart, `E021` a name that can't be made short enough,
/// `E022` a name that breaks the pattern.
pub fn name(lowered: Lowered, profile: &Profile, mut lock: Lock, ledger: &Ledger) -> Result<Named, Errors> {
    let Lowered { api, repairs } = lowered;
    let words = Words::new(&profile.names, ledger).learn(&api);
    let reader = resource::Reader::new(&profile.names, ledger);
    let drafts: Vec<Draft<'_>> =
        api.operations.iter().map(|operation| Draft::new(operation, &reader, &words)).collect();
    let keys = keys(&api.operations)?;
    let mut additions = Additions::default();
    let entries = lock.operations(&keys);

    // The rules are followed to the end even where the lock knows better: whether an entry of the profile
    // applies must not depend on the lock.
    let prefix = profile.api.prefix.as_str();
    let none = vec![None; keys.len()];
    let free = settle_tools(&drafts, prefix, &words, &none, &HashSet::new());
    for entry in free.chosen.iter().flatten().flat_map(|rendered| &rendered.abbreviations) {
        ledger.mark(format!("names.abbreviations.{entry}"));
    }
    let titles = titles::titles(&drafts, |at| free.levels[at] >= 2, &words);

    let taken: HashSet<&str> = lock.all_operations().map(|(_, entry)| entry.tool.as_str()).collect();
    let settled =
        if taken.is_empty() { free } else { settle_tools(&drafts, prefix, &words, &entries, &taken) };
    report(&settled, &entries, &api.operations, &lock)?;
    let functions = settle_functions(&drafts, &words, &entries, &lock, &api.operations)?;

    let mut parameters = functions::Parameters::new(&words);
    let start = format!("{prefix}_");
    let mut operations = Vec::with_capacity(keys.len());
    for (at, ((draft, title), key)) in drafts.iter().zip(titles).zip(keys).enumerate() {
        let operation = &api.operations[at];
        let entry = match entries[at] {
            Some(entry) => entry.clone(),
            None => OperationEntry {
                tool: settled.chosen[at].as_ref().map(|rendered| rendered.name.clone()).unwrap_or_default(),
                module: functions::module(&draft.resource),
                file: functions::file(&draft.resource, &words),
                function: functions[at].clone(),
            },
        };
        if entries[at].is_none() {
            additions.operations.insert(key, entry.clone());
        }
        let OperationEntry { tool, module, file, function } = entry;
        let reads = operation.method == Method::Get || draft.resource.action.is_some_and(|a| a.read_only);
        operations.push(OperationName {
            short: tool.replacen(&start, "", 1),
            tool,
            class: class(operation, draft),
            kind: draft.kind,
            variant: draft.resource.action.and_then(|action| action.variant),
            module,
            file,
            function,
            parameters: parameters.names(operation, &draft.resource.arguments),
            one: title.one,
            many: title.many,
            verb: title.verb,
            title: title.text,
            destructive: functions::is_destructive(draft),
            idempotent: reads
                || match draft.resource.action {
                    Some(action) => action.idempotent,
                    None => matches!(draft.kind, Kind::Replace | Kind::Delete),
                },
            read_only: reads,
            parents: draft.resource.arguments.clone(),
        });
    }
    check(&operations, &api.operations)?;
    let types = types::name(&api, &lock, &mut additions);
    lock.extend(additions, &api.version);
    Ok(Named { operations, types, lock, repairs, api })
}

fn class(operation: &Operation, draft: &Draft<'_>) -> Class {
    match (operation.method, draft.kind) {
        (Method::Get, _) => Class::Read,
        (_, Kind::Action) => Class::Custom,
        _ => Class::Write,
    }
}

/// The key of each operation in the lock: verb and repaired path; the path as the document spells it where
/// two would fall together.
fn keys(operations: &[Operation]) -> Result<Vec<String>, Errors> {
    let mut taken = HashSet::new();
    let mut keys = Vec::with_capacity(operations.len());
    let mut errors = Errors(Vec::new());
    for operation in operations {
        let key = |path: &str| format!("{} {}", operation.method, lock::token(path));
        let mut own = key(&operation.path.text);
        if taken.contains(&own) {
            own = key(&operation.spec_path);
        }
        if !taken.insert(own.clone()) {
            let message = format!("two operations are both `{own}` and can't be told apart");
            errors.0.push(Error::new("E020", message).at(&operation.pointer));
        }
        keys.push(own);
    }
    errors.into_result()?;
    Ok(keys)
}

fn settle_tools<'a>(
    drafts: &[Draft<'_>],
    prefix: &str,
    words: &Words<'a>,
    entries: &[Option<&OperationEntry>],
    taken: &HashSet<&str>,
) -> Settled<tools::Rendered<'a>> {
    let fixed: Vec<bool> = entries.iter().map(Option::is_some).collect();
    let firm: Vec<bool> = drafts.iter().map(|draft| draft.resource.named).collect();
    let things = Things { fixed: &fixed, firm: &firm };
    let propose = |at: usize, level: usize| {
        let draft = &drafts[at];
        tools::render(draft.form, &draft.by, prefix, &draft.phrase, level, words)
    };
    settle::settle(&things, tools::LEVELS, taken, propose, |rendered| rendered.name.as_str())
}

/// The errors of a settlement: things without a name, and things that share one.
fn report(
    settled: &Settled<tools::Rendered<'_>>,
    entries: &[Option<&OperationEntry>],
    operations: &[Operation],
    lock: &Lock,
) -> Result<(), Errors> {
    let mut errors = Errors(Vec::new());
    for ((operation, chosen), entry) in operations.iter().zip(&settled.chosen).zip(entries) {
        if chosen.is_none() && entry.is_none() {
            let message = format!(
                "no name of at most {SHORT_LIMIT} characters (without prefix) can be made for `{}`; add an abbreviation, or name it in `names.operations`",
                operation.key()
            );
            errors.0.push(Error::new("E021", message).at(&operation.pointer));
        }
    }
    for clash in &settled.clashes {
        let name = settled.chosen[clash[0]].as_ref().map_or("", |rendered| rendered.name.as_str());
        let holder = lock.all_operations().find(|(_, entry)| entry.tool == name).map(|(key, _)| key);
        errors.0.push(clash_error(name, clash, operations, holder));
    }
    errors.into_result()
}

fn clash_error(name: &str, clash: &[usize], operations: &[Operation], holder: Option<&str>) -> Error {
    let all: Vec<String> = clash.iter().map(|at| format!("`{}`", operations[*at].key())).collect();
    let holder = holder.map(|key| format!(", which the lock gives to `{key}`")).unwrap_or_default();
    let message = format!(
        "{} would be called `{name}`{holder}; name what is new in `names.operations` of the profile",
        all.join(" and ")
    );
    Error::new("E020", message).at(&operations[clash[0]].pointer)
}

/// The functions, in the order of `drafts`; empty where the lock has one.
fn settle_functions(
    drafts: &[Draft<'_>],
    words: &Words<'_>,
    entries: &[Option<&OperationEntry>],
    lock: &Lock,
    operations: &[Operation],
) -> Result<Vec<String>, Errors> {
    let path = |module: &str, function: &str| format!("{module}::{function}");
    let given: Vec<(String, &str)> =
        lock.all_operations().map(|(key, entry)| (path(&entry.module, &entry.function), key)).collect();
    let taken: HashSet<&str> = given.iter().map(|(function, _)| function.as_str()).collect();
    let fixed: Vec<bool> = entries.iter().map(Option::is_some).collect();
    let propose = |at: usize, level: usize| {
        let draft = &drafts[at];
        Some(path(&functions::module(&draft.resource), &functions::function(draft, level, words)))
    };
    let things = Things { fixed: &fixed, firm: &vec![false; fixed.len()] };
    let settled = settle::settle(&things, functions::LEVELS, &taken, propose, |name| name.as_str());
    let mut errors = Errors(Vec::new());
    for clash in &settled.clashes {
        let name = settled.chosen[clash[0]].as_deref().unwrap_or_default();
        let holder = given.iter().find(|(function, _)| function == name).map(|(_, key)| *key);
        errors.0.push(clash_error(name, clash, operations, holder));
    }
    errors.into_result()?;
    let function = |name: String| name.rsplit("::").next().unwrap_or_default().to_owned();
    Ok(settled.chosen.into_iter().map(|name| name.map(function).unwrap_or_default()).collect())
}

/// What must hold of every tool name, wherever it comes from.
fn check(names: &[OperationName], operations: &[Operation]) -> Result<(), Errors> {
    let mut errors = Errors(Vec::new());
    for (name, operation) in names.iter().zip(operations) {
        if !is_tool_name(&name.tool) || name.short.len() > SHORT_LIMIT {
            let message = format!(
                "`{}` is no tool name: lower case letters, digits and `_`, at most {LIMIT}, and {SHORT_LIMIT} without the prefix",
                name.tool
            );
            errors.0.push(Error::new("E022", message).at(&operation.pointer));
        }
    }
    errors.into_result()
}

/// Whether `name` matches `^[a-z][a-z0-9_]{0,62}$`.
pub fn is_tool_name(name: &str) -> bool {
    name.len() <= LIMIT
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}
