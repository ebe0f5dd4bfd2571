//! What an account adds to the tools: its definitions of custom fields, read once and kept by the client until
//! they are refreshed. An account that shows none to these credentials adds nothing.

use std::sync::Arc;

use futures_util::TryStreamExt;
use serde_json::{Map, Value, json};
use toolcrate_catalog::BodyFormat;

use crate::tool::record_name;

use super::CustomField;
use crate::{
    Catalog, Client, CustomFieldDefinitions, CustomFieldKind, CustomFields, Declaration, Dialect, Error,
    ErrorKind, NameStyle, Tool,
};

/// The definitions of an account; none if it doesn't show them.
pub(crate) struct Definitions {
    fields: Vec<CustomField>,
}

impl Definitions {
    pub(super) fn of(fields: Vec<CustomField>) -> Self {
        Self { fields }
    }
}

/// Definitions, and for which record they are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) definitions: &'a Definitions,
    pub(crate) about: &'a CustomFieldDefinitions,
    pub(crate) record: Option<&'a str>,
}

impl<'a> Known<'a> {
    /// The fields that records of this name have, as far as the definitions tell.
    pub(super) fn own(self) -> impl Iterator<Item = &'a CustomField> {
        let of =
            move |field: &&CustomField| self.record.is_some_and(|record| field.is_of(record, self.about));
        self.definitions.fields.iter().filter(of)
    }

    /// All fields of the account.
    pub(super) fn all(self) -> std::slice::Iter<'a, CustomField> {
        self.definitions.fields.iter()
    }
}

/// An account, as far as it adds to the tools of a catalog.
#[derive(Clone)]
pub struct Account {
    client: Client,
    catalog: &'static Catalog,
}

impl Client {
    /// Reads what the account adds to the tools: its own fields with their types. It is read once and kept, and
    /// from then on used by every call of this client. Where the account denies access to its definitions
    /// (401, 403, 404), there is nothing to add, which is no error.
    ///
    /// # Errors
    /// What the server and the way to it give, but for these.
    pub async fn enrich(&self, catalog: &'static Catalog) -> Result<Account, Error> {
        let account = Account { client: self.clone(), catalog };
        if self.definitions().is_none() {
            account.refresh().await?;
        }
        Ok(account)
    }
}

impl Account {
    /// Reads the definitions anew.
    ///
    /// # Errors
    /// As [`Client::enrich`]; what was read before stays.
    pub async fn refresh(&self) -> Result<(), Error> {
        let mut fields = Vec::new();
        if let Some((custom, about)) = self.described()
            && let Some(tool) = self.catalog.get(about.tool)
        {
            let pages = self.client.execute_pages(tool, &Map::new());
            match pages.try_collect::<Vec<_>>().await {
                Ok(pages) => {
                    let rows = pages.iter().filter_map(|page| page.value.as_array()).flatten();
                    fields.extend(rows.filter_map(|row| CustomField::read(row, custom, about)));
                }
                Err(error) if is_denied(error.kind()) => {}
                Err(error) => return Err(error),
            }
        }
        self.client.set_definitions(Arc::new(Definitions::of(fields)));
        Ok(())
    }

    /// All fields that the account defined, in its order.
    pub fn all_fields(&self) -> Vec<CustomField> {
        self.client.definitions().map(|definitions| definitions.fields.clone()).unwrap_or_default()
    }

    /// The account's own fields of a record, as far as its definitions tell which records have them.
    pub fn fields(&self, record: &str) -> Vec<CustomField> {
        let definitions = self.client.definitions();
        let known = self.described().zip(definitions.as_deref()).map(|((_, about), definitions)| Known {
            definitions,
            about,
            record: Some(record),
        });
        known.into_iter().flat_map(Known::own).cloned().collect()
    }

    /// The schema of a tool's arguments with the account's own fields: typed, with their choices, the required
    /// ones required where the tool writes a whole record, those that can only be read left out.
    pub fn input_schema(&self, tool: Tool) -> Value {
        self.input_schema_in(tool, NameStyle::Prefixed)
    }

    /// The same with names of tools in this style in its descriptions.
    pub fn input_schema_in(&self, tool: Tool, names: NameStyle) -> Value {
        let mut schema = tool.input_schema_value_in(names);
        let Some((custom, _)) = self.described() else { return schema };
        let record = tool.details();
        let name = record_name(&record, tool.catalog());
        let fields = name.map(|name| self.fields(name)).unwrap_or_default();
        let writable: Vec<&CustomField> = fields.iter().filter(|field| !field.read_only).collect();
        if writable.is_empty() {
            return schema;
        }
        let whole = record.request.body != BodyFormat::Patch;
        let needed = fill(&mut schema, custom.member, &writable, whole);
        if needed
            && schema["properties"].get(custom.member).is_some()
            && let Some(required) = schema["required"].as_array_mut()
        {
            required.push(Value::from(custom.member));
        }
        schema
    }

    /// A tool in the words of a provider, with the account's own fields.
    pub fn declaration(&self, tool: Tool, dialect: Dialect) -> Declaration {
        tool.declaration_with(dialect, tool.name(), self.input_schema(tool))
    }

    fn described(&self) -> Option<(&'static CustomFields, &'static CustomFieldDefinitions)> {
        let custom = self.client.api().custom_fields.as_ref()?;
        Some((custom, custom.definitions.as_ref()?))
    }
}

fn is_denied(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::NotFound)
}

/// Fills every member of this name within a schema; whether one of the fields is required.
fn fill(schema: &mut Value, member: &str, fields: &[&CustomField], whole: bool) -> bool {
    let mut needed = false;
    let Some(members) = schema.as_object_mut() else { return needed };
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, node) in properties {
            if name == member && node["type"] == "object" {
                let required: Vec<&str> = fields
                    .iter()
                    .filter(|field| whole && field.required)
                    .map(|field| &*field.caption)
                    .collect();
                needed |= !required.is_empty();
                if !required.is_empty() {
                    node["required"] = json!(required);
                }
                let nodes = fields.iter().map(|field| (field.caption.clone(), node_of(field)));
                node["properties"] = Value::Object(nodes.collect());
            } else {
                needed |= fill(node, member, fields, whole);
            }
        }
    }
    if let Some(items) = members.get_mut("items") {
        needed |= fill(items, member, fields, whole);
    }
    needed
}

fn node_of(field: &CustomField) -> Value {
    match field.kind {
        _ if !field.options.is_empty() => json!({"type": "string", "enum": field.options}),
        CustomFieldKind::Text => json!({"type": "string"}),
        CustomFieldKind::Number => json!({"type": "number"}),
        CustomFieldKind::Boolean => json!({"type": "boolean"}),
        CustomFieldKind::Date => json!({"type": "string", "description": "A date, e.g. 2025-01-31."}),
    }
}
