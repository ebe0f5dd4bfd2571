//! The overlay: facts about the API that its spec lacks.
//!
//! Examples are fields that a caller can't set, the list that supplies an ID, and a tool that covers two operations. Each
//! fact carries its reason, so that the next maintainer can judge it.

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
    /// Members that a caller can't set; left out of write schemas.
    pub not_writable: Vec<FieldRule>,
    /// How the names of schemas end that only point at a record, e.g. `Reference`.
    pub reference_suffix: Option<String>,
    /// The lists that have the IDs of references, where the name doesn't determine them.
    pub references: Vec<ReferenceRule>,
    /// The lists that have the values of arguments, where the path doesn't determine them.
    pub arguments: Vec<ArgumentRule>,
    /// Tools that cover more than one operation.
    pub bindings: Vec<ToolBinding>,
    /// Descriptions of operations that the spec doesn't describe.
    pub operations: IndexMap<String, OperationNote>,
    /// Explanations of records, by the collection's path: words that fit in parentheses.
    pub resources: IndexMap<String, Gloss>,
    /// Sentences about models and their fields, by the name of the schema or by `Schema.field`, for the documentation of the
    /// typed client alone.
    pub types: IndexMap<String, String>,
    /// The order of the arguments of a model's constructor, where that of the document is not natural: names of fields, by
    /// the name of the schema.
    pub constructors: IndexMap<String, Vec<String>>,
    /// Descriptions of fields, by `Schema.field`.
    pub fields: IndexMap<String, String>,
    /// The lives of records, step by step.
    pub lifecycles: Vec<Lifecycle>,
    /// Descriptions of arguments, by their names and types.
    pub arguments_by_name: Vec<ArgumentWords>,
    /// Explanations of a `format`: one for the first such argument of a tool, and one for the others.
    pub formats: IndexMap<String, FormatWords>,
    /// Arguments that are left without a description, as their names say everything.
    pub self_explanatory: Vec<ArgumentPattern>,
    /// Arguments that are left without a description, as no public source says what they mean.
    pub unexplained: Vec<ArgumentPattern>,
    /// Members that can be filtered by though the schema does not have them at that place.
    pub filter_fields: Vec<FilterField>,
    /// Fields that the API requires though the document doesn't.
    pub required: Vec<RequiredFact>,
    /// Groups of fields of which the API requires one.
    pub any_of: Vec<AnyOfFact>,
    /// Fields that have no effect while others are set.
    pub warnings: Vec<WarningFact>,
    /// Bodies whose `id` names the record to attach.
    pub attachments: Vec<AttachmentFact>,
    /// Bodies that the document lacks.
    pub bodies: Vec<BodyFact>,
    /// Forms of strings that the document doesn't state.
    pub field_formats: Vec<FormatFact>,
    /// Arguments that a call may have, by operation.
    pub examples: IndexMap<String, Vec<Map<String, Value>>>,
}

/// A rule about fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// The member's name; `*` stands for any text.
    pub field: String,
    /// Schemas the rule is for (same pattern); all by default.
    #[serde(default)]
    pub schemas: Vec<String>,
    /// Schemas it is not for.
    #[serde(default)]
    pub except: Vec<String>,
    /// Only where the schema is the body itself, not a part of one; and not where the schema requires it.
    #[serde(default)]
    pub record_only: bool,
    /// Why.
    pub reason: String,
}

/// Where the id of a reference comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceRule {
    /// The reference's schema.
    pub schema: String,
    /// The list operation, `GET /path`.
    pub list: String,
}

/// Where the value of an argument comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArgumentRule {
    /// The name of the parameter in the request.
    pub parameter: String,
    /// The paths it is for, as the spec spells them; `*` stands for any text.
    pub path: String,
    /// The list operation, `GET /path`.
    pub list: String,
    /// The member of a row that holds the value.
    #[serde(default = "id")]
    pub field: String,
}

fn id() -> String {
    "id".to_owned()
}

/// Another operation that a tool answers for, chosen when `when` is among the arguments.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolBinding {
    /// The tool's main operation, `GET /path`.
    pub tool: String,
    /// The argument that chooses this binding.
    pub when: String,
    /// The other operation, `GET /path`.
    pub operation: String,
    /// The description of the argument.
    pub description: String,
}

/// The life of a record, as the operations that carry it on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// The record whose life cycle it is, such as `purchase order`.
    pub name: String,
    /// The steps, first to last.
    pub steps: Vec<Step>,
}

/// A step in the life of a record.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The step in a few words, such as `receive its lines`.
    pub name: String,
    /// The operations that do it, `POST /path`.
    pub operations: Vec<String>,
    /// A note about the step, as a sentence.
    #[serde(default)]
    pub note: Option<String>,
}

/// A member that can be filtered by.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterField {
    /// The path in a condition.
    pub field: String,
    /// The type of its values.
    pub kind: FilterScalar,
    /// The records it is for: those that have this member.
    pub beside: String,
    /// Why.
    pub reason: String,
}

/// The description of an operation, for people and models.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperationNote {
    /// A title that takes the place of the generated one.
    pub title: Option<String>,
    /// One to three sentences that take the place of the generated description.
    #[serde(default)]
    pub description: Option<String>,
    /// Why a call does more than read, although its method or its name suggests otherwise, e.g. `It sends an e-mail.`
    #[serde(default)]
    pub acts: Option<String>,
    /// How a call reaches records beyond the part of the API that it belongs to.
    #[serde(default)]
    pub reaches_everything: Option<String>,
}

impl Overlay {
    /// The paths of all entries that must apply at least once.
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
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        let schemas =
            if self.schemas.is_empty() { String::new() } else { format!(" of {}", self.schemas.join(",")) };
        format!("not_writable.{}{schemas}", self.field)
    }

    /// Returns true if the rule covers `field` of `schema`.
    pub fn covers(&self, schema: &str, field: &str) -> bool {
        matches(&self.field, field)
            && (self.schemas.is_empty() || self.schemas.iter().any(|pattern| matches(pattern, schema)))
            && !self.except.iter().any(|pattern| matches(pattern, schema))
    }
}

impl ArgumentRule {
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        format!("arguments.{} of {}", self.parameter, self.path)
    }

    /// Returns true if the rule is for that parameter of that path.
    pub fn covers(&self, path: &str, parameter: &str) -> bool {
        self.parameter == parameter && matches(&self.path, path)
    }
}

impl ToolBinding {
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        format!("bindings.{} when {}", self.tool, self.when)
    }
}
