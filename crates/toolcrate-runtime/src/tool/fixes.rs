//! Proposes a fix for each invalid argument: rename it, replace its value, or omit it. If only the caller can correct
//! an argument, no fix is proposed.

use std::cell::OnceCell;
use std::collections::HashSet;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::coercion::{Readings, is_taken};
use super::shorthand::{TEXT_KEYS, is_reference, text_keys};
use super::truncate::json_size;
use super::unknown_arguments::UnknownArgument;
use super::{coercion, loose_values, nulls};
use crate::api::FilterGrammar;
use crate::date_suggestion;
use crate::error::{FieldError, Fix, FixOperation, split_pointer};
use crate::filter::check_conditions;
use crate::nearest::{MAX_EXPLAINED, letters, nearest};
use crate::patch::{escape, unescape};

/// Maximum size of the values in a fix.
const MAX_VALUE_BYTES: usize = 8192;

/// A call whose arguments are invalid.
pub(super) struct InvalidCall {
    /// The errors, one for each invalid argument.
    pub(super) problems: Vec<FieldError>,
    /// The arguments after coercion.
    pub(super) arguments: Value,
    pub(super) readings: Readings,
    /// The index of the selected binding; `None` for the main operation.
    pub(super) binding: Option<usize>,
}

/// The context for deriving fixes.
pub(super) struct FixContext<'a> {
    /// The schema of the arguments.
    pub(super) schema: &'a Value,
    /// The arguments after coercion.
    pub(super) arguments: &'a Value,
    pub(super) readings: &'a Readings,
    /// The required arguments.
    pub(super) required: &'a [&'a str],
    /// True if the tool is read-only, so an optional argument can safely be omitted.
    pub(super) is_read_only: bool,
    /// The tool's name; empty if there is none.
    pub(super) tool: &'a str,
    /// The argument with the page size, if the API's lists have pages.
    pub(super) page_size: Option<&'a str>,
    /// The API's filter grammar, if the tool accepts a filter.
    pub(super) filter: Option<&'a FilterGrammar>,
    /// The names of the fields by which the tool can filter.
    pub(super) filter_fields: &'a dyn Fn() -> Vec<String>,
}

/// Adds fixes to those of `problems` that have none yet, if one can be derived.
pub(super) fn propose(context: &FixContext<'_>, problems: &mut [FieldError]) {
    let proposer = Proposer { context, now: OffsetDateTime::now_utc(), fields: OnceCell::new() };
    let mut taken: HashSet<String> = HashSet::new();
    for problem in problems.iter_mut().filter(|problem| problem.fix.is_none()).take(MAX_EXPLAINED) {
        let fix = proposer.fix(problem).filter(is_bounded);
        // Two fixes must not set the same argument.
        let Some(fix) = fix.filter(|fix| targets(fix).all(|target| !taken.contains(target))) else {
            continue;
        };
        taken.extend(targets(&fix).map(str::to_owned));
        problem.fix = Some(proposer.written_out(problem, fix));
    }
}

fn targets(fix: &Fix) -> impl Iterator<Item = &str> {
    fix.operations().iter().filter_map(FixOperation::target)
}

fn is_bounded(fix: &Fix) -> bool {
    let size = |operation: &FixOperation| match operation {
        FixOperation::Add { value, .. } | FixOperation::Replace { value, .. } => json_size(value),
        FixOperation::Remove { .. } | FixOperation::Move { .. } => 0,
    };
    fix.operations().iter().map(size).sum::<usize>() <= MAX_VALUE_BYTES
}

struct Proposer<'a> {
    context: &'a FixContext<'a>,
    now: OffsetDateTime,
    fields: OnceCell<Vec<String>>,
}

impl Proposer<'_> {
    fn fix(&self, problem: &FieldError) -> Option<Fix> {
        let pointer = problem.pointer.as_str();
        let value = self.context.arguments.pointer(pointer);
        if self.is_in_filter(pointer) {
            return self.filter_fix(problem, value?);
        }
        match problem.code.as_str() {
            "unknown" => self.unknown(pointer, value?),
            "missing" => None,
            "conflict" if pointer.matches('/').count() == 1 => Some(Fix::remove(pointer)),
            "conflict" => None,
            // Without the conditions, the result still includes every row that they match.
            "conditions" => self.left_out(pointer).filter(|_| self.context.is_read_only),
            "empty" => self.left_out(pointer),
            _ => self.wrong(pointer, value?),
        }
    }

    /// Fixes a value that the schema doesn't allow.
    fn wrong(&self, pointer: &str, value: &Value) -> Option<Fix> {
        let schema = schema_at(self.context.schema, pointer)?;
        if let Some(moved) = self.other_condition(pointer, value) {
            return Some(moved);
        }
        let suggested = loose_values::within_bounds(schema, value).or_else(|| {
            loose_values::suggest(schema, value, self.now).filter(|suggested| suggested != value)
        });
        if let Some(suggested) = suggested {
            return Some(Fix::replace(pointer, suggested));
        }
        let is_harmless = self.context.is_read_only && pointer.matches('/').count() == 1;
        if loose_values::is_nothing(value) || is_harmless { self.left_out(pointer) } else { None }
    }

    /// Fixes a filter passed as a string, or conditions passed as an object.
    fn other_condition(&self, pointer: &str, value: &Value) -> Option<Fix> {
        let grammar = self.context.filter?;
        let arguments = self.context.arguments.as_object()?;
        let at = |name: &str| format!("/{}", escape(name));
        let is_free = |name: &str| !arguments.contains_key(name);
        match value {
            Value::String(text) if pointer == at(grammar.argument) && is_free(grammar.conditions) => {
                let conditions = readable_conditions(text)?;
                let moved = Fix::rename(pointer, at(grammar.conditions));
                if conditions == *text {
                    return Some(moved);
                }
                let value = Value::from(conditions);
                Some(Fix::from_operations(vec![
                    FixOperation::Remove { path: pointer.to_owned() },
                    FixOperation::Add { path: at(grammar.conditions), value },
                ]))
            }
            Value::Object(_) | Value::Array(_)
                if pointer == at(grammar.conditions) && is_free(grammar.argument) =>
            {
                Some(Fix::rename(pointer, at(grammar.argument)))
            }
            _ => None,
        }
    }

    /// Fixes an argument or property that the schema doesn't define.
    fn unknown(&self, pointer: &str, value: &Value) -> Option<Fix> {
        let (parent, name) = split_pointer(pointer)?;
        let schema = schema_at(self.context.schema, parent)?;
        let given = match self.context.arguments.pointer(parent)? {
            Value::Object(given) => given,
            // The name of an argument, for example one to clear, or the path of one within an open object.
            Value::Array(_) => {
                let arguments = self.context.schema.get("properties")?.as_object()?;
                let inner = arguments.iter().filter(|(_, node)| !is_closed(node)).flat_map(|(name, node)| {
                    let inner = node.get("properties").and_then(Value::as_object).into_iter().flatten();
                    inner.map(move |(inner, _)| format!("{name}/{inner}"))
                });
                let names: Vec<String> = arguments.keys().cloned().chain(inner).collect();
                let near = nearest(value.as_str()?, names.iter().map(String::as_str));
                return near.first().map(|near| Fix::replace(pointer, *near));
            }
            _ => return None,
        };
        let mut nodes = std::iter::once(schema).chain(nulls::branches(schema));
        let node = nodes.find(|node| node.get("properties").is_some_and(Value::is_object))?;
        let known = node.get("properties").and_then(Value::as_object)?;
        let unknown = UnknownProperty { pointer, parent, name: &name, value, schema, known, given };
        let argument = UnknownArgument { pointer, name: &name, value, known, given };
        let argument = parent.is_empty().then_some(argument);
        let fix =
            unknown.unwrapped().or_else(|| self.by_meaning(argument.as_ref()?)).or_else(|| unknown.fix());
        if fix.is_some() || argument.is_some_and(|argument| self.selects_records(&argument)) {
            return fix;
        }
        // An open object contains data under names chosen by the caller, such as captions, so nothing is dropped from
        // it.
        is_closed(node).then(|| Fix::remove(pointer))
    }

    /// Fixes an unknown argument of the call by its usual meaning.
    fn by_meaning(&self, argument: &UnknownArgument<'_>) -> Option<Fix> {
        let size = || argument.page_size(self.context.page_size?);
        let field = || argument.filter_field(self.context.filter?.argument, self.filter_fields());
        argument.record_id(self.context.tool).or_else(size).or_else(field)
    }

    fn selects_records(&self, argument: &UnknownArgument<'_>) -> bool {
        self.context.filter.is_some() && argument.selects_records(self.filter_fields())
    }

    fn filter_fields(&self) -> &[String] {
        self.fields.get_or_init(|| (self.context.filter_fields)())
    }

    /// Removes an argument, unless it is required.
    fn left_out(&self, pointer: &str) -> Option<Fix> {
        let (parent, name) = split_pointer(pointer)?;
        let required = schema_at(self.context.schema, parent)?.get("required").and_then(Value::as_array);
        let is_required = required.is_some_and(|names| names.iter().any(|required| *required == name))
            || parent.is_empty() && self.context.required.contains(&name.as_str());
        let is_property = self.context.arguments.pointer(parent).is_some_and(Value::is_object);
        (is_property && !is_required).then(|| Fix::remove(pointer))
    }

    fn is_in_filter(&self, pointer: &str) -> bool {
        let argument = self.context.filter.map(|grammar| format!("/{}/", escape(grammar.argument)));
        argument.is_some_and(|argument| pointer.starts_with(&argument))
    }

    /// Fixes a field, an operator or a value in a filter.
    fn filter_fix(&self, problem: &FieldError, value: &Value) -> Option<Fix> {
        let pointer = problem.pointer.as_str();
        let (parent, name) = split_pointer(pointer)?;
        match problem.code.as_str() {
            "unknown" => {
                let fields = self.filter_fields();
                let named = value.get("field").and_then(Value::as_str);
                let fields = || fields.iter().map(String::as_str);
                // A test's pointer ends with its operator, preceded by the field.
                let written = named.unwrap_or(&name);
                if let Some(near) = nearest(written, fields()).first() {
                    return Some(match named {
                        Some(_) => Fix::replace(format!("{pointer}/field"), *near),
                        None => Fix::rename(pointer, format!("{parent}/{}", escape(near))),
                    });
                }
                let (above, field) = split_pointer(parent)?;
                let near = *nearest(&field, fields()).first().filter(|_| above.len() > 1)?;
                Some(Fix::rename(parent, format!("{above}/{}", escape(near))))
            }
            "empty" => self.left_out(pointer),
            "operator" => {
                let word = name.to_lowercase().replace(['_', '-'], " ");
                let operator = OPERATORS.iter().find(|(word_for, _)| *word_for == word)?.1;
                Some(Fix::rename(pointer, format!("{parent}/{}", escape(operator))))
            }
            "value" => {
                let kinds = ["integer", "number", "boolean"];
                let suggested = date_suggestion::suggest(value, self.now).map(Value::from);
                let numbers = || {
                    let schemas = kinds.iter().map(|kind| serde_json::json!({"type": kind}));
                    let mut found =
                        schemas.filter_map(|schema| loose_values::suggest(&schema, value, self.now));
                    found.next()
                };
                let text = || value.is_number().then(|| Value::from(value.to_string()));
                suggested.or_else(numbers).or_else(text).map(|value| Fix::replace(pointer, value))
            }
            _ => None,
        }
    }

    /// Prepends the coercion of an enclosing argument to the fix, because the pointers of the fix are valid only after
    /// it.
    fn written_out(&self, problem: &FieldError, fix: Fix) -> Fix {
        let pointers = || fix.operations().iter().flat_map(FixOperation::pointers);
        let reading = self.context.readings.writing_out(&problem.pointer);
        let reading = reading.or_else(|| pointers().find_map(|at| self.context.readings.writing_out(at)));
        match reading.cloned() {
            Some(operation) => fix.after(operation),
            None => fix,
        }
    }
}

/// Words that callers use instead of a filter's operators.
const OPERATORS: [(&str, &str); 14] = [
    ("is", "="),
    ("equals", "="),
    ("equal", "="),
    ("not", "!="),
    ("not equals", "!="),
    ("is not", "!="),
    ("greater than", ">"),
    ("after", ">"),
    ("since", ">="),
    ("from", ">="),
    ("less than", "<"),
    ("before", "<"),
    ("to", "<="),
    ("one of", "in"),
];

/// Returns conditions that the grammar accepts, if `text` can be converted.
fn readable_conditions(text: &str) -> Option<String> {
    if check_conditions(text).is_ok() {
        return Some(text.to_owned());
    }
    let normalized = text.replace("==", "=").replace("<>", "!=").replace("&&", " and ").replace("||", " or ");
    check_conditions(&normalized).is_ok().then_some(normalized)
}

/// A property that its object's schema doesn't define.
struct UnknownProperty<'a> {
    pointer: &'a str,
    /// The pointer to its object.
    parent: &'a str,
    name: &'a str,
    value: &'a Value,
    /// The schema of its object.
    schema: &'a Value,
    /// The schemas of the object's allowed properties.
    known: &'a Map<String, Value>,
    /// The object's actual properties.
    given: &'a Map<String, Value>,
}

impl UnknownProperty<'_> {
    fn fix(&self) -> Option<Fix> {
        self.path_of_reference().or_else(|| self.similar()).or_else(|| self.moved_into_free_object())
    }

    /// Returns the pointer to another property of the object.
    fn sibling(&self, name: &str) -> String {
        format!("{}/{}", self.parent, escape(name))
    }

    /// Moves a value to another location.
    fn replaced_by(&self, path: String, value: Value) -> Fix {
        let remove = FixOperation::Remove { path: self.pointer.to_owned() };
        Fix::from_operations(vec![remove, FixOperation::Add { path, value }])
    }

    /// Unwraps arguments that are nested in an extra object: `{"body": {"summary": "x"}}`.
    fn unwrapped(&self) -> Option<Fix> {
        let fields = loose_values::fields_of(self.value)?;
        let count = fields.keys().filter(|name| self.known.contains_key(*name)).count();
        let is_free = fields.keys().all(|name| !self.given.contains_key(name));
        if count == 0 || count * 2 < fields.len() || !is_free {
            return None;
        }
        let remove = FixOperation::Remove { path: self.pointer.to_owned() };
        if self.value.is_object() {
            let move_up = |name: &String| FixOperation::Move {
                from: format!("{}/{}", self.pointer, escape(name)),
                path: self.sibling(name),
            };
            return Some(Fix::from_operations(fields.keys().map(move_up).chain([remove]).collect()));
        }
        let add =
            fields.into_iter().map(|(name, value)| FixOperation::Add { path: self.sibling(&name), value });
        Some(Fix::from_operations(std::iter::once(remove).chain(add).collect()))
    }

    /// Moves part of a reference that was passed as a separate argument into the reference: `company_id`, `company/id`,
    /// `company.id` or `boardName`.
    fn path_of_reference(&self) -> Option<Fix> {
        let word = letters(self.name);
        self.known.iter().find_map(|(reference, schema)| {
            let rest = word.strip_prefix(&letters(reference))?;
            let mut keys = ["id"].into_iter().chain(text_keys(schema));
            let key = keys.find(|key| *key == rest).filter(|_| is_reference(schema))?;
            let path = self.sibling(reference);
            match self.given.get(reference) {
                None => Some(self.replaced_by(path, serde_json::json!({ key: self.value }))),
                Some(Value::Object(fields)) if !fields.contains_key(key) => {
                    Some(self.replaced_by(format!("{path}/{key}"), self.value.clone()))
                }
                Some(_) => None,
            }
        })
    }

    /// Renames an argument to a declared one with a similar name whose schema accepts the value.
    fn similar(&self) -> Option<Fix> {
        let Self { name, value, known, given, .. } = *self;
        let is_in_reference = !self.parent.is_empty() && is_reference(self.schema);
        // A complete reference needs nothing more.
        if is_in_reference
            && (given.contains_key("id") || TEXT_KEYS.iter().any(|key| given.contains_key(*key)))
        {
            return None;
        }
        // `companyId` within the reference to a company.
        let ending = TEXT_KEYS.into_iter().chain(["id"]).find(|key| letters(name).ends_with(key));
        let ending = ending.filter(|key| is_in_reference && known.contains_key(*key));
        let near = ending.into_iter().chain(nearest(name, known.keys().map(String::as_str)));
        let near =
            near.into_iter().find(|near| !given.contains_key(*near) && could_be(&known[*near], value))?;
        let path = self.sibling(near);
        // A reference where the schema expects a bare ID.
        match value.get("id").filter(|id| !is_taken(&known[near], value) && is_taken(&known[near], id)) {
            Some(id) => Some(self.replaced_by(path, id.clone())),
            None => Some(Fix::rename(self.pointer, path)),
        }
    }

    /// Moves an argument into the only declared free-form object: `{"name": "x", "id": 1}` becomes
    /// `{"name": "x", "arguments": {"id": 1}}`.
    fn moved_into_free_object(&self) -> Option<Fix> {
        let is_free = |node: &Value| {
            node.get("type").is_some_and(|kind| kind == "object") && node.get("properties").is_none()
        };
        let mut free = self.known.iter().filter(|(_, node)| is_free(node)).map(|(name, _)| name);
        let object = free.next().filter(|_| self.parent.is_empty() && free.next().is_none())?;
        let path = self.sibling(object);
        let name = self.name;
        match self.given.get(object) {
            Some(Value::Object(fields)) if !fields.contains_key(name) => {
                Some(Fix::rename(self.pointer, format!("{path}/{}", escape(name))))
            }
            None => Some(self.replaced_by(path, serde_json::json!({ name: self.value }))),
            Some(_) => None,
        }
    }
}

fn is_closed(schema: &Value) -> bool {
    schema.get("additionalProperties") == Some(&Value::Bool(false))
}

/// Returns true if and only if a value is valid for a schema, possibly after coercion.
fn could_be(schema: &Value, value: &Value) -> bool {
    let mut read = value.clone();
    coercion::coerce(schema, &mut read);
    is_taken(schema, &read) || value.get("id").is_some_and(|id| is_taken(schema, id))
}

/// Returns the schema of the value at a pointer.
pub(super) fn schema_at<'s>(schema: &'s Value, pointer: &str) -> Option<&'s Value> {
    let mut node = schema;
    for segment in pointer.split('/').skip(1) {
        let name = unescape(segment);
        node = match nulls::member_schema(node, &name) {
            Some(member) => member,
            None => nulls::item_schema(node).filter(|_| name.parse::<usize>().is_ok())?,
        };
    }
    Some(node)
}
