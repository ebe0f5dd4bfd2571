//! The profile: which spec, which crate, and the conventions of the API that a spec can't state.
//!
//! Everything that differs between two APIs is here, as data: prefix, authentication, paging, the
//! shape of errors, the words of names.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::Deserialize;
use toolcrate_catalog::{OperationKind, OperationVariant};

use super::api_info::ApiInfo;
use super::auth::Auth;
use super::paging::PagingConfig;
use super::sample_program::SampleProgram;
use super::selector::OperationSelector;

/// `toolcrate.yaml`. Paths in it are relative to the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The names of the API and of the generated crate.
    pub api: ApiInfo,
    /// The spec to generate from.
    pub spec: PathBuf,
    /// The overlay.
    #[serde(default)]
    pub overlay: Option<PathBuf>,
    /// The lock of names.
    pub lock: PathBuf,
    /// The folder to write.
    pub out: PathBuf,
    /// The runtime crate, as the generated `Cargo.toml` should refer to it.
    pub runtime: String,
    /// Inherit version, edition and lints from the workspace that the output folder is part of.
    #[serde(default)]
    pub in_workspace: bool,
    /// License texts to copy into the package.
    #[serde(default)]
    pub license_files: Vec<PathBuf>,
    /// Programs that the front page of the package shows.
    #[serde(default)]
    pub programs: Vec<SampleProgram>,
    /// Crates of the workspace that the programs use besides the package.
    #[serde(default)]
    pub program_dependencies: Vec<String>,
    /// Addresses by short name, e.g. `na`.
    #[serde(default)]
    pub servers: IndexMap<String, String>,
    /// An address with `{host}` in it, for accounts on a host of their own.
    #[serde(default)]
    pub host_template: Option<String>,
    /// How calls are authenticated.
    pub auth: Auth,
    /// The `Accept` header, with `{version}` for the spec's version; plain JSON when left out.
    #[serde(default)]
    pub accept: Option<String>,
    /// The query parameter that names the members to answer.
    #[serde(default)]
    pub fields_parameter: Option<String>,
    /// The query parameter that names the fields to sort by, with `desc` after a field for the opposite order.
    #[serde(default)]
    pub order_parameter: Option<String>,
    /// How lists are paged.
    #[serde(default, with = "serde_yaml::with::singleton_map")]
    pub paging: PagingConfig,
    /// Where the parts of an error stand in its body.
    pub errors: ErrorBodyConfig,
    /// How the paths of a JSON Patch are written.
    #[serde(default)]
    pub patch_paths: PatchPathStyle,
    /// Members dropped from tool answers unless asked for.
    #[serde(default)]
    pub trim: Vec<String>,
    /// Header parameters that belong to the transport and are never arguments.
    #[serde(default)]
    pub transport_headers: Vec<String>,
    /// How a structured filter is sent; without it, tools take the raw query parameters alone.
    #[serde(default)]
    pub filter: Option<FilterConfig>,
    /// How records hold the fields that an account defines for itself.
    #[serde(default)]
    pub custom_fields: Option<CustomFieldsConfig>,
    /// Query parameters that many operations share.
    #[serde(default)]
    pub shared_query: IndexMap<String, SharedQuery>,
    /// Sentences in descriptions that state a constraint.
    #[serde(default)]
    pub notes: Vec<NoteRule>,
    /// The operations to generate; all if none is listed.
    #[serde(default)]
    pub include: Vec<OperationSelector>,
    /// The operations to leave out.
    #[serde(default)]
    pub exclude: Vec<OperationSelector>,
    /// The rules of names.
    #[serde(default)]
    pub names: NameRules,
}

/// JSON pointers into an error's body; the first that resolves wins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorBodyConfig {
    /// The error's code.
    #[serde(default)]
    pub code: Vec<String>,
    /// The error's sentence.
    #[serde(default)]
    pub message: Vec<String>,
    /// The list of errors per field.
    #[serde(default)]
    pub list: Vec<String>,
    /// Within an item of the list: its code.
    #[serde(default)]
    pub item_code: Vec<String>,
    /// Within an item of the list: its sentence.
    #[serde(default)]
    pub item_message: Vec<String>,
    /// Within an item of the list: the field's path.
    #[serde(default)]
    pub item_field: Vec<String>,
}

/// How the paths of a JSON Patch are written.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatchPathStyle {
    /// `/status`, as RFC 6902 has it.
    #[default]
    Pointer,
    /// `status`.
    Bare,
}

/// A structured filter: one argument of list and count tools, compiled to query parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterConfig {
    /// The argument's name.
    pub argument: String,
    /// The description of the argument in the schema.
    pub description: String,
    /// The query parameter that takes conditions on a record.
    pub conditions: String,
    /// The query parameter that takes conditions on members of lists.
    pub child_conditions: String,
    /// The query parameter that takes conditions on custom fields.
    pub custom_field_conditions: String,
    /// The member of a record that holds its custom fields; a filter asks for them by `member/caption`.
    pub custom_fields: String,
}

/// Where a record holds the fields that an account defines for itself: a list keyed by the id of a definition.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldsConfig {
    /// The record's member that holds them.
    pub member: String,
    /// In an item and in a definition: the id.
    pub key: String,
    /// In both: what people call the field.
    pub caption: String,
    /// In an item: the value.
    pub value: String,
    /// Where the account's definitions are.
    #[serde(default)]
    pub definitions: Option<CustomFieldDefinitionsConfig>,
}

/// The operation that lists an account's definitions, and the names of their properties.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldDefinitionsConfig {
    /// The list operation, `GET /path`.
    pub operation: String,
    /// The type.
    pub kind: String,
    /// The types of fields by the API's names for them; any other type is text.
    #[serde(default)]
    pub kinds: IndexMap<String, CustomFieldType>,
    /// In a definition: true if a record must have the field.
    pub required: String,
    /// In a definition: true if the field can only be read.
    pub read_only: String,
    /// The list of choices.
    pub options: String,
    /// In a choice: the value.
    pub option: String,
    /// In a choice: whether it is no longer offered.
    pub inactive: String,
    /// The properties with the screens that show a field.
    pub screen_fields: Vec<String>,
    /// Records by name, with their screens.
    #[serde(default)]
    pub records: IndexMap<String, Vec<String>>,
    /// Words in the name of a screen that don't name the record.
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

/// A query parameter that many operations share: it is described once, and offered where it has an effect.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedQuery {
    /// The description.
    pub description: String,
    /// The description in tools, if it differs.
    #[serde(default)]
    pub hint: Option<String>,
    /// The kinds of operation whose tools have a description of it; all by default.
    #[serde(default)]
    pub hint_on: Vec<On>,
    /// True if tools have it as an argument.
    #[serde(default = "yes")]
    pub tools: bool,
    /// On which kinds of operation it has an effect: any of `list`, `count`, `get`.
    pub on: Vec<On>,
    /// Smallest value, for numbers.
    #[serde(default)]
    pub minimum: Option<i64>,
    /// Largest value, for numbers.
    #[serde(default)]
    pub maximum: Option<i64>,
}

fn yes() -> bool {
    true
}

/// A kind of reading operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum On {
    List,
    Count,
    Get,
}

/// A sentence in a description that states a constraint. `pattern` is a regular expression; the
/// sentence is cut from the description if `cut` is set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteRule {
    /// A regular expression; group 1 is the number where the rule needs one.
    pub pattern: String,
    /// Group 1 is the longest length.
    #[serde(default)]
    pub max_length: bool,
    /// The field is required when a record is replaced.
    #[serde(default)]
    pub required_on_replace: bool,
    /// Cut the matched text from the description.
    #[serde(default)]
    pub cut: bool,
}

/// The rules of names, section 3 of the design.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NameRules {
    /// Plural to singular, by the ending of a word.
    pub irregular: IndexMap<String, String>,
    /// Words with one form.
    pub uncountable: Vec<String>,
    /// Long word to short word, for names over the limit.
    pub abbreviations: IndexMap<String, String>,
    /// Compounds to split in titles and Rust names, where the spec never writes them in camel case.
    pub compounds: IndexMap<String, String>,
    /// How words are written in titles and sentences, e.g. `rma: RMA`. An entry may have two words: `connect wise`.
    pub spellings: IndexMap<String, String>,
    /// Paths that count as if they began differently.
    pub modules: Vec<ModuleAlias>,
    /// Names of resources, by path.
    pub resources: IndexMap<String, ResourceOverride>,
    /// The nouns for the records of a collection, by path.
    pub nouns: IndexMap<String, NounOverride>,
    /// Templates of the names of single operations (`GET /path`), as for actions.
    pub operations: IndexMap<String, String>,
    /// Endings of paths that are an action, a twin or a singleton.
    pub actions: Vec<PathAction>,
    /// What verbs in paths, summaries and operation IDs do, in addition to common English verbs.
    pub verbs: IndexMap<String, VerbEffect>,
    /// Segments that only mark another view of the same records: with `info`, `/service/info/boards` reads
    /// what `/service/boards` holds.
    pub views: Vec<String>,
}

/// Paths that count as if they began differently.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleAlias {
    /// How the path begins.
    pub from: String,
    /// The class that it belongs to.
    pub to: String,
}

/// The name of a resource.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceOverride {
    /// Singular.
    pub one: String,
    /// Plural.
    pub many: String,
}

/// The nouns for the records of a collection.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NounOverride {
    /// Singular, without the owner.
    pub one: String,
    /// Plural, where it is irregular.
    #[serde(default)]
    pub many: Option<String>,
    /// The noun of the parent; empty for none, although the path has an ID.
    #[serde(default)]
    pub owner: Option<String>,
}

/// An ending of a path that is an action, a twin or a singleton.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathAction {
    /// Last segments of the path, e.g. `usages/list`; letter case and a trailing slash are ignored.
    pub tail: String,
    /// The verbs it covers.
    pub methods: Vec<String>,
    /// Template of the name: `{P}` prefix, `{one}` and `{many}` resource, `{by}` `_by_id` after an item.
    pub name: String,
    /// Only right behind a placeholder (`true`) or only behind fixed text (`false`).
    #[serde(default)]
    pub on_item: Option<bool>,
    /// It reads, though its verb is not GET.
    #[serde(default)]
    pub read_only: bool,
    /// True if it may overwrite or remove data; by default, its kind and its verb determine that.
    #[serde(default)]
    pub destructive: Option<bool>,
    /// Doing it twice is as good as once.
    #[serde(default)]
    pub idempotent: bool,
    /// The name of the argument for a placeholder within the tail.
    #[serde(default)]
    pub argument: Option<String>,
    /// The variant, if it isn't the plain operation of its kind.
    #[serde(default)]
    pub variant: Option<OperationVariant>,
    /// The kind, if it isn't an action.
    #[serde(skip)]
    pub kind: Option<OperationKind>,
}

/// The effect of an operation that a verb names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerbEffect {
    /// It creates what the path names.
    Create,
    /// It only reads.
    Read,
    /// It changes something, and nothing is lost.
    Safe,
    /// It can destroy data.
    Destructive,
}

impl Profile {
    /// The paths of all entries that must apply at least once.
    pub fn entries(&self) -> Vec<String> {
        let names = &self.names;
        let mut entries: Vec<String> = Vec::new();
        let mut add = |group: &str, keys: &mut dyn Iterator<Item = String>| {
            entries.extend(keys.map(|key| format!("{group}.{key}")));
        };
        add("include", &mut self.include.iter().map(OperationSelector::entry));
        add("exclude", &mut self.exclude.iter().map(OperationSelector::entry));
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
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        let on = match self.on_item {
            Some(true) => " on item",
            Some(false) => " not on item",
            None => "",
        };
        format!("{} {}{on}", self.methods.join(","), self.tail)
    }
}
