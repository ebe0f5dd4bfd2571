//! Fetches an account's custom fields. The client caches them until they are refreshed. If the credentials can't read
//! the definitions, the account has no custom fields.

use serde_json::{Map, Value};
use toolcrate_catalog::BodyFormat;

use super::account_fields::FieldScope;
use super::definition::CustomField;
use super::field_schema::fill;
use crate::client::Client;
use crate::dialect::{Declaration, Dialect};
use crate::error::{Delivery, Error};
use crate::tool::{Arguments, NameStyle, Tool, record_name};

/// An account's additions to tools.
#[derive(Clone)]
pub struct Account {
    client: Client,
}

impl Client {
    /// Fetches the account's additions to the tools: its custom fields with their types. They are fetched once, and all
    /// later calls of this client use them. An account that denies access to its definitions (401, 403, 404) adds
    /// nothing, which isn't an error.
    ///
    /// # Errors
    /// Returns any other error from the requests that fetch the definitions.
    pub async fn enrich(&self) -> Result<Account, Error> {
        let account = Account { client: self.clone() };
        if self.account_fields().is_none() {
            account.refresh().await?;
        }
        Ok(account)
    }

    /// Returns true if and only if a call writes custom fields, whose captions and values are checked against the
    /// account's definitions.
    pub fn writes_custom_fields(&self, tool: Tool, arguments: &dyn Arguments) -> bool {
        self.described_custom_fields().is_some()
            && arguments.to_map().is_ok_and(|arguments| self.mentions_custom_fields(&arguments))
            && !tool.annotations().read_only_hint
    }

    /// Returns true if and only if the arguments contain custom fields at any depth, or the name of one to clear.
    pub(crate) fn mentions_custom_fields(&self, arguments: &Map<String, Value>) -> bool {
        self.described_custom_fields().is_some_and(|(fields, _)| mentions(arguments, fields.member))
    }

    /// Fetches the account's custom fields if a call writes some and they haven't been fetched yet. Without the
    /// definitions, the API would silently drop an unknown caption.
    ///
    /// # Errors
    /// Returns the same errors as [`enrich`](Self::enrich). In that case, nothing has been written.
    pub async fn read_custom_fields_for(&self, tool: Tool, arguments: &dyn Arguments) -> Result<(), Error> {
        if self.account_fields().is_none() && self.writes_custom_fields(tool, arguments) {
            let read = self.enrich().await;
            read.map_err(|error| error.with_delivery(Delivery::NotSent))?;
        }
        Ok(())
    }
}

fn mentions(members: &Map<String, Value>, member: &str) -> bool {
    members.iter().any(|(name, value)| name == member && !value.is_null() || value_mentions(value, member))
}

fn value_mentions(value: &Value, member: &str) -> bool {
    match value {
        Value::Object(members) => mentions(members, member),
        Value::Array(items) => items.iter().any(|item| value_mentions(item, member)),
        Value::String(text) => text.strip_prefix(member).is_some_and(|rest| rest.starts_with('/')),
        _ => false,
    }
}

impl Account {
    /// Fetches the definitions again.
    ///
    /// # Errors
    /// Returns the same errors as [`Client::enrich`]; the previous definitions stay in use.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.client.read_account_fields().await
    }

    /// Returns all custom fields of the account, in its order.
    pub fn all_fields(&self) -> Vec<CustomField> {
        self.client.account_fields().map(|fields| fields.as_slice().to_vec()).unwrap_or_default()
    }

    /// Returns a record's custom fields, as far as their definitions specify which records have them.
    pub fn fields(&self, record: &str) -> Vec<CustomField> {
        let fields = self.client.account_fields();
        let scope = self.client.described_custom_fields().zip(fields.as_deref());
        let scope = scope.map(|((_, format), fields)| FieldScope { fields, format, record: Some(record) });
        scope.into_iter().flat_map(FieldScope::record_fields).cloned().collect()
    }

    /// Returns the schema of a tool's arguments with the account's custom fields: typed, with their options, and
    /// required if the tool writes a complete record. Read-only fields are left out.
    pub fn input_schema(&self, tool: Tool) -> Value {
        self.input_schema_in(tool, NameStyle::Prefixed)
    }

    /// Like [`input_schema`](Self::input_schema), with tool names in this style in the descriptions.
    pub fn input_schema_in(&self, tool: Tool, names: NameStyle) -> Value {
        let mut schema = tool.input_schema_value_in(names);
        let Some((custom, _)) = self.client.described_custom_fields() else { return schema };
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

    /// Returns a tool's declaration in a dialect, with the account's custom fields.
    pub fn declaration(&self, tool: Tool, dialect: Dialect) -> Declaration {
        tool.declaration_with(dialect, tool.name(), self.input_schema(tool))
    }
}
