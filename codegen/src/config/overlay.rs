//! The overlay, which adds information about the API that its spec lacks.
//!
//! For example, it lists read-only fields, the list operation that supplies an ID, and tools that cover two operations.
//! Each rule about a field has a `reason`. When the reason no longer applies, remove the rule.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};
use toolcrate_catalog::FilterScalar;

use super::overlay_facts::{AnyOfFact, AttachmentFact, BodyFact, FormatFact, RequiredFact, WarningFact};
use super::pattern::matches;
use super::wording::{ArgumentPattern, ArgumentWords, FormatWords, Gloss};

/// `overlay.yaml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Overlay {
    /// Fields that a caller can't set. They are left out of write schemas.
    pub not_writable: Vec<FieldRule>,
    /// The name suffix of schemas that only point to a record, e.g. `Reference`.
    pub reference_suffix: Option<String>,
    /// The lists that supply reference IDs, if the name doesn't determine them.
    pub references: Vec<ReferenceRule>,
    /// The lists that supply argument values, if the path doesn't determine them.
    pub arguments: Vec<ArgumentRule>,
    /// Tools that cover more than one operation.
    pub bindings: Vec<ToolBinding>,
    /// Descriptions of operations that the spec doesn't describe.
    pub operations: IndexMap<String, OperationNote>,
    /// Explanations of records, by collection path, worded to fit in parentheses.
    pub resources: IndexMap<String, Gloss>,
    /// Sentences about models and their fields, keyed by schema name or `Schema.field`. Used only in the typed client's
    /// documentation.
    pub types: IndexMap<String, String>,
    /// The argument order of a model's constructor, if the document's order isn't natural: field names, by schema name.
    pub constructors: IndexMap<String, Vec<String>>,
    /// Descriptions of fields, by `Schema.field`.
    pub fields: IndexMap<String, String>,
    /// Better wording for descriptions of fields in the spec, by the spec's own text.
    pub rewordings: IndexMap<String, String>,
    /// The lives of records, step by step.
    pub lifecycles: Vec<Lifecycle>,
    /// Descriptions of arguments, by name and type.
    pub arguments_by_name: Vec<ArgumentWords>,
    /// Explanations of a `format`: one for a tool's first argument with that format, and one for the others.
    pub formats: IndexMap<String, FormatWords>,
    /// Arguments without a description, because their names are self-explanatory.
    pub self_explanatory: Vec<ArgumentPattern>,
    /// Arguments without a description, because no public source explains them.
    pub unexplained: Vec<ArgumentPattern>,
    /// Fields by which records can be filtered although the schema doesn't have them in that place.
    pub filter_fields: Vec<FilterField>,
    /// Fields that the API requires although the document doesn't.
    pub required: Vec<RequiredFact>,
    /// Groups of fields of which the API requires at least one.
    pub any_of: Vec<AnyOfFact>,
    /// Fields that have no effect while others are set.
    pub warnings: Vec<WarningFact>,
    /// Bodies whose `id` identifies the record to attach.
    pub attachments: Vec<AttachmentFact>,
    /// Bodies that the document lacks.
    pub bodies: Vec<BodyFact>,
    /// Forms of strings that the document doesn't state.
    pub field_formats: Vec<FormatFact>,
    /// Example arguments for calls, by operation.
    pub examples: IndexMap<String, Vec<Map<String, Value>>>,
}

/// A rule about fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// The field name; `*` matches any text.
    pub field: String,
    /// The schemas to which the rule applies (same pattern syntax); all by default.
    #[serde(default)]
    pub schemas: Vec<String>,
    /// Schemas to which the rule doesn't apply.
    #[serde(default)]
    pub except: Vec<String>,
    /// True if the rule applies only where the schema is the body itself rather than part of one, and doesn't require
    /// the field.
    #[serde(default)]
    pub record_only: bool,
    /// The reason for the rule.
    pub reason: String,
}

/// The source of a reference's ID.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceRule {
    /// The reference's schema.
    pub schema: String,
    /// The list operation, `GET /path`.
    pub list: String,
}

/// The source of an argument's value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArgumentRule {
    /// The parameter's name in the request.
    pub parameter: String,
    /// The paths to which the rule applies, as spelled in the spec; `*` matches any text.
    pub path: String,
    /// The list operation, `GET /path`.
    pub list: String,
    /// The row field that contains the value.
    #[serde(default = "id")]
    pub field: String,
}

fn id() -> String {
    "id".to_owned()
}

/// Another operation that a tool performs if `when` is among the arguments.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolBinding {
    /// The tool's main operation, `GET /path`.
    pub tool: String,
    /// The argument that selects this binding.
    pub when: String,
    /// The other operation, `GET /path`.
    pub operation: String,
    /// The argument's description.
    pub description: String,
}

/// A record's lifecycle, as the operations that drive it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// The record that has the lifecycle, such as `purchase order`.
    pub name: String,
    /// The steps, first to last.
    pub steps: Vec<Step>,
}

/// A step in a record's lifecycle.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The step in a few words, such as `receive its lines`.
    pub name: String,
    /// The operations that perform it, `POST /path`.
    pub operations: Vec<String>,
    /// A note about the step, as a sentence.
    #[serde(default)]
    pub note: Option<String>,
}

/// A field by which records can be filtered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterField {
    /// The path in a condition.
    pub field: String,
    /// The type of its values.
    pub kind: FilterScalar,
    /// A field that exists on all records to which this applies.
    pub beside: String,
    /// The reason for the entry.
    pub reason: String,
}

/// An operation's description, for people and models.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperationNote {
    /// A title that replaces the generated one.
    pub title: Option<String>,
    /// One to three sentences that replace the generated description.
    #[serde(default)]
    pub description: Option<String>,
    /// Why a call does more than read, although its method or name suggests otherwise, e.g. `It sends an e-mail.`
    #[serde(default)]
    pub acts: Option<String>,
    /// How a call can reach records outside its own part of the API.
    #[serde(default)]
    pub reaches_everything: Option<String>,
}

impl Overlay {
    /// Returns the paths of all entries that must apply at least once.
    pub fn entries(&self) -> Vec<String> {
        let mut entries: Vec<String> = Vec::new();
        entries.extend(self.not_writable.iter().map(FieldRule::entry));
        entries.extend(self.references.iter().map(|rule| format!("references.{}", rule.schema)));
        entries.extend(self.arguments.iter().map(ArgumentRule::entry));
        entries.extend(self.bindings.iter().map(ToolBinding::entry));
        entries.extend(self.operations.keys().map(|key| format!("operations.{key}")));
        entries.extend(self.resources.keys().map(|key| format!("resources.{key}")));
        entries.extend(self.types.keys().map(|key| format!("types.{key}")));
        entries.extend(self.constructors.keys().map(|key| format!("constructors.{key}")));
        entries.extend(self.fields.keys().map(|key| format!("fields.{key}")));
        entries.extend(self.rewordings.keys().map(|text| format!("rewordings.{text}")));
        for lifecycle in &self.lifecycles {
            let steps = lifecycle.steps.iter().flat_map(|step| &step.operations);
            entries.extend(steps.map(|operation| format!("lifecycles.{}.{operation}", lifecycle.name)));
        }
        entries.extend(self.arguments_by_name.iter().map(ArgumentWords::entry));
        entries.extend(self.formats.keys().map(|format| format!("formats.{format}")));
        entries.extend(self.self_explanatory.iter().map(|pattern| format!("self_explanatory.{}", pattern.0)));
        entries.extend(self.unexplained.iter().map(|pattern| format!("unexplained.{}", pattern.0)));
        entries.extend(self.filter_fields.iter().map(|field| format!("filter_fields.{}", field.field)));
        entries.extend(self.required.iter().map(RequiredFact::entry));
        entries.extend(self.any_of.iter().map(AnyOfFact::entry));
        entries.extend(self.warnings.iter().map(WarningFact::entry));
        entries.extend(self.attachments.iter().map(AttachmentFact::entry));
        entries.extend(self.bodies.iter().map(BodyFact::entry));
        let formats = self.field_formats.iter().flat_map(|fact| &fact.fields);
        entries.extend(formats.map(|field| FormatFact::entry(field)));
        entries.extend(self.examples.keys().map(|key| format!("examples.{key}")));
        entries
    }
}

impl FieldRule {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        let schemas =
            if self.schemas.is_empty() { String::new() } else { format!(" of {}", self.schemas.join(",")) };
        format!("not_writable.{}{schemas}", self.field)
    }

    /// Returns true if the rule applies to `field` of `schema`.
    pub fn covers(&self, schema: &str, field: &str) -> bool {
        matches(&self.field, field)
            && (self.schemas.is_empty() || self.schemas.iter().any(|pattern| matches(pattern, schema)))
            && !self.except.iter().any(|pattern| matches(pattern, schema))
    }
}

impl ArgumentRule {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        format!("arguments.{} of {}", self.parameter, self.path)
    }

    /// Returns true if the rule applies to that parameter of that path.
    pub fn covers(&self, path: &str, parameter: &str) -> bool {
        self.parameter == parameter && matches(&self.path, path)
    }
}

impl ToolBinding {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        format!("bindings.{} when {}", self.tool, self.when)
    }
}
