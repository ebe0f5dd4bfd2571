//! Builds a request from validated arguments. Each argument goes to the location given in the tool's record, and the
//! fields of an update become the patch that the API expects.

use std::borrow::Cow;

use serde_json::{Map, Value};
use toolcrate_catalog::{ArgumentLocation, BodyFormat, ParameterLocation, RequestRecord, ResponseContent};

use super::form;
use super::validation_errors;
use super::validator::{Accepted, ToolValidator};
use crate::api::Api;
use crate::call::{Body, Call};
use crate::error::FieldError;
use crate::form_fields;
use crate::parameter_style;
use crate::patch::PatchOperation;
use crate::path;
use crate::text::to_text;
use crate::to_json::ToJson;

/// The arguments that form the body.
#[derive(Default)]
struct Parts {
    members: Map<String, Value>,
    whole: Option<Value>,
    operations: Vec<PatchOperation>,
}

/// Returns the call for accepted arguments.
pub(super) fn call(check: &ToolValidator, accepted: &mut Accepted<'_>) -> Result<Call, Vec<FieldError>> {
    let (plan, http) = (accepted.operation.request, accepted.operation.http);
    let mut call = Call::new(http.method, http.request_path().clone());
    call.content_type = plan.content_type.clone();
    call.security = plan.security.clone();
    call.idempotent |= check.record.annotations.idempotent_hint;
    // This depends on what the operation does, not on its method.
    call.writes = !check.record.annotations.read_only_hint;
    let mut parts = Parts::default();
    let mut problems = Vec::new();
    let mut filter = None;
    for (argument, value) in std::mem::take(&mut accepted.arguments) {
        let target = plan.arguments.get(argument.as_str());
        let name =
            target.and_then(|target| target.name.clone()).unwrap_or_else(|| Cow::Owned(argument.clone()));
        let style = target.and_then(|target| target.style);
        let location = match target {
            Some(target) => target.location,
            None if check.is_query(&argument) => ArgumentLocation::Query,
            None => ArgumentLocation::Body,
        };
        if let (Some(style), Some(location)) = (style, location.parameter()) {
            if location == ParameterLocation::Header {
                let text = parameter_style::in_header(style, &value).unwrap_or_default();
                problems.extend(header_problem(&argument, &text));
            }
            call.add_styled(location, name, style, &value);
            continue;
        }
        match location {
            ArgumentLocation::Path => call.values.push((name, path::encode(&to_text(&value)).to_string())),
            ArgumentLocation::Query => match value {
                Value::Array(items) => {
                    items.iter().for_each(|item| call.query.push_text(name.clone(), to_text(item)));
                }
                value => call.query.push_text(name, to_text(&value)),
            },
            ArgumentLocation::Header => {
                let value = to_text(&value);
                problems.extend(header_problem(&argument, &value));
                call.headers.push((name, value));
            }
            ArgumentLocation::Cookie => call.add_cookie(&name, &to_text(&value)),
            ArgumentLocation::Body => {
                parts.members.insert(name.into_owned(), value);
            }
            ArgumentLocation::Filter => filter = Some((argument, value)),
            ArgumentLocation::WholeBody => parts.whole = Some(value),
            ArgumentLocation::Members => {
                let Value::Object(members) = value else { continue };
                for (member, value) in members {
                    parts.members.entry(member).or_insert(value);
                }
            }
            ArgumentLocation::Patch => parts.operations.extend(operations(value)),
            // Removed when the arguments were validated.
            ArgumentLocation::Clear => {}
        }
    }
    if let (Some((argument, value)), Some(grammar)) = (filter, &check.api.filter) {
        // This comes last, so any raw conditions are already there to be combined.
        let pointer = validation_errors::pointer("", &argument);
        let applied = check
            .filter(plan.filter.as_deref())
            .map(|table| crate::filter::apply(&table, grammar, &value, &pointer, &mut call.query));
        problems.extend(applied.and_then(Result::err).unwrap_or_default());
    }
    problems.extend(path::problems(http.request_path(), &call.values, |placeholder| {
        let argument = plan.arguments.iter().find(|(argument, target)| {
            target.location == ArgumentLocation::Path && target.name_or(argument) == placeholder
        });
        argument.map_or(placeholder, |(argument, _)| argument)
    }));
    if plan.body != BodyFormat::Patch {
        let cleared = accepted.cleared.members.iter();
        parts.members.extend(cleared.map(|member| (member.clone(), Value::Null)));
    }
    let is_left_out = plan.body_required.is_some() && parts.members.is_empty();
    call.body = match plan.body {
        BodyFormat::None => Body::None,
        BodyFormat::Object | BodyFormat::UrlEncoded if is_left_out => Body::None,
        BodyFormat::Object => Body::Json(parts.members.to_json_string()),
        BodyFormat::UrlEncoded => {
            call.content_type.get_or_insert(Cow::Borrowed(form_fields::MEDIA_TYPE));
            let style = |name: &str| plan.field_styles.get(name).copied();
            Body::Raw(form_fields::encode(&parts.members, style).into())
        }
        BodyFormat::Whole => parts.whole.map_or(Body::None, |value| Body::Json(value.to_json_string())),
        BodyFormat::Patch => Body::Patch(patch(parts, plan, &accepted.cleared.members, &mut problems)),
        BodyFormat::Multipart => Body::Form(form::form(check, plan, parts.members, &mut problems)),
        BodyFormat::Raw => parts.whole.map_or(Body::None, |value| Body::Raw(to_text(&value).into())),
    };
    if problems.is_empty() { Ok(call) } else { Err(problems) }
}

/// Returns the problem of an argument that no header can hold.
fn header_problem(argument: &str, text: &str) -> Option<FieldError> {
    http::HeaderValue::from_str(text).is_err().then(|| {
        let message = format!("\"{argument}\" is sent in a header and must not contain control characters");
        FieldError::new(validation_errors::pointer("", argument), "invalid", message)
    })
}

/// Returns the media types that a tool's request accepts.
pub(super) fn accept(api: &Api, content: ResponseContent) -> &'static str {
    match content {
        ResponseContent::Binary => "*/*",
        ResponseContent::Json | ResponseContent::None => api.accept,
    }
}

fn patch(
    parts: Parts,
    plan: &RequestRecord<'_>,
    removed: &[String],
    problems: &mut Vec<FieldError>,
) -> Vec<PatchOperation> {
    let replaced = parts
        .members
        .iter()
        .map(|(name, value)| PatchOperation::member("replace", name, Some(value.to_json_string())));
    let removed = removed.iter().map(|name| PatchOperation::member("remove", name, None));
    let operations: Vec<PatchOperation> = replaced.chain(removed).chain(parts.operations).collect();
    if operations.is_empty() {
        let mut message = "expected at least one field to change".to_owned();
        if let Some(clear) = plan.clear_argument() {
            message.push_str(&format!(", or fields to empty in \"{clear}\""));
        }
        problems.push(FieldError::new("", "missing", message));
    }
    operations
}

/// Operations written by the caller; their schema has been checked.
fn operations(value: Value) -> Vec<PatchOperation> {
    let Value::Array(items) = value else { return Vec::new() };
    let member = |item: &Value, name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
    items
        .iter()
        .map(|item| {
            let op = member(item, "op").unwrap_or_default();
            let path = member(item, "path").unwrap_or_default();
            let mut operation =
                PatchOperation::new(&op, &path, item.get("value").map(ToJson::to_json_string));
            operation.from = member(item, "from").map(|from| from.trim_start_matches('/').to_owned());
            operation
        })
        .collect()
}
