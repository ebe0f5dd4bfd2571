//! Stage 4: names every operation and every schema, and preserves the names assigned in earlier releases.
//!
//! Rules propose a name for each tool, Rust function and Rust type. The profile can override the rules, and the
//! [`Lock`] takes precedence over both. Names that clash include more of the path. If that isn't enough, a fixed rule
//! makes them distinct, and the report lists them. A name never contains a hash or a bare number.

mod article;
mod disambiguate;
mod draft;
mod fallback;
mod functions;
pub mod identifiers;
mod inflection;
mod lock;
mod names;
mod noun;
mod path_prefix;
mod proposal;
mod resource_path;
mod responses;
mod subject;
mod titles;
mod tools;
mod types;
mod union_variants;
mod verbs;

use std::collections::HashSet;

use toolcrate_catalog::{OperationKind, ToolClass};

use crate::config::{Profile, UsageTracker};
use crate::diagnostic::{CodegenError, Errors, Repair};
use crate::id::{OperationId, OperationTable};
use crate::ir::{ApiDefinition, Method, Operation};
use disambiguate::{Assignment, Candidates};
use draft::Draft;
use inflection::Inflector;
pub use inflection::with_s;
pub use lock::Lock;
use lock::{Additions, OperationEntry};
pub use names::{Names, OperationName};
use subject::SubjectReader;
pub use subject::{Subject, with_article};
use titles::Title;
pub use titles::summary;
pub use tools::{LIMIT, SHORT_LIMIT};
pub use types::{ChoiceName, FieldName, TypeName};
pub use union_variants::union_variants;

/// Names all operations and schemas in `api`.
///
/// `lock` contains the names of earlier releases. The returned [`Names::lock`] is `lock` plus the names that
/// are new in this release.
///
/// # Errors
/// - `E022` for a name that doesn't match the pattern for tool names.
pub fn name(
    api: &ApiDefinition,
    profile: &Profile,
    mut lock: Lock,
    usage: &UsageTracker,
) -> Result<Names, Errors> {
    let words = Inflector::new(&profile.names, usage).learn(api);
    let prefixes = path_prefix::lengths(api);
    let verbs = verbs::read(api, &profile.names, &prefixes);
    let reader = resource_path::ResourceReader::new(&profile.names, &verbs, &prefixes, usage);
    let drafts = api.operations.map(|(id, operation)| Draft::new(id, operation, &reader, &words));
    let keys = keys(api);
    let mut repairs = Vec::new();
    let entries: OperationTable<_> = lock.operations(keys.values()).into_iter().collect();

    // All rules are evaluated even if the lock file overrides them, because whether a profile entry applies
    // must not depend on the lock file.
    let prefix = profile.api.prefix.as_str();
    let unlocked = keys.map(|_| None);
    let free = assign_tools(&drafts, prefix, &words, &unlocked, &HashSet::new());
    for entry in free.chosen.values().flatten().flat_map(|rendered| &rendered.abbreviations) {
        usage.mark(format!("names.abbreviations.{entry}"));
    }
    let subjects = SubjectReader::new(api, &drafts, &profile.names, &words, usage);
    let titles = titles::titles(&drafts, &subjects, &words);

    let reserved: HashSet<&str> = lock.all_operations().map(|(_, entry)| entry.tool.as_str()).collect();
    let tools =
        if reserved.is_empty() { free } else { assign_tools(&drafts, prefix, &words, &entries, &reserved) };
    let tools = distinct_tools(tools, &drafts, &entries, api, prefix, &words, &reserved, &mut repairs);
    let functions = assign_functions(&drafts, &words, &entries, &lock, api, &mut repairs);

    let warnings = guessed_names(api, &drafts, &tools, &entries);
    let mut additions = Additions::default();
    let mut pending = Additions::default();
    let mut parameters = functions::Parameters::new(&words);
    let mut operations = drafts.map(|(id, draft)| {
        let entry = entries[id].cloned().unwrap_or_else(|| OperationEntry {
            tool: tools[id].clone().unwrap_or_default(),
            module: functions::module(&draft.resource),
            file: functions::file(&draft.resource, &words),
            function: functions[id].clone(),
        });
        if entries[id].is_none() {
            let of = if draft.resource.guess.is_some() { &mut pending } else { &mut additions };
            of.operations.insert(keys[id].clone(), entry.clone());
        }
        let operation = &api.operations[id];
        let parameters = parameters.names(operation, &draft.resource.arguments);
        operation_name(operation, draft, titles[id].clone(), entry, parameters, prefix)
    });
    check(&operations, api, prefix)?;
    let mut taken = types::taken(&lock);
    let types = types::name(api, &lock, &mut taken, &mut additions);
    responses::name(api, &keys, &lock, &mut taken, &mut operations, [&mut additions, &mut pending]);
    lock.extend(additions, &api.version);
    Ok(Names { operations, types, lock, pending, repairs, warnings })
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
    let reads = operation.method == Method::Get && draft.kind != OperationKind::Action;
    let read_only = reads || action.is_some_and(|action| action.read_only);
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
        response: None,
        subject: title.subject,
        verb: title.verb,
        title: title.text,
        destructive: action.and_then(|action| action.destructive),
        idempotent: read_only
            || match action {
                Some(action) => action.idempotent,
                None => matches!(draft.kind, OperationKind::Replace | OperationKind::Delete),
            },
        read_only,
        parents: draft.resource.arguments.clone(),
    }
}

fn class(operation: &Operation, draft: &Draft<'_>) -> ToolClass {
    match (operation.method, draft.kind) {
        (Method::Head | Method::Options | Method::Trace, _) => ToolClass::Read,
        (_, OperationKind::Action) => ToolClass::Custom,
        (Method::Get, _) => ToolClass::Read,
        _ => ToolClass::Write,
    }
}

/// Returns each operation's key in the lock file: method and repaired path, or the path as spelled in the
/// document if two repaired paths are the same.
fn keys(api: &ApiDefinition) -> OperationTable<String> {
    let mut seen = HashSet::new();
    api.operations.map(|(_, operation)| {
        let key = |path: &str| format!("{} {}", operation.method, lock::token(path));
        let mut own = key(&operation.path.text);
        if seen.contains(&own) {
            own = key(&operation.spec_path);
        }
        while !seen.insert(own.clone()) {
            own.push('*');
        }
        own
    })
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

/// Returns distinct tool names; those that the rules couldn't provide are in `repairs`.
#[allow(clippy::too_many_arguments)]
fn distinct_tools<'a>(
    tools: Assignment<tools::Rendered<'a>>,
    drafts: &OperationTable<Draft<'_>>,
    entries: &LockedEntries<'_>,
    api: &ApiDefinition,
    prefix: &str,
    words: &Inflector<'a>,
    reserved: &HashSet<&str>,
    repairs: &mut Vec<Repair>,
) -> OperationTable<Option<String>> {
    let Assignment { chosen, mut clashes, .. } = tools;
    let fit = |name: &str, ending: &str| fallback::fit_tool(name, ending, prefix);
    let mut names = chosen.map(|(_, rendered)| rendered.as_ref().map(|rendered| rendered.name.clone()));
    for (id, operation) in api.operations.iter().filter(|(id, _)| entries[*id].is_none()) {
        if names[id].is_some() {
            continue;
        }
        let draft = &drafts[id];
        let name = fit(&tools::spell(draft.form, &draft.by, prefix, &draft.phrase, words), "");
        let message = format!(
            "the name of `{}` would be longer than {SHORT_LIMIT} characters (without the prefix); it is named `{name}` unless the profile has a shorter abbreviation or sets a name in `names.operations`",
            operation.key()
        );
        repairs.push(Repair::new("R037", &operation.pointer, message));
        let holder = names.iter().find(|(_, other)| other.as_deref() == Some(name.as_str()));
        if let Some((holder, _)) = holder {
            clashes.push(vec![holder, id]);
        } else if reserved.contains(name.as_str()) {
            clashes.push(vec![id]);
        }
        names[id] = Some(name);
    }
    fallback::make_distinct(&mut names, &clashes, reserved, api, fit, repairs);
    names
}

/// Returns each operation's function; empty if the lock file has one.
fn assign_functions(
    drafts: &OperationTable<Draft<'_>>,
    words: &Inflector<'_>,
    entries: &LockedEntries<'_>,
    lock: &Lock,
    api: &ApiDefinition,
    repairs: &mut Vec<Repair>,
) -> OperationTable<String> {
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
    let Assignment { mut chosen, clashes, .. } = functions;
    let fit = |name: &str, ending: &str| format!("{name}{ending}");
    fallback::make_distinct(&mut chosen, &clashes, &reserved, api, fit, repairs);
    let function = |name: &String| name.rsplit("::").next().unwrap_or_default().to_owned();
    chosen.map(|(_, name)| name.as_ref().map(function).unwrap_or_default())
}

/// Returns a warning for each new name that is a guess, with the profile line that confirms it.
fn guessed_names(
    api: &ApiDefinition,
    drafts: &OperationTable<Draft<'_>>,
    tools: &OperationTable<Option<String>>,
    entries: &LockedEntries<'_>,
) -> Vec<CodegenError> {
    let mut warnings = Vec::new();
    for (id, draft) in drafts.iter().filter(|(id, _)| entries[*id].is_none()) {
        let (Some(guess), Some(action)) = (draft.resource.guess, draft.resource.action) else { continue };
        let operation = &api.operations[id];
        let message = format!(
            "{guess}. Its tool is named `{}`; confirm the name with {}, or accept it with --accept-names",
            tools[id].as_deref().unwrap_or_default(),
            proposal::action(operation, action),
        );
        warnings.push(CodegenError::new("E024", message).at(&operation.pointer));
    }
    warnings
}

/// Checks the requirements for every tool name, regardless of its source.
fn check(names: &OperationTable<OperationName>, api: &ApiDefinition, prefix: &str) -> Result<(), Errors> {
    let mut errors = Errors(Vec::new());
    for (name, operation) in names.zip(&api.operations) {
        if !is_tool_name(&name.tool) || name.short.len() > SHORT_LIMIT {
            let message = format!(
                "`{}` is not a valid tool name: expected lowercase letters, digits and `_`, at most {LIMIT} characters ({SHORT_LIMIT} without the prefix); use {}",
                name.tool,
                proposal::valid_name(operation, &name.tool, prefix),
            );
            errors.0.push(CodegenError::new("E022", message).at(&operation.pointer));
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
