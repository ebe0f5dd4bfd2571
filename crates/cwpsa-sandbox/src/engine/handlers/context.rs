//! A request together with its operation and the rules that apply to it.

use serde_json::Value;

use crate::api::{ApiOperation, BodyFormat, api};
use crate::connectwise::error::ApiError;
use crate::connectwise::headers;
use crate::engine::rule::RuleSet;
use crate::engine::store::TenantState;
use crate::engine::write_body::WriteBody;
use crate::message::MockRequest;

/// A request, its operation, and the rules that apply to it.
pub(crate) struct RequestContext<'a> {
    pub(crate) request: &'a MockRequest,
    /// The index of the operation.
    pub(crate) index: usize,
    pub(crate) operation: &'static ApiOperation,
    /// The values of the path parameters.
    pub(crate) path_values: Vec<String>,
    pub(crate) rules: &'a RuleSet,
}

impl RequestContext<'_> {
    /// Checks that the operation accepts the body's media type.
    pub(crate) fn check_media_type(&self) -> Result<(), ApiError> {
        let body = self.operation.details().body;
        if body == BodyFormat::None || (self.request.body.is_empty() && body != BodyFormat::Multipart) {
            return Ok(());
        }
        let given =
            self.request.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let given =
            given.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let accepted = match body {
            BodyFormat::Multipart => given == "multipart/form-data",
            _ => given.ends_with("/json") || given.ends_with("+json"),
        };
        if accepted {
            return Ok(());
        }
        Err(ApiError::unsupported_media_type(&given))
    }

    /// Parses the body as JSON; null if it is empty.
    pub(crate) fn body(&self) -> Result<Value, ApiError> {
        if self.request.body.iter().all(u8::is_ascii_whitespace) {
            return match self.operation.details().body {
                BodyFormat::Object | BodyFormat::Whole | BodyFormat::Patch
                    if self.request.method != http::Method::DELETE =>
                {
                    Err(ApiError::body_required())
                }
                _ => Ok(Value::Null),
            };
        }
        serde_json::from_slice(&self.request.body)
            .map_err(|error| ApiError::invalid_json(error.line(), error.column()))
    }

    /// Returns the body as text.
    pub(crate) fn body_text(&self) -> &str {
        std::str::from_utf8(&self.request.body).unwrap_or_default()
    }

    /// Returns the operation's write with the given body.
    pub(crate) fn write_body<'b>(&'b self, value: &'b Value) -> WriteBody<'b> {
        WriteBody { details: self.operation.details(), value, text: self.body_text() }
    }

    /// Returns the IDs of the records that the path identifies, each nested under the previous one; 0 for a
    /// parameter that doesn't identify one.
    pub(crate) fn ids(&self, state: &TenantState) -> Result<Vec<i64>, ApiError> {
        let mut ids: Vec<i64> = Vec::new();
        let parameters = self.operation.parameters();
        for (at, (value, collection)) in self.path_values.iter().zip(parameters).enumerate() {
            let Some(collection) = *collection else {
                ids.push(value.parse().unwrap_or_default());
                continue;
            };
            let known = api().collection(collection);
            let parent = (at > 0 && known.parents.len() == at).then(|| ids[at - 1]);
            let row = match state.overrides.view(collection) {
                Some(view) => {
                    let row = state.find_by_path_value(view.source, value, None);
                    row.filter(|row| view.contains(&row.record, &ids))
                }
                None => state.find_by_path_value(collection, value, parent),
            };
            ids.push(row.ok_or_else(|| ApiError::not_found(&known.noun(), value))?.id);
        }
        Ok(ids)
    }

    /// Returns the request path below the base path, without a trailing slash.
    pub(crate) fn path(&self) -> String {
        let segments: Vec<&str> =
            self.request.path.split('/').filter(|segment| !segment.is_empty()).collect();
        format!("/{}", segments.join("/"))
    }

    /// Returns true if the caller requests forward-only pagination.
    pub(crate) fn is_forward_only(&self) -> bool {
        headers::is_forward_only(&self.request.headers)
    }
}
