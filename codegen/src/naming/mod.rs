//! Stage 4: names every operation and every schema, and keeps the names of earlier releases.
//!
//! Rules propose a name for each tool, Rust function and Rust type, the profile overrides them, and
//! [`Lock`] has the last word. Where two names would be the same, more of the path goes into them; if that
//! does not help, the run stops and asks for an override. A name never contains a hash or a bare number.

mod disambiguate;
mod draft;
mod functions;
pub mod identifiers;
mod inflection;
mod lock;
mod names;
mod noun;
mod resource_path;
mod titles;
mod tools;
mod types;

use std::collections::HashSet;

use crate::config::{Profile, UsageTracker};
use crate::diagnostic::{Error, Errors};
use crate::id::{OperationId, OperationTable};
use crate::ir::{Api, Method, Operation};
use disambiguate::{Assignment, Candidates};
use draft::Draft;
use inflection::Inflector;
pub use lock::Lock;
use lock::{Additions, OperationEntry};
pub use names::{Class, Names, OperationName};
use titles::Title;
pub use tools::{Kind, LIMIT, SHORT_LIMIT};
pub use types::{ChoiceName, FieldName, TypeName};

/// Names all operations and schemas of `api`.
///
/// `lock` has the names of earlier releases. The returned [`Names::lock`] is `lock` with the names that are
/// new in this release.
///
/// # Errors
/// - `E020`: operations whose names cannot be made distinct.
/// - `E021`: a name that cannot be made short enough.
/// - `E022`: a name that does not match the pattern of tool names.
pub fn name(api: &Api, profile: &Profile, mut lock: Lock, usage: &UsageTracker) -> Result<Names, Errors> {
    let words = Inflector::new(&profile.names, usage).learn(api);
    let reader = resource_path::ResourceReader::new(&profile.names, usage);
    let drafts = api.operations.map(|(_, operation)| Draft::new(operation, &reader, &words));
    let keys = keys(api)?;
    let entries: OperationTable<_> = lock.operations(keys.values()).into_iter().collect();

    // The rules are followed to the end even where the lock has the last word: whether an entry of the
    // profile applies must not depend on the lock.
    let prefix = profile.api.prefix.as_str();
    let unlocked = keys.map(|_| None);
    let free = assign_tools(&drafts, prefix, &words, &unlocked, &HashSet::new());
    for entry in free.chosen.values().flatten().flat_map(|rendered| &rendered.abbreviations) {
        usage.mark(format!("names.abbreviations.{entry}"));
    }
    let titles = titles::titles(&drafts, |operation| free.levels[operation] >= 2, &words);

    let reserved: HashSet<&str> = lock.all_operations().map(|(_, entry)| entry.tool.as_str()).collect();
    let tools =
        if reserved.is_empty() { free } else { assign_tools(&drafts, prefix, &words, &entries, &reserved) };
    report_tools(&tools, &entries, api, &lock)?;
    let functions = assign_functions(&drafts, &words, &entries, &lock, api)?;

    let mut additions = Additions::default();
    let mut parameters = functions::Parameters::new(&words);
    let operations = drafts.map(|(id, draft)| {
        let entry = entries[id].cloned().unwrap_or_else(|| OperationEntry {
            tool: tools.chosen[id].as_ref().map(|rendered| rendered.name.clone()).unwrap_or_default(),
            module: functions::module(&draft.resource),
            file: functions::file(&draft.resource, &words),
            function: functions[id].clone(),
        });
        if entries[id].is_none() {
            additions.operations.insert(keys[id].clone(), entry.clone());
        }
        let operation = &api.operations[id];
        let parameters = parameters.names(operation, &draft.resource.arguments);
        operation_name(operation, draft, titles[id].clone(), entry, parameters, prefix)
    });
    check(&operations, api)?;
    let types = types::name(api, &lock, &mut additions);
    lock.extend(additions, &api.version);
    Ok(Names { operations, types, lock })
}

fn operation_name(
    operation: &Operation,
    draft: &Draft<'_>,
    title: Title,
    entry: OperationEntry,
    parameters: Vec<String>,
    prefix: &str,
) -> OperationName {
    let OperationEntry { tool, module, file, function } = entry;
    let action = draft.resource.action;
    let read_only = operation.method == Method::Get || action.is_some_and(|action| action.read_only);
    OperationName {
        short: tool.replacen(&format!("{prefix}_"), "", 1),
        tool,
        class: class(operation, draft),
        kind: draft.kind,
        variant: action.and_then(|action| action.variant),
        module,
        file,
        function,
        parameters,
        one: title.one,
        many: title.many,
        verb: title.verb,
        title: title.text,
        destructive: functions::is_destructive(draft),
        idempotent: read_only
            || match action {
                Some(action) => action.idempotent,
                None => matches!(draft.kind, Kind::Replace | Kind::Delete),
            },
        read_only,
        parents: draft.resource.arguments.clone(),
    }
}

fn class(operation: &Operation, draft: &Draft<'_>) -> Class {
    match (operation.method, draft.kind) {
        (Method::Get, _) => Class::Read,
        (_, Kind::Action) => Class::Custom,
        _ => Class::Write,
    }
}

/// The key of each operation in the lock: method and repaired path, or the path as the document spells it
/// where two repaired paths are the same.
fn keys(api: &Api) -> Result<OperationTable<String>, Errors> {
    let mut seen = HashSet::new();
    let mut errors = Errors(Vec::new());
    let keys = api.operations.map(|(_, operation)| {
        let key = |path: &str| format!("{} {}", operation.method, lock::token(path));
        let mut own = key(&operation.path.text);
        if seen.contains(&own) {
            own = key(&operation.spec_path);
        }
        if !seen.insert(own.clone()) {
            let message = format!("two operations are both `{own}` and can't be told apart");
            errors.0.push(Error::new("E020", message).at(&operation.pointer));
        }
        own
    });
    errors.into_result()?;
    Ok(keys)
}

type LockedEntries<'a> = OperationTable<Option<&'a OperationEntry>>;

fn assign_tools<'a>(
    drafts: &OperationTable<Draft<'_>>,
    prefix: &str,
    words: &Inflector<'a>,
    entries: &LockedEntries<'_>,
    reserved: &HashSet<&str>,
) -> Assignment<tools::Rendered<'a>> {
    let candidates = Candidates {
        locked: entries.map(|(_, entry)| entry.is_some()),
        pinned: drafts.map(|(_, draft)| draft.resource.named),
    };
    let propose = |operation: OperationId, level: usize| {
        let draft = &drafts[operation];
        tools::render(draft.form, &draft.by, prefix, &draft.phrase, level, words)
    };
    disambiguate::assign(&candidates, tools::LEVELS, reserved, propose, |rendered| rendered.name.as_str())
}

/// Reports operations for which no name can be made, and operations that would share one.
fn report_tools(
    tools: &Assignment<tools::Rendered<'_>>,
    entries: &LockedEntries<'_>,
    api: &Api,
    lock: &Lock,
) -> Result<(), Errors> {
    let mut errors = Errors(Vec::new());
    for (id, operation) in api.operations.iter() {
        if tools.chosen[id].is_none() && entries[id].is_none() {
            let message = format!(
                "no name of at most {SHORT_LIMIT} characters (without prefix) can be made for `{}`; add an abbreviation, or name it in `names.operations`",
                operation.key()
            );
            errors.0.push(Error::new("E021", message).at(&operation.pointer));
        }
    }
    for clash in &tools.clashes {
        let name = tools.chosen[clash[0]].as_ref().map_or("", |rendered| rendered.name.as_str());
        let holder = lock.all_operations().find(|(_, entry)| entry.tool == name).map(|(key, _)| key);
        errors.0.push(clash_error(name, clash, api, holder));
    }
    errors.into_result()
}

fn clash_error(name: &str, clash: &[OperationId], api: &Api, holder: Option<&str>) -> Error {
    let all: Vec<String> = clash.iter().map(|id| format!("`{}`", api.operations[*id].key())).collect();
    let holder = holder.map(|key| format!(", which the lock gives to `{key}`")).unwrap_or_default();
    let message = format!(
        "{} would be called `{name}`{holder}; name what is new in `names.operations` of the profile",
        all.join(" and ")
    );
    Error::new("E020", message).at(&api.operations[clash[0]].pointer)
}

/// The function of each operation; empty where the lock has one.
fn assign_functions(
    drafts: &OperationTable<Draft<'_>>,
    words: &Inflector<'_>,
    entries: &LockedEntries<'_>,
    lock: &Lock,
    api: &Api,
) -> Result<OperationTable<String>, Errors> {
    let path = |module: &str, function: &str| format!("{module}::{function}");
    let owners: Vec<(String, &str)> =
        lock.all_operations().map(|(key, entry)| (path(&entry.module, &entry.function), key)).collect();
    let reserved: HashSet<&str> = owners.iter().map(|(function, _)| function.as_str()).collect();
    let propose = |operation: OperationId, level: usize| {
        let draft = &drafts[operation];
        Some(path(&functions::module(&draft.resource), &functions::function(draft, level, words)))
    };
    let candidates =
        Candidates { locked: entries.map(|(_, entry)| entry.is_some()), pinned: entries.map(|_| false) };
    let functions =
        disambiguate::assign(&candidates, functions::LEVELS, &reserved, propose, |name| name.as_str());
    let mut errors = Errors(Vec::new());
    for clash in &functions.clashes {
        let name = functions.chosen[clash[0]].as_deref().unwrap_or_default();
        let holder = owners.iter().find(|(function, _)| function == name).map(|(_, key)| *key);
        errors.0.push(clash_error(name, clash, api, holder));
    }
    errors.into_result()?;
    let function = |name: &String| name.rsplit("::").next().unwrap_or_default().to_owned();
    Ok(functions.chosen.map(|(_, name)| name.as_ref().map(function).unwrap_or_default()))
}

/// Checks what must hold of every tool name, wherever it comes from.
fn check(names: &OperationTable<OperationName>, api: &Api) -> Result<(), Errors> {
    let mut errors = Errors(Vec::new());
    for (name, operation) in names.zip(&api.operations) {
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

/// Returns true if `name` matches `^[a-z][a-z0-9_]{0,62}$`.
pub fn is_tool_name(name: &str) -> bool {
    name.len() <= LIMIT
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}
