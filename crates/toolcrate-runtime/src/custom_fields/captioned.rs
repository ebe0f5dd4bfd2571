//! Adds custom fields, which callers address by caption, to typed patches.

use serde_json::Value;

use super::account_fields::FieldScope;
use super::captioned_values::CaptionedValues;
use super::item::item;
use crate::call::{Body, Call};
use crate::client::Client;
use crate::error::{Error, FieldError};
use crate::patch::{PatchOperation, escape};

impl Client {
    /// Adds the custom fields of a call to its patch. Fetches the account's definitions first if they haven't been
    /// fetched yet.
    ///
    /// # Errors
    /// Returns the errors of [`add_custom_fields`](Self::add_custom_fields), and of the requests that fetch the
    /// definitions.
    pub(crate) async fn find_custom_fields(&self, call: &mut Call) -> Result<(), Error> {
        if self.account_fields().is_none() {
            self.read_account_fields().await?;
        }
        self.add_custom_fields(call)
    }

    /// Adds the custom fields of a call to its patch, with their IDs if the definitions are known.
    ///
    /// # Errors
    /// Returns `InvalidArguments` for captions and values that the account doesn't have.
    pub(crate) fn add_custom_fields(&self, call: &mut Call) -> Result<(), Error> {
        let Some(CaptionedValues { record, fields: names, values }) = call.custom_fields.take() else {
            return Ok(());
        };
        let custom = self.api().custom_fields.as_ref().filter(|custom| names.contains(&custom.member));
        let Some(custom) = custom else {
            let message = format!("{record} has no custom fields");
            return Err(Error::invalid_arguments(vec![FieldError::new("", "unknown", message)]));
        };
        let account = self.account_fields();
        let scope = account.as_deref().zip(custom.definitions.as_ref());
        let scope = scope.map(|(fields, format)| FieldScope { fields, format, record: Some(record) });
        let (mut items, mut problems) = (Vec::new(), Vec::new());
        for (caption, value) in &values {
            match item(caption, value, custom, scope) {
                Ok(item) => items.push(item),
                Err((code, message)) => {
                    let pointer = format!("/{}/{}", custom.member, escape(caption));
                    problems.push(FieldError::new(pointer, code, message));
                }
            }
        }
        if !problems.is_empty() {
            return Err(Error::invalid_arguments(problems));
        }
        if let Body::Patch(operations) = &mut call.body {
            let list = Value::Array(items).to_string();
            operations.push(PatchOperation::member("replace", custom.member, Some(list)));
        }
        Ok(())
    }
}
