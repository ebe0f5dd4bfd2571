//! Stage 4: gives every operation its name, section 3 of the design, and keeps it.
//!
//! Rules propose a name, the profile overrides, the lock has the last word. Names that fall together
//! are told apart by saying more of the path; where that does not help the run stops and asks for an
//! override. Never a hash, never a number.

pub mod lock;
mod resource;
mod tools;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::{Ledger, Profile};
use crate::diagnostic::{Error, Errors, Repair};
use crate::ir::{Api, Method, Operation};
use crate::lower::Lowered;
use lock::Lock;
pub use tools::{Kind, LIMIT, SHORT_LIMIT};
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
    /// The lock with the new names added.
    pub lock: Lock,
}

/// What an operation is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperationName {
    /// The tool's full name.
    pub tool: String,
    /// Read, write or custom.
    pub class: Class,
    /// What it does to its resource.
    #[serde(skip)]
    pub kind: Kind,
    /// The API area.
    pub module: String,
}

/// The three classes that callers choose tools by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Class {
    Read,
    Write,
    Custom,
}

/// Names all operations of `lowered`.
///
/// # Errors
/// `E020` operations whose names can't be told apart, `E021` a name that can't be made short enough,
/// `E022` a name that breaks the pattern or is taken.
pub fn name(lowered: Lowered, profile: &Profile, mut lock: Lock, ledger: &Ledger) -> Result<Named, Errors> {
    let Lowered { api, repairs } = lowered;
    let drafts: Vec<Draft<'_>> =
        api.operations.iter().map(|operation| Draft::new(operation, profile, ledger)).collect();
    let keys = keys(&api.operations)?;
    let tools = resolve(&api.operations, &keys, &drafts, profile, &lock, ledger)?;
    let operations = tools
        .iter()
        .zip(&drafts)
        .zip(&api.operations)
        .map(|((tool, draft), operation)| OperationName {
            tool: tool.clone(),
            class: class(operation, draft),
            kind: draft.kind,
            module: draft.resource.module.clone(),
        })
        .collect();
    lock.extend(keys.into_iter().zip(tools).collect(), &api.version);
    Ok(Named { operations, lock, repairs, api })
}

/// A name in the making.
struct Draft<'a> {
    resource: resource::Resource<'a>,
    kind: Kind,
    form: String,
    by: String,
}

impl<'a> Draft<'a> {
    fn new(operation: &Operation, profile: &'a Profile, ledger: &Ledger) -> Self {
        let resource = resource::read(operation, &profile.names, ledger);
        let (kind, form) = tools::form(operation, &resource);
        let by = tools::by(operation, &resource, &Words::new(&profile.names, ledger));
        Self { resource, kind, form, by }
    }
}

fn class(operation: &Operation, draft: &Draft<'_>) -> Class {
    match (operation.method, draft.kind) {
        (Method::Get, _) => Class::Read,
        (_, Kind::Action) => Class::Custom,
        _ => Class::Write,
    }
}

/// The key of each operation in the lock: its path in normal form, which outlives changes of letter
/// case, trailing slashes and placeholder names; the exact path where two would fall together.
fn keys(operations: &[Operation]) -> Result<Vec<String>, Errors> {
    let mut taken = BTreeSet::new();
    let mut keys = Vec::with_capacity(operations.len());
    let mut errors = Errors(Vec::new());
    for operation in operations {
        let normal = format!("{} {}", operation.method, operation.path.normal_form());
        let exact =
            format!("{} {}", operation.method, operation.spec_path.split_whitespace().collect::<String>());
        let key = if taken.contains(&normal) { exact } else { normal };
        if !taken.insert(key.clone()) {
            let message = format!("two operations are both `{key}` and can't be told apart");
            errors.0.push(Error::new("E020", message).at(&operation.pointer));
        }
        keys.push(key);
    }
    errors.into_result()?;
    Ok(keys)
}

/// The names, in the order of `operations`.
fn resolve(
    operations: &[Operation],
    keys: &[String],
    drafts: &[Draft<'_>],
    profile: &Profile,
    lock: &Lock,
    ledger: &Ledger,
) -> Result<Vec<String>, Errors> {
    let prefix = &profile.api.prefix;
    let mut taken: BTreeMap<&str, &str> = lock.iter().map(|(key, name)| (name, key)).collect();
    let mut fixed: Vec<Option<String>> = Vec::with_capacity(operations.len());
    for (operation, key) in operations.iter().zip(keys) {
        let own = profile.names.operations.get_key_value(&operation.key());
        if let Some((entry, _)) = own {
            ledger.mark(format!("names.operations.{entry}"));
        }
        let given = own.map(|(_, name)| name.replace("{P}", prefix));
        fixed.push(lock.get(key).map(str::to_owned).or(given));
    }
    for (name, key) in fixed.iter().zip(keys) {
        if let Some(name) = name {
            taken.entry(name).or_insert(key);
        }
    }
    let mut levels = vec![0; operations.len()];
    let mut names: Vec<Option<String>> = vec![None; operations.len()];
    let mut errors = Errors(Vec::new());
    loop {
        let mut owners: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, draft) in drafts.iter().enumerate() {
            let rendered = tools::render(
                &draft.form,
                &draft.by,
                prefix,
                &draft.resource,
                levels[at],
                &profile.names,
                ledger,
            );
            names[at] = fixed[at].clone().or(rendered);
            match &names[at] {
                Some(name) => owners.entry(name.clone()).or_default().push(at),
                None => {
                    let message = format!(
                        "no name of at most {SHORT_LIMIT} characters (without prefix) can be made for `{}`; add an abbreviation, or name it in `names.operations`",
                        operations[at].key()
                    );
                    errors.0.push(Error::new("E021", message).at(&operations[at].pointer));
                }
            }
        }
        errors.into_result()?;
        errors = Errors(Vec::new());
        let mut moved = false;
        for (name, claimants) in &owners {
            let foreign = |at: &usize| taken.get(name.as_str()).is_some_and(|owner| *owner != keys[*at]);
            let free: Vec<usize> = claimants.iter().copied().filter(|at| fixed[*at].is_none()).collect();
            if claimants.len() < 2 && !free.iter().any(foreign) {
                continue;
            }
            let movable: Vec<usize> =
                free.iter().copied().filter(|at| levels[*at] + 1 < tools::LEVELS).collect();
            if movable.is_empty() {
                let all: Vec<String> =
                    claimants.iter().map(|at| format!("`{}`", operations[*at].key())).collect();
                let holder = taken
                    .get(name.as_str())
                    .map(|key| format!(", which the lock gives to `{key}`"))
                    .unwrap_or_default();
                let message = format!(
                    "{} would all be called `{name}`{holder}; name them in `names.operations` of the profile",
                    all.join(" and ")
                );
                errors.0.push(Error::new("E020", message).at(&operations[claimants[0]].pointer));
            }
            for at in movable {
                levels[at] += 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
        errors = Errors(Vec::new());
    }
    for (name, operation) in names.iter().flatten().zip(operations) {
        if !is_tool_name(name) {
            let message =
                format!("`{name}` is no tool name: lower case letters, digits and `_`, at most {LIMIT}");
            errors.0.push(Error::new("E022", message).at(&operation.pointer));
        }
    }
    errors.into_result()?;
    Ok(names.into_iter().flatten().collect())
}

/// Whether `name` matches `^[a-z][a-z0-9_]{0,62}$`.
pub fn is_tool_name(name: &str) -> bool {
    name.len() <= LIMIT
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}
