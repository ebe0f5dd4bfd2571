//! Validates arguments before anything is sent. One error contains all problems, each with a pointer and a message that
//! a model can act on. Compiled schemas are cached.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value, json};
use toolcrate_catalog::{
    ArgumentLocation, BindingRecord, BodyFormat, OperationRef, RequestRecord, ToolRecord,
};

use super::argument_locations::record_name;
use super::argument_schema::ArgumentSchema;
use super::catalog::{Catalog, Tool};
use super::clear::{self, Cleared};
use super::coercion::{Readings, Reinterpretation};
use super::fixes::{self, FixContext, InvalidCall};
use super::{raw_operations, rules, schema, validation_errors};
use crate::api::{Api, FilterGrammar};
use crate::custom_fields::with_custom_fields;
use crate::custom_fields::{AccountFields, FieldScope, emptied_item, is_same_field, to_api};
use crate::dialect::is_list;
use crate::error::{Error, FieldError};
use crate::filter::{self, FilterTable};
use crate::host_arguments::HostArguments;

/// Maximum number of cached schemas: a session uses a handful, and one may take 100 KB.
const MAX_CACHED: usize = 128;

/// The compiled schemas of called tools, by the address of their lines in memory.
#[derive(Default)]
pub(crate) struct ToolValidators(Mutex<HashMap<usize, Arc<ToolValidator>>>);

impl ToolValidators {
    pub(super) fn get(&self, tool: Tool) -> Result<Arc<ToolValidator>, Error> {
        let key = tool.line().as_ptr().addr();
        // A panic elsewhere leaves the map consistent.
        if let Some(check) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(check));
        }
        // Compiled outside the lock; two tasks may do so concurrently, which is harmless.
        let check = Arc::new(ToolValidator::new(tool)?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_CACHED {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&check));
        Ok(check)
    }
}

/// A tool, ready to validate arguments.
pub(super) struct ToolValidator {
    pub(super) record: ToolRecord<'static>,
    schema: ArgumentSchema,
    /// The declared schema, once a dialect has needed it.
    declared: OnceLock<Value>,
    /// True if the tool is a list; determined when it is first needed.
    list: OnceLock<bool>,
    /// Properties of the shape, if they are sent in the query.
    in_query: BTreeSet<String>,
    pub(super) api: &'static Api,
    catalog: &'static Catalog,
}

/// Valid arguments.
pub(super) struct Accepted<'c> {
    /// The arguments that are present, without meaningless nulls.
    pub(super) arguments: Map<String, Value>,
    /// The arguments before the fields to clear were removed.
    pub(super) decoded: Map<String, Value>,
    /// The arguments that were converted.
    pub(super) readings: Readings,
    /// The fields that an update clears.
    pub(super) cleared: Cleared,
    /// The index of the selected binding; `None` for the main operation.
    pub(super) binding: Option<usize>,
    pub(super) operation: OperationRef<'c, 'static>,
}

impl Accepted<'_> {
    /// Converts the call to one that turned out to be invalid.
    pub(super) fn into_invalid(self, problems: Vec<FieldError>) -> InvalidCall {
        let Self { decoded, readings, binding, .. } = self;
        InvalidCall { problems, arguments: Value::Object(decoded), readings, binding }
    }

    /// Returns the reports of converted arguments.
    pub(super) fn reinterpretations(&self) -> Vec<Reinterpretation> {
        self.readings.to_reports()
    }
}

impl ToolValidator {
    fn new(tool: Tool) -> Result<Self, Error> {
        let record = tool.details();
        let mut schema = tool.input_schema_value();
        for (name, target) in &record.request.arguments {
            let node = &mut schema["properties"][name.as_ref()];
            match target.location {
                // A filter may also be a list of tests; its contents are checked when it is compiled.
                ArgumentLocation::Filter => node["type"] = json!(["object", "array"]),
                // A raw change may set any value.
                ArgumentLocation::Patch => node["items"]["properties"]["value"] = json!({}),
                _ => {}
            }
        }
        let api = tool.catalog().api();
        // So may fields keyed by caption, which the API itself represents as a list.
        if let Some(fields) = &api.custom_fields {
            allow_list(&mut schema, fields.member);
        }
        // The raw conditions that a filter is compiled to are always accepted; the schema leaves out conditions that
        // can't match anything according to the API description.
        let raw = record.request.filter.is_some().then_some(api.filter).flatten();
        let raw = raw.map_or([None; 2], |grammar| {
            [Some(grammar.child_conditions), Some(grammar.custom_field_conditions)]
        });
        let raw: Vec<&str> =
            raw.into_iter().flatten().filter(|name| schema["properties"].get(*name).is_none()).collect();
        for name in &raw {
            schema["properties"][*name] = json!({"type": "string"});
        }
        close(&mut schema);
        // Choices between arguments are checked separately, with a message that explains the choice.
        for keyword in schema::CHOICE_KEYWORDS {
            schema.as_object_mut().map(|schema| schema.remove(keyword));
        }
        let schema = ArgumentSchema::new(schema)
            .map_err(|error| Error::configuration(format!("{}: {}", tool.name(), error.message())))?;
        let shape = tool.shape(&record).filter(|shape| shape.location == ArgumentLocation::Query);
        let mut in_query: BTreeSet<String> =
            shape.into_iter().flat_map(|shape| shape.properties.names()).collect();
        in_query.extend(raw.into_iter().map(str::to_owned));
        let catalog = tool.catalog();
        Ok(Self { record, schema, declared: OnceLock::new(), list: OnceLock::new(), in_query, api, catalog })
    }

    /// Returns the schema declared to models; the one that validates arguments accepts more.
    pub(super) fn declared(&self) -> &Value {
        self.declared
            .get_or_init(|| schema::parse(self.record.name, &schema::input(self.catalog, &self.record.input)))
    }

    /// Returns true if `tool`, which must be the one that this validates, is a list that can be continued with a
    /// cursor.
    pub(super) fn is_list(&self, tool: Tool) -> bool {
        *self.list.get_or_init(|| is_list(&self.record, &tool.argument_locations(&self.record)))
    }

    /// Returns the method and path template, for messages.
    pub(super) fn label(&self) -> String {
        format!("{} {}", self.record.http.method, self.record.http.path)
    }

    /// Returns the fields by which the resource called `name` can be filtered.
    pub(super) fn filter(&self, name: Option<&str>) -> Option<FilterTable<'static>> {
        self.catalog.filters().get(name?).map(FilterTable::new)
    }

    /// Returns true if the argument is a shape property that is sent in the query.
    pub(super) fn is_query(&self, name: &str) -> bool {
        self.in_query.contains(name)
    }

    /// Returns true if a structured filter is compiled to this query parameter.
    pub(super) fn is_compiled(&self, parameter: &str) -> bool {
        self.record.request.filter.is_some()
            && self.api.filter.is_some_and(|grammar| {
                [grammar.conditions, grammar.child_conditions, grammar.custom_field_conditions]
                    .contains(&parameter)
            })
    }

    /// Returns the schema that validates arguments.
    pub(super) fn schema(&self) -> &Value {
        self.schema.as_value()
    }

    /// Returns the schema of an argument.
    pub(super) fn property(&self, name: &str) -> Option<&Value> {
        self.schema.property(name)
    }

    /// Coerces arguments to the schema.
    fn read(&self, arguments: &mut Value, host_arguments: &HostArguments) -> Readings {
        let mut readings = self.schema.coerce(arguments, host_arguments);
        if let Some((argument, grammar, table)) = self.filter_argument()
            && let Some(value) = arguments.get_mut(argument)
            && filter::flatten(&table, grammar.custom_fields, value)
        {
            readings.push_value(&validation_errors::pointer("", argument), value);
        }
        readings
    }

    /// Returns the argument for a structured filter, if the tool has one.
    fn filter_argument(&self) -> Option<(&str, &'static FilterGrammar, FilterTable<'static>)> {
        let arguments = &self.record.request.arguments;
        let (argument, _) =
            arguments.iter().find(|(_, target)| target.location == ArgumentLocation::Filter)?;
        let table = self.filter(self.record.request.filter.as_deref())?;
        Some((argument, self.api.filter.as_ref()?, table))
    }

    /// Validates arguments and selects the operation that they are for.
    ///
    /// # Errors
    /// Returns all problems at once.
    pub(super) fn accept(
        &self,
        arguments: Map<String, Value>,
        host_arguments: &HostArguments,
        account_fields: Option<&AccountFields>,
    ) -> Result<Accepted<'_>, Box<InvalidCall>> {
        let mut instance = Value::Object(arguments);
        let readings = self.read(&mut instance, host_arguments);
        let given = |name: &str| instance.get(name).is_some_and(|value| !value.is_null());
        let chosen = self.record.bindings.iter().position(|binding| given(&binding.when));
        let binding = chosen.map(|number| &self.record.bindings[number]);
        let operation = self.record.operation(chosen);
        let request = operation.request;
        if request.body == BodyFormat::Patch
            && let Some(members) = instance.as_object_mut()
        {
            // An update clears only the fields named in `clear`, whether or not the schema allows null.
            members.retain(|name, value| !value.is_null() || !self.is_field(request, name));
        }
        let source = |pointer: &str| self.source(pointer);
        let mut problems = self.schema.problems(&instance, &source);
        let Value::Object(mut arguments) = instance else { unreachable!("it was made an object above") };
        let missing = self.missing_arguments(operation, &arguments);
        problems.extend(missing.map(|name| validation_errors::missing(self.schema(), name, &source)));
        if binding.is_none() {
            problems.extend(rules::missing_choices(&self.record.input.any_of, &arguments));
        }
        problems.extend(self.conflicts(request, binding, &arguments));
        let known = self.schema().get("properties").and_then(Value::as_object);
        let custom = self.api.custom_fields.as_ref().map(|fields| fields.member);
        let is_field = |name: &str| self.is_field(request, name);
        problems.extend(raw_operations::problems(request, &arguments, is_field));
        let decoded = arguments.clone();
        let cleared = clear::extract(&mut arguments, request, known, is_field, custom, &mut problems);
        let mut accepted = Accepted { arguments, decoded, readings, cleared, binding: chosen, operation };
        let is_valid = problems.is_empty();
        problems.extend(self.convert(&mut accepted, account_fields));
        if !is_valid {
            problems.extend(self.filter_problems(&accepted.decoded));
        }
        validation_errors::tidy(&mut problems);
        if problems.is_empty() { Ok(accepted) } else { Err(Box::new(accepted.into_invalid(problems))) }
    }

    /// Returns the names of an operation's missing required arguments.
    fn missing_arguments<'a>(
        &self,
        operation: OperationRef<'a, 'a>,
        arguments: &'a Map<String, Value>,
    ) -> impl Iterator<Item = &'a str> {
        // An optional body must be complete if it is present.
        let has_body = arguments.keys().any(|name| self.is_field(operation.request, name));
        let of_body = operation.request.body_required.iter().flatten().filter(move |_| has_body);
        let required = operation.required.iter().chain(of_body);
        required.map(AsRef::as_ref).filter(|name| !arguments.contains_key(*name))
    }

    /// Returns the errors for arguments that belong to another operation and would silently have no effect.
    fn conflicts(
        &self,
        request: &RequestRecord<'_>,
        binding: Option<&BindingRecord<'_>>,
        arguments: &Map<String, Value>,
    ) -> impl Iterator<Item = FieldError> {
        let is_unused =
            |name: &&String| self.property(name).is_some() && !self.is_query(name) && !uses(request, name);
        arguments.keys().filter(is_unused).map(move |name| {
            let message = match binding {
                Some(binding) => format!("\"{name}\" can't be combined with \"{}\"", binding.when),
                None => format!("\"{name}\" has no effect with these arguments"),
            };
            FieldError::new(validation_errors::pointer("", name), "conflict", message)
        })
    }

    /// Returns the filter's errors. The request plan finds them too, but is built only from valid arguments.
    fn filter_problems(&self, arguments: &Map<String, Value>) -> Vec<FieldError> {
        let Some((argument, grammar, table)) = self.filter_argument() else { return Vec::new() };
        let value = arguments.get(argument).filter(|value| value.is_object() || value.is_array());
        let pointer = validation_errors::pointer("", argument);
        value.map(|value| filter::problems(&table, grammar, value, &pointer)).unwrap_or_default()
    }

    /// Returns a call's problems, with fixes.
    pub(super) fn propose_fixes(
        &self,
        invalid: InvalidCall,
        account_fields: Option<&AccountFields>,
    ) -> Vec<FieldError> {
        let InvalidCall { mut problems, arguments, readings, binding } = invalid;
        let required: Vec<&str> = self.record.operation(binding).required.iter().map(AsRef::as_ref).collect();
        let filter = self.filter_argument();
        let filter_fields = || {
            let table = filter.as_ref().map(|(_, _, table)| table);
            // A bare reference also counts as a field: `company` for `company/name`.
            let with_reference = |name: &str| {
                let reference = name.split_once('/').map(|(reference, _)| reference.to_owned());
                reference.into_iter().chain([name.to_owned()])
            };
            table.map(|table| table.names().flat_map(with_reference).collect()).unwrap_or_default()
        };
        let schema = self.schema_with_custom_fields(account_fields);
        let context = FixContext {
            schema: &schema,
            arguments: &arguments,
            readings: &readings,
            required: &required,
            is_read_only: self.record.annotations.read_only_hint,
            tool: self.record.name,
            page_size: self.api.paging.max_page_size().map(|(size, _)| size),
            filter: filter.as_ref().map(|(_, grammar, _)| *grammar),
            filter_fields: &filter_fields,
        };
        fixes::propose(&context, &mut problems);
        problems
    }

    /// Returns the argument schema, in which custom fields have their captions and types if they are known.
    fn schema_with_custom_fields(&self, account_fields: Option<&AccountFields>) -> Cow<'_, Value> {
        match self.api.custom_fields.as_ref().zip(self.custom_field_scope(account_fields)) {
            Some((fields, scope)) => Cow::Owned(with_custom_fields(self.schema(), fields.member, scope)),
            None => Cow::Borrowed(self.schema()),
        }
    }

    /// Returns the account's custom fields in the context of the tool's record, if the API describes them and they are
    /// known.
    fn custom_field_scope<'f>(&'f self, account_fields: Option<&'f AccountFields>) -> Option<FieldScope<'f>> {
        let format = self.api.custom_fields.as_ref()?.definitions.as_ref()?;
        Some(FieldScope { fields: account_fields?, format, record: record_name(&self.record, self.catalog) })
    }

    /// Converts custom fields keyed by caption to the API's list, including those to clear. Returns the errors.
    fn convert(
        &self,
        accepted: &mut Accepted<'_>,
        account_fields: Option<&AccountFields>,
    ) -> Vec<FieldError> {
        let mut problems = Vec::new();
        let Some(fields) = &self.api.custom_fields else { return problems };
        let scope = self.custom_field_scope(account_fields);
        let mut value = Value::Object(std::mem::take(&mut accepted.arguments));
        to_api(self.schema(), &mut value, fields, scope, "", &mut problems);
        if let Value::Object(converted) = value {
            accepted.arguments = converted;
        }
        for (pointer, caption) in std::mem::take(&mut accepted.cleared.captions) {
            let list = accepted.arguments.entry(fields.member).or_insert_with(|| json!([]));
            let Value::Array(items) = list else { continue };
            match emptied_item(&caption, fields, scope) {
                Ok(item) if items.iter().any(|other| is_same_field(other, &item, fields)) => {
                    problems.push(FieldError::new(pointer, "conflict", clear::conflict_message(&caption)));
                }
                Ok(item) => items.push(item),
                Err((code, message)) => problems.push(FieldError::new(pointer, code, message)),
            }
        }
        problems
    }

    /// Returns a sentence about the source of the value at `pointer`: the tool that lists it.
    fn source(&self, pointer: &str) -> Option<String> {
        let segments = pointer.split('/').filter(|part| !part.is_empty() && part.parse::<usize>().is_err());
        let argument = segments.collect::<Vec<_>>().join("/");
        let shape = self.record.input.shape.as_deref().and_then(|name| self.catalog.shapes().get(name));
        let shared = shape.map(|shape| shape.relations.as_slice()).unwrap_or_default();
        let mut relations = self.record.relations.iter().chain(shared);
        let relation = relations.find(|relation| relation.argument == argument)?;
        let with: Vec<String> =
            relation.with.iter().map(|(name, member)| format!("{name} from {member}")).collect();
        let with = if with.is_empty() { String::new() } else { format!(", with {}", with.join(" and ")) };
        Some(format!("Find one with {}{with}.", relation.tool))
    }

    /// Returns true if an argument is a field of the record that a request writes.
    fn is_field(&self, request: &RequestRecord<'_>, name: &str) -> bool {
        self.property(name).is_some()
            && match request.arguments.get(name) {
                Some(target) => target.location == ArgumentLocation::Body,
                None => !self.is_query(name),
            }
    }
}

/// Forbids properties that an object's schema doesn't list, at every depth. The catalog's schemas do so only at the
/// root, to stay short.
fn close(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    let named = members.get("properties").and_then(Value::as_object).is_some_and(|names| !names.is_empty());
    if named && !members.contains_key("additionalProperties") {
        members.insert("additionalProperties".to_owned(), json!(false));
    }
    for (_, node) in members.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        close(node);
    }
    if let Some(items) = members.get_mut("items") {
        close(items);
    }
}

/// Allows every object property with this name to be a list as well.
fn allow_list(schema: &mut Value, member: &str) {
    let Some(members) = schema.as_object_mut() else { return };
    for (name, node) in members.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        match node.get("type") {
            Some(kind) if name == member && kind == "object" => node["type"] = json!(["object", "array"]),
            _ => allow_list(node, member),
        }
    }
    if let Some(items) = members.get_mut("items") {
        allow_list(items, member);
    }
}

/// Returns true if an operation uses an argument.
fn uses(request: &RequestRecord<'_>, name: &str) -> bool {
    let has_members = matches!(
        request.body,
        BodyFormat::Object | BodyFormat::Patch | BodyFormat::Multipart | BodyFormat::UrlEncoded
    );
    has_members || request.arguments.contains_key(name)
}
