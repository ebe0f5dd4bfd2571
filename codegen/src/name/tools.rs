//! Names of tools: form by verb, resource by path, short enough for every client.

use super::resource::Resource;
use super::words::Words;
use crate::config::{Ledger, NameRules};
use crate::ir::{Content, Method, Operation, Place, Type};

/// Longest short form: `mcp__connectwise__` and it make 64.
pub const SHORT_LIMIT: usize = 46;
/// Longest full name.
pub const LIMIT: usize = 63;
/// How many spellings of one name there are, from plain to full.
pub const LEVELS: usize = 4;

/// What an operation does to its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs)]
pub enum Kind {
    List,
    Get,
    Count,
    Create,
    Update,
    Replace,
    Delete,
    Action,
}

/// The kind of `operation`, and the form of its name (`{P}`, `{one}`, `{many}`, `{by}`).
pub fn form(operation: &Operation, resource: &Resource<'_>) -> (Kind, String) {
    if let Some(action) = resource.action {
        let kind = match (operation.method, &operation.response.content) {
            (Method::Get, Content::Json(Type::List(_))) => Kind::List,
            (Method::Get, _) if action.name.starts_with("count_") => Kind::Count,
            (Method::Get, _) => Kind::Get,
            _ => Kind::Action,
        };
        return (kind, action.name.clone());
    }
    let on_item = resource.item.is_some();
    let (kind, form) = match operation.method {
        Method::Get | Method::Head | Method::Options | Method::Trace => match &operation.response.content {
            _ if on_item => (Kind::Get, "get_single_{P}_{one}{by}"),
            Content::Json(Type::List(_)) => (Kind::List, "list_all_{P}_{many}"),
            Content::Json(_) => (Kind::Get, "get_single_{P}_{one}"),
            _ => (Kind::Get, "download_a_{P}_{one}"),
        },
        Method::Post => (Kind::Create, "create_a_{P}_{one}{by}"),
        Method::Patch => (Kind::Update, "update_a_{P}_{one}{by}"),
        Method::Put => (Kind::Replace, "replace_a_{P}_{one}{by}"),
        Method::Delete => (Kind::Delete, "delete_a_{P}_{one}{by}"),
    };
    (kind, form.to_owned())
}

/// `_by_id`, `_by_identifier`, or nothing.
pub fn by(operation: &Operation, resource: &Resource<'_>, grammar: &Words<'_>) -> String {
    let Some(item) = &resource.item else {
        let id_in_query = operation.parameters_in(Place::Query).any(|parameter| parameter.name == "id");
        return if operation.method == Method::Delete && id_in_query {
            "_by_id".into()
        } else {
            String::new()
        };
    };
    let words = Words::split(item);
    let own = grammar.one(&resource.own);
    let last = own.last().map(String::as_str).unwrap_or_default();
    let rest: Vec<String> = match words.split_first() {
        Some((first, rest)) if !rest.is_empty() && first == last => rest.to_vec(),
        _ => words,
    };
    match rest.last().map(String::as_str) {
        Some("id") | None => "_by_id".into(),
        Some(_) => format!("_by_{}", rest.join("_")),
    }
}

/// The name at `level`: 0 plain, 1 with the module, 2 with the module said even where it repeats, 3 unabridged.
/// `None` where it can't be made short enough.
pub fn render(
    form: &str,
    by: &str,
    prefix: &str,
    resource: &Resource<'_>,
    level: usize,
    rules: &NameRules,
    ledger: &Ledger,
) -> Option<String> {
    let grammar = Words::new(rules, ledger);
    let plural = form.contains("{many}");
    let mut own = match &resource.given {
        Some((one, many)) => if plural { many } else { one }.clone(),
        None if plural => grammar.many(&resource.own),
        None => grammar.one(&resource.own),
    };
    let mut parents = resource.parents.clone();
    let module = Words::split(&resource.module);
    let top = parents.is_empty() && resource.given.is_none();
    let repeats = own.first().is_some_and(|word| module.last() == Some(word));
    let with_module = match level {
        0 => top && !repeats,
        1 => !parents.is_empty() || !repeats,
        _ => true,
    };
    if with_module {
        parents.insert(0, module);
    }
    let name = |parents: &[Vec<String>], own: &[String]| {
        let words: Vec<&str> = parents.iter().flatten().chain(own).map(String::as_str).collect();
        let resource = words.join("_");
        let fill =
            |text: &str| text.replace("{one}", &resource).replace("{many}", &resource).replace("{by}", by);
        fill(form)
    };
    let fits = |name: &str| {
        name.replace("{P}_", "").len() <= SHORT_LIMIT && name.replace("{P}", prefix).len() <= LIMIT
    };
    // Longest word first, by the profile's table.
    while !fits(&name(&parents, &own)) {
        let longest = parents
            .iter_mut()
            .flatten()
            .chain(own.iter_mut())
            .filter(|word| rules.abbreviations.contains_key(word.as_str()))
            .max_by_key(|word| word.len());
        if let Some(word) = longest {
            ledger.mark(format!("names.abbreviations.{word}"));
            *word = rules.abbreviations[word.as_str()].clone();
        } else if level < 3 && parents.len() > 1 {
            // Then the parents between the outermost and the thing itself fall.
            parents.remove(1);
        } else {
            return None;
        }
    }
    Some(name(&parents, &own).replace("{P}", prefix))
}
