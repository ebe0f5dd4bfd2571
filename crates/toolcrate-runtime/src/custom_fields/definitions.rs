//! Fetches the definitions of an account's custom fields.

use std::sync::Arc;

use serde_json::Value;
use toolcrate_catalog::Method;

use super::account_fields::AccountFields;
use super::definition::CustomField;
use crate::api::{CustomFieldDefinitions, CustomFields};
use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::model::ValueMut;
use crate::paging::whole_list;

impl Client {
    /// Returns the format of the API's custom fields and of their definitions, if the API has both.
    pub(crate) fn described_custom_fields(
        &self,
    ) -> Option<(&'static CustomFields, &'static CustomFieldDefinitions)> {
        let fields = self.api().custom_fields.as_ref()?;
        Some((fields, fields.definitions.as_ref()?))
    }

    /// Fetches the definitions, which this client and its clones then use. An account that denies access to them (401,
    /// 403, 404) has none, which isn't an error.
    ///
    /// # Errors
    /// Returns any other error from the requests; the previous definitions stay in use.
    pub(crate) async fn read_account_fields(&self) -> Result<(), Error> {
        let fields = match self.described_custom_fields() {
            Some((custom, format)) => match self.definition_rows(format.path).await {
                Ok(Some(rows)) => {
                    let fields = rows.iter().filter_map(|row| CustomField::read(row, custom, format));
                    AccountFields::new(fields.collect())
                }
                Ok(None) => AccountFields::unreadable(),
                Err(error) if is_denied(error.kind()) => AccountFields::unreadable(),
                Err(error) => return Err(error),
            },
            None => AccountFields::new(Vec::new()),
        };
        self.set_account_fields(Arc::new(fields));
        Ok(())
    }

    /// Returns the rows of the list, or `None` if a response isn't a list and the account's fields remain unknown.
    async fn definition_rows(&self, path: &'static str) -> Result<Option<Vec<Value>>, Error> {
        let mut pages = whole_list(self, Call::new(Method::Get, path.into()));
        let mut rows = Vec::new();
        while let Some(page) = pages.step().await {
            let mut value = Value::Null;
            page?.raw.decode_into(ValueMut::Any(&mut value))?;
            match value {
                Value::Array(page) => rows.extend(page),
                _ => return Ok(None),
            }
        }
        Ok(Some(rows))
    }
}

fn is_denied(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::NotFound)
}
