//! The profile, which names the spec to read and the crate to generate, and describes API conventions that a spec can't
//! express.
//!
//! Everything that differs from one API to the next is configured here: name prefix, authentication, pagination, error
//! format and vocabulary.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::Deserialize;
use toolcrate_catalog::{OperationKind, OperationVariant};

use super::api_info::ApiInfo;
use super::auth::Auth;
use super::paging::PagingConfig;
use super::sample_program::SampleProgram;
use super::selector::OperationSelector;

/// The profile, `toolcrate.yaml`. Paths in it are relative to the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Names of the API and the generated crate.
    pub api: ApiInfo,
    /// The spec to generate from.
    pub spec: PathBuf,
    /// The overlay.
    #[serde(default)]
    pub overlay: Option<PathBuf>,
    /// The lock file.
    pub lock: PathBuf,
    /// The output folder.
    pub out: PathBuf,
    /// The runtime crate, as the generated `Cargo.toml` should refer to it.
    pub runtime: String,
    /// True to inherit version, edition and lints from the workspace that contains the output folder.
    #[serde(default)]
    pub in_workspace: bool,
    /// License texts to copy into the package.
    #[serde(default)]
    pub license_files: Vec<PathBuf>,
    /// Example programs for the package's front page.
    #[serde(default)]
    pub programs: Vec<SampleProgram>,
    /// Workspace crates that the programs use in addition to the package.
    #[serde(default)]
    pub program_dependencies: Vec<String>,
    /// Base URLs by short name, e.g. `na`.
    #[serde(default)]
    pub servers: IndexMap<String, String>,
    /// A base URL with `{host}` in it, for accounts on their own host.
    #[serde(default)]
    pub host_template: Option<String>,
    /// Authentication settings.
    pub auth: Auth,
    /// The `Accept` header, with `{version}` for the spec's version; plain JSON by default.
    #[serde(default)]
    pub accept: Option<String>,
    /// The query parameter that lists the fields to return.
    #[serde(default)]
    pub fields_parameter: Option<String>,
    /// The query parameter that lists the fields to sort by, with `desc` after a field for descending order.
    #[serde(default)]
    pub order_parameter: Option<String>,
    /// Pagination settings.
    #[serde(default, with = "serde_yaml::with::singleton_map")]
    pub paging: PagingConfig,
    /// The locations of the parts of an error body.
    pub errors: ErrorBodyConfig,
    /// The format of JSON Patch paths.
    #[serde(default)]
    pub patch_paths: PatchPathStyle,
    /// What an inline schema stands for that is an object without properties.
    #[serde(default)]
    pub empty_objects: EmptyObjects,
    /// Fields that tools drop from responses unless they are requested.
    #[serde(default)]
    pub trim: Vec<String>,
    /// Header parameters that belong to the transport and are never arguments.
    #[serde(default)]
    pub transport_headers: Vec<String>,
    /// How a structured filter is sent; without it, tools accept only the raw query parameters.
    #[serde(default)]
    pub filter: Option<FilterConfig>,
    /// How records represent an account's custom fields.
    #[serde(default)]
    pub custom_fields: Option<CustomFieldsConfig>,
    /// Query parameters shared by many operations.
    #[serde(default)]
    pub shared_query: IndexMap<String, SharedQuery>,
    /// Sentences in descriptions that state a constraint.
    #[serde(default)]
    pub notes: Vec<NoteRule>,
    /// The operations to generate; all if the list is empty.
    #[serde(default)]
    pub include: Vec<OperationSelector>,
    /// The operations to leave out.
    #[serde(default)]
    pub exclude: Vec<OperationSelector>,
    /// The naming rules.
    #[serde(default)]
    pub names: NameRules,
}

/// JSON pointers into an error body; the first one that resolves is used.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorBodyConfig {
    /// The error's code.
    #[serde(default)]
    pub code: Vec<String>,
    /// The error message.
    #[serde(default)]
    pub message: Vec<String>,
    /// The list of field errors.
    #[serde(default)]
    pub list: Vec<String>,
    /// The code of a list item.
    #[serde(default)]
    pub item_code: Vec<String>,
    /// The message of a list item.
    #[serde(default)]
    pub item_message: Vec<String>,
    /// The field path of a list item.
    #[serde(default)]
    pub item_field: Vec<String>,
}

/// What an inline schema stands for that is an object without properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyObjects {
    /// An object with any properties.
    #[default]
    Object,
    /// Any value, as generators of .NET write it.
    Any,
}

/// The format of JSON Patch paths.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatchPathStyle {
    /// `/status`, as in RFC 6902.
    #[default]
    Pointer,
    /// `status`.
    Bare,
}

/// A structured filter: one argument of list and count tools, compiled to query parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterConfig {
    /// The argument name.
    pub argument: String,
    /// The argument's description in the schema.
    pub description: String,
    /// The query parameter for conditions on a record.
    pub conditions: String,
    /// The query parameter for conditions on list items.
    pub child_conditions: String,
    /// The query parameter for conditions on custom fields.
    pub custom_field_conditions: String,
    /// The record field that contains custom fields; a filter refers to one as `field/caption`.
    pub custom_fields: String,
}

/// How records represent an account's custom fields: a list keyed by definition ID.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldsConfig {
    /// The record field that contains them.
    pub member: String,
    /// The property with the ID, in both list items and definitions.
    pub key: String,
    /// The property with the caption, in both list items and definitions.
    pub caption: String,
    /// The property with the value, in list items.
    pub value: String,
    /// The location of the account's definitions.
    #[serde(default)]
    pub definitions: Option<CustomFieldDefinitionsConfig>,
}

/// The operation that lists an account's definitions, and the names of their properties.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldDefinitionsConfig {
    /// The list operation, `GET /path`.
    pub operation: String,
    /// The property with the type.
    pub kind: String,
    /// Field types by their API names; any other type is text.
    #[serde(default)]
    pub kinds: IndexMap<String, CustomFieldType>,
    /// The property that indicates whether a record requires the field.
    pub required: String,
    /// The property that indicates whether the field is read-only.
    pub read_only: String,
    /// The property with the list of options.
    pub options: String,
    /// The property with the value, in an option.
    pub option: String,
    /// The property that indicates whether an option is inactive.
    pub inactive: String,
    /// The properties with the screens that show a field.
    pub screen_fields: Vec<String>,
    /// Records by name, with their screens.
    #[serde(default)]
    pub records: IndexMap<String, Vec<String>>,
    /// Words in a screen's name that don't belong to the record's name.
    #[serde(default)]
    pub screen_words: Vec<String>,
}

/// The type of a custom field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum CustomFieldType {
    Text,
    Number,
    Boolean,
    Date,
}

/// A query parameter shared by many operations: it is described once, and available wherever it has an effect.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedQuery {
    /// The description.
    pub description: String,
    /// The description in tools, if it differs.
    #[serde(default)]
    pub hint: Option<String>,
    /// The kinds of operations whose tools include its description; all by default.
    #[serde(default)]
    pub hint_on: Vec<On>,
    /// True if tools have it as an argument.
    #[serde(default = "yes")]
    pub tools: bool,
    /// The kinds of operations on which it has an effect: any of `list`, `count`, `get`.
    pub on: Vec<On>,
    /// The minimum value, for numbers.
    #[serde(default)]
    pub minimum: Option<i64>,
    /// The maximum value, for numbers.
    #[serde(default)]
    pub maximum: Option<i64>,
}

fn yes() -> bool {
    true
}

/// A kind of read operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum On {
    List,
    Count,
    Get,
}

/// A sentence in a description that states a constraint. `pattern` is a regular expression; if `cut` is set,
/// the sentence is removed from the description.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteRule {
    /// A regular expression; group 1 is the number, if the rule needs one.
    pub pattern: String,
    /// Group 1 is the maximum length.
    #[serde(default)]
    pub max_length: bool,
    /// The field is required when a record is replaced.
    #[serde(default)]
    pub required_on_replace: bool,
    /// Removes the matched text from the description.
    #[serde(default)]
    pub cut: bool,
}

/// The naming rules.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NameRules {
    /// Plurals and their singulars, matched against the ends of words.
    pub irregular: IndexMap<String, String>,
    /// Words whose singular and plural are the same.
    pub uncountable: Vec<String>,
    /// Long words and their abbreviations, for names over the limit.
    pub abbreviations: IndexMap<String, String>,
    /// Compounds to split in titles and Rust names, if the spec never writes them in camel case.
    pub compounds: IndexMap<String, String>,
    /// The spelling of words in titles and sentences, e.g. `rma: RMA`. An entry may have two words: `linked in`.
    pub spellings: IndexMap<String, String>,
    /// Paths that are treated as if they had a different prefix.
    pub modules: Vec<ModuleAlias>,
    /// Resource names, by path.
    pub resources: IndexMap<String, ResourceOverride>,
    /// Nouns for a collection's records, by path.
    pub nouns: IndexMap<String, NounOverride>,
    /// Name templates for individual operations (`GET /path`), as for actions.
    pub operations: IndexMap<String, String>,
    /// Path suffixes that denote an action, an alternative operation or a singleton.
    pub actions: Vec<PathAction>,
    /// The effects of verbs in paths, summaries and operation IDs, in addition to common English verbs.
    pub verbs: IndexMap<String, VerbEffect>,
    /// Path segments that only denote another view of the same records: with `info`, `/service/info/boards`
    /// reads the records in `/service/boards`.
    pub views: Vec<String>,
}

/// Paths that are treated as if they had a different prefix.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleAlias {
    /// The path's prefix.
    pub from: String,
    /// The prefix to use instead.
    pub to: String,
}

/// A resource name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceOverride {
    /// Singular.
    pub one: String,
    /// Plural.
    pub many: String,
}

/// The nouns for a collection's records.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NounOverride {
    /// Singular, without the owner.
    pub one: String,
    /// Plural, if it is irregular.
    #[serde(default)]
    pub many: Option<String>,
    /// The parent's noun; empty if there is none even though the path has an ID.
    #[serde(default)]
    pub owner: Option<String>,
    /// True if the records only link existing records to the parent: a delete removes the link.
    #[serde(default)]
    pub link: bool,
}

/// A path suffix that denotes an action, an alternative operation or a singleton.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathAction {
    /// The last segments of the path, e.g. `usages/list`; case and a trailing slash are ignored.
    pub tail: String,
    /// The HTTP methods to which it applies.
    pub methods: Vec<String>,
    /// The name template: `{P}` is the prefix, `{one}` and `{many}` the resource, `{by}` is `_by_id` after an
    /// item.
    pub name: String,
    /// If set, applies only directly after a placeholder (`true`) or only after a literal segment (`false`).
    #[serde(default)]
    pub on_item: Option<bool>,
    /// True if it only reads, even though its method isn't GET.
    #[serde(default)]
    pub read_only: bool,
    /// True if it may overwrite or remove data; determined by its kind and verb by default.
    #[serde(default)]
    pub destructive: Option<bool>,
    /// True if repeating it has no further effect.
    #[serde(default)]
    pub idempotent: bool,
    /// The argument name for a placeholder within the suffix.
    #[serde(default)]
    pub argument: Option<String>,
    /// The variant, unless it is the plain operation of its kind.
    #[serde(default)]
    pub variant: Option<OperationVariant>,
    /// The kind, if it isn't an action.
    #[serde(skip)]
    pub kind: Option<OperationKind>,
}

/// The effect of an operation, according to its verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerbEffect {
    /// It creates what the path denotes.
    Create,
    /// It only reads.
    Read,
    /// It changes data without losing any.
    Safe,
    /// It can destroy data.
    Destructive,
}

impl Profile {
    /// Returns the paths of all entries that must apply at least once.
    pub fn entries(&self) -> Vec<String> {
        let names = &self.names;
        let mut entries: Vec<String> = Vec::new();
        let mut add = |group: &str, keys: &mut dyn Iterator<Item = String>| {
            entries.extend(keys.map(|key| format!("{group}.{key}")));
        };
        add("include", &mut self.include.iter().map(OperationSelector::entry));
        add("exclude", &mut self.exclude.iter().map(OperationSelector::entry));
        add("auth.schemes", &mut self.auth.schemes.keys().cloned());
        add("transport_headers", &mut self.transport_headers.iter().cloned());
        add("shared_query", &mut self.shared_query.keys().cloned());
        let definitions = self.custom_fields.iter().filter_map(|fields| fields.definitions.as_ref());
        add("custom_fields.definitions", &mut definitions.map(|about| about.operation.clone()));
        add("notes", &mut self.notes.iter().map(|note| note.pattern.clone()));
        add("names.irregular", &mut names.irregular.keys().cloned());
        add("names.uncountable", &mut names.uncountable.iter().cloned());
        add("names.abbreviations", &mut names.abbreviations.keys().cloned());
        add("names.compounds", &mut names.compounds.keys().cloned());
        add("names.spellings", &mut names.spellings.keys().cloned());
        add("names.modules", &mut names.modules.iter().map(|alias| alias.from.clone()));
        add("names.resources", &mut names.resources.keys().cloned());
        add("names.nouns", &mut names.nouns.keys().cloned());
        add("names.operations", &mut names.operations.keys().cloned());
        add("names.actions", &mut names.actions.iter().map(PathAction::entry));
        entries
    }
}

impl PathAction {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        let on = match self.on_item {
            Some(true) => " on item",
            Some(false) => " not on item",
            None => "",
        };
        format!("{} {}{on}", self.methods.join(","), self.tail)
    }
}
