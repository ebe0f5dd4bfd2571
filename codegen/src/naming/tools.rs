//! Builds tool names from a verb and a resource, and keeps them short enough for every client.
//!
//! The verb selects a template, and the resource, which is derived from the path, is inserted into it. If the name is
//! too long, words are abbreviated, longest first, using the table in the profile. If it is still too long, middle
//! parents are dropped.

use toolcrate_catalog::OperationKind;

use super::identifiers;
use super::inflection::Inflector;
use super::resource_path::{self, ResourcePath};
use crate::ir::{Content, Method, Operation, ParameterLocation, Type};

/// Maximum length of a short name. Clients prepend `mcp__SERVER__` and accept 64 characters.
pub const SHORT_LIMIT: usize = 46;
/// Maximum length of a full name.
pub const LIMIT: usize = 63;
/// Number of proposals per name, from plain to full.
pub const LEVELS: usize = 5;

/// Returns the kind of `operation`, and the form of its name (`{P}`, `{one}`, `{many}`, `{by}`).
pub fn form<'a>(operation: &Operation, resource: &ResourcePath<'a>) -> (OperationKind, &'a str) {
    if let Some(action) = resource.action {
        let kind = match (operation.method, &operation.response.content) {
            (Method::Get, _) if action.destructive == Some(true) => OperationKind::Action,
            (Method::Get, _) if action.name.starts_with("count_") => OperationKind::Count,
            (Method::Get, Content::Json(Type::List(_))) => OperationKind::List,
            (Method::Get, _) => OperationKind::Get,
            _ => action.kind.unwrap_or(OperationKind::Action),
        };
        return (kind, &action.name);
    }
    let on_item = resource.item.is_some();
    match operation.method {
        Method::Head => (OperationKind::Get, "check_a_{P}_{one}{by}"),
        Method::Get | Method::Options | Method::Trace => match &operation.response.content {
            _ if on_item => (OperationKind::Get, "get_single_{P}_{one}{by}"),
            Content::Json(Type::List(_)) => (OperationKind::List, "list_all_{P}_{many}"),
            Content::Json(_) => (OperationKind::Get, "get_single_{P}_{one}"),
            _ => (OperationKind::Get, "download_a_{P}_{one}"),
        },
        Method::Post => (OperationKind::Create, "create_a_{P}_{one}{by}"),
        Method::Patch => (OperationKind::Update, "update_a_{P}_{one}{by}"),
        Method::Put => (OperationKind::Replace, "replace_a_{P}_{one}{by}"),
        Method::Delete => (OperationKind::Delete, "delete_a_{P}_{one}{by}"),
    }
}

/// Returns the kind of an operation whose name the profile defines: it is derived from the verb in that name.
pub fn kind_of_own(method: Method, kind: OperationKind, own: &str) -> OperationKind {
    let says = |verb: &str| own.starts_with(&format!("{verb}_"));
    let agrees = match kind {
        OperationKind::Create => says("create"),
        OperationKind::Update => says("update"),
        OperationKind::Replace => says("replace"),
        OperationKind::Delete => says("delete"),
        _ => true,
    };
    if agrees || method == Method::Get { kind } else { OperationKind::Action }
}

/// Returns `_by_id`, `_by_identifier`, or nothing.
pub fn by(operation: &Operation, resource: &ResourcePath<'_>, words: &Inflector<'_>) -> String {
    let Some(item) = &resource.item else {
        let id_in_query =
            operation.parameters_in(ParameterLocation::Query).any(|parameter| parameter.name == "id");
        let by_id = operation.method == Method::Delete && id_in_query;
        return if by_id { "_by_id".into() } else { String::new() };
    };
    if resource_path::is_vague(item) {
        return "_by_id".into();
    }
    let item = identifiers::split(item);
    let own = words.one(&resource.own);
    let said = match item.split_first() {
        Some((first, rest)) if !rest.is_empty() && own.last() == Some(first) => rest,
        _ => &item,
    };
    format!("_by_{}", said.join("_"))
}

/// The words that fill a form: parents, outermost first, and the resource itself in the form's number.
#[derive(Clone, Debug)]
pub struct Phrase {
    module: Vec<String>,
    parents: Vec<Vec<String>>,
    own: Vec<String>,
    top: bool,
    /// True if the path has no segment except the area's own.
    is_module: bool,
}

impl Phrase {
    /// Returns the phrase of `resource` for `form`.
    pub fn new(form: &str, resource: &ResourcePath<'_>, words: &Inflector<'_>) -> Self {
        let plural = form.contains("{many}");
        let own = match &resource.given {
            Some((one, many)) => if plural { many } else { one }.clone(),
            None if plural => words.many(&resource.own),
            None => words.one(&resource.own),
        };
        let top = resource.parents.is_empty() && resource.given.is_none();
        let is_module = top && resource.own == resource.module;
        Self { module: resource.module.clone(), parents: resource.parents.clone(), own, top, is_module }
    }

    /// Returns the parents and own words at a level: at level 0 and 1 with the module only if it adds
    /// information, at level 2 always, and from level 3 even if it is repeated.
    fn at(&self, level: usize) -> (Vec<Vec<String>>, Vec<String>) {
        let repeats = self.is_module || self.own.first().is_some_and(|word| self.module.last() == Some(word));
        let with_module = match level {
            0 | 1 => self.top && !repeats,
            2 => !self.parents.is_empty() || !repeats,
            _ => true,
        };
        let mut parents = self.parents.clone();
        if with_module {
            parents.insert(0, self.module.clone());
        }
        (parents, self.own.clone())
    }
}

/// A name, and the abbreviation table entries that made it fit.
pub struct Rendered<'a> {
    /// The full name.
    pub name: String,
    /// The table entries.
    pub abbreviations: Vec<&'a str>,
}

/// Returns the name at `level`: 0 plain, 1 with all parents, 2 with the module, 3 with the module even if
/// repeated, 4 with all of these. Returns `None` if it can't be made short enough.
pub fn render<'a>(
    form: &str,
    by: &str,
    prefix: &str,
    phrase: &Phrase,
    level: usize,
    words: &Inflector<'a>,
) -> Option<Rendered<'a>> {
    let (mut parents, mut own) = phrase.at(level);
    let keep_parents = level == 1 || level == 4;
    let fixed =
        ["{one}", "{many}"].iter().fold(form.replace("{by}", by), |form, slot| form.replace(slot, ""));
    let fixed_short = fixed.replace("{P}_", "").len();
    let fixed_full = fixed.replace("{P}", prefix).len();
    let has_noun = form.contains("{one}") || form.contains("{many}");
    let fits = |parents: &[Vec<String>], own: &[String]| {
        let noun = parents.iter().flatten().chain(own).map(|word| word.len() + 1).sum::<usize>();
        let noun = if has_noun { noun.saturating_sub(1) } else { 0 };
        fixed_short + noun <= SHORT_LIMIT && fixed_full + noun <= LIMIT
    };
    let mut abbreviations = Vec::new();
    while !fits(&parents, &own) {
        let longest = parents
            .iter_mut()
            .flatten()
            .chain(own.iter_mut())
            .filter_map(|word| Some((words.abbreviation(word)?, word)))
            .max_by_key(|(_, word)| word.len());
        if let Some(((short, entry), word)) = longest {
            *word = short;
            abbreviations.push(entry);
        } else if !keep_parents && parents.len() > 1 {
            // Next, the parents between the outermost one and the resource itself are dropped.
            parents.remove(1);
        } else {
            return None;
        }
    }
    let said: Vec<&str> = parents.iter().flatten().chain(&own).map(String::as_str).collect();
    let said = said.join("_");
    let name =
        form.replace("{one}", &said).replace("{many}", &said).replace("{by}", by).replace("{P}", prefix);
    Some(Rendered { name, abbreviations })
}

/// Returns the full name, however long it is.
pub fn spell(form: &str, by: &str, prefix: &str, phrase: &Phrase, words: &Inflector<'_>) -> String {
    let (parents, own) = phrase.at(0);
    let said: Vec<String> = parents
        .iter()
        .flatten()
        .chain(&own)
        .map(|word| words.abbreviation(word).map_or_else(|| word.clone(), |(short, _)| short))
        .collect();
    let said = said.join("_");
    form.replace("{one}", &said).replace("{many}", &said).replace("{by}", by).replace("{P}", prefix)
}

/// A form split into parts for titles and function names: `merge_a_{P}_{one}_now{by}` becomes `merge`, `a`,
/// `now`.
pub struct FormParts<'a> {
    /// The verb before the prefix, without its article.
    pub verb: &'a str,
    /// The article, or `all` or `single`.
    pub article: &'a str,
    /// True if the noun is plural.
    pub plural: bool,
    /// True if the form names the resource.
    pub has_noun: bool,
    /// Words between prefix and noun.
    pub before: &'a str,
    /// Words after the noun.
    pub after: &'a str,
    /// How the record is selected, if the form itself specifies it: `by_type_id`.
    pub by: &'a str,
}

/// Splits `form` into parts. If it has no noun, the words used instead are in `before`.
pub fn parts(form: &str) -> FormParts<'_> {
    let (head, rest) = form.split_once("{P}").unwrap_or((form, ""));
    let head = head.trim_matches('_');
    let (verb, article) = match head.rsplit_once('_') {
        Some((verb, article)) if ["a", "an", "all", "single", "the"].contains(&article) => (verb, article),
        _ => (head, ""),
    };
    let plural = rest.contains("{many}");
    let rest = rest.trim_matches('_').trim_end_matches("{by}");
    let slot = if plural { "{many}" } else { "{one}" };
    let has_noun = rest.contains(slot);
    let (before, after) = rest.split_once(slot).unwrap_or(("", rest));
    let (after, by) = after.split_at(after.find("_by_").unwrap_or(after.len()));
    let (before, after) = if has_noun { (before, after) } else { (after, "") };
    FormParts {
        verb,
        article,
        plural,
        has_noun,
        before: before.trim_matches('_'),
        after: after.trim_matches('_'),
        by: by.trim_matches('_'),
    }
}

/// Returns the words of a name.
pub fn words_of(name: &str) -> Vec<String> {
    name.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
