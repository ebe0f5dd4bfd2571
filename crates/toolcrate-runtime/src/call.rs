//! A request without a URL: method, path template, values and body. Typed requests and tool calls are both converted to
//! this type, so the code that sends them exists only once and isn't generic.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::Value;
use toolcrate_catalog::{Method, ParameterLocation, ParameterStyle};

use crate::custom_fields::CaptionedValues;
use crate::filter::EmptyValueFn;
use crate::form::Form;
use crate::parameter_style;
use crate::patch::PatchOperation;
use crate::path;
use crate::query_pairs::QueryPairs;
use crate::selection::Selection;

/// A request before it has a URL.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) template: Cow<'static, str>,
    /// The values for the placeholders of the template, encoded.
    pub(crate) values: Vec<(Cow<'static, str>, String)>,
    pub(crate) query: QueryPairs,
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Body,
    /// The custom fields of a patch, whose IDs are looked up when it is sent.
    pub(crate) custom_fields: Option<CaptionedValues>,
    pub(crate) content_type: Option<Cow<'static, str>>,
    /// The parts of the query that refer to record fields.
    pub(crate) selection: Selection,
    /// Provides an empty record, if the response doesn't contain the records that the query refers to.
    pub(crate) records: Option<EmptyValueFn>,
    /// True if sending it twice has the same effect as sending it once.
    pub(crate) idempotent: bool,
    /// True if the response should be a list, or an object that contains one.
    pub(crate) is_list: bool,
    /// True if the call changes data, so losing the response leaves the outcome unknown.
    pub(crate) writes: bool,
    /// The security schemes, if they differ from the API's.
    pub(crate) security: Option<SecurityAlternatives>,
}

/// Alternatives, each with the security schemes that are sent together. If there are none, no credentials are sent.
pub(crate) type SecurityAlternatives = Vec<Vec<Cow<'static, str>>>;

/// The body of a call.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    None,
    Json(String),
    Patch(Vec<PatchOperation>),
    Form(Form),
    /// Bytes with the call's media type.
    Raw(Bytes),
}

impl Call {
    pub(crate) fn new(method: Method, template: Cow<'static, str>) -> Self {
        Self {
            method,
            template,
            values: Vec::new(),
            query: QueryPairs::new(),
            headers: Vec::new(),
            body: Body::None,
            custom_fields: None,
            content_type: None,
            selection: Selection::default(),
            records: None,
            is_list: false,
            idempotent: matches!(method, Method::Get | Method::Head),
            writes: !method.is_read(),
            security: None,
        }
    }

    /// Adds a parameter in an OpenAPI style.
    pub(crate) fn add_styled(
        &mut self,
        location: ParameterLocation,
        name: Cow<'static, str>,
        style: ParameterStyle,
        value: &Value,
    ) {
        match location {
            ParameterLocation::Path => {
                let text = parameter_style::in_path(style, &name, value);
                self.values.push((name, text));
            }
            ParameterLocation::Query => parameter_style::in_query(style, name, value, &mut self.query),
            ParameterLocation::Header => {
                self.headers.extend(parameter_style::in_header(style, value).map(|text| (name, text)));
            }
            ParameterLocation::Cookie => {
                if let Some(text) = parameter_style::in_cookie(style, value) {
                    self.add_encoded_cookie(&name, &text);
                }
            }
        }
    }

    /// Continues a list at `position`. The position's conditions already include those of the filter.
    pub(crate) fn continue_at(&mut self, position: &QueryPairs) {
        for (name, value) in position.iter() {
            self.query.set(name, value);
            self.selection.resumed.push(name.to_owned());
        }
    }

    /// Adds a cookie to those sent by the call.
    pub(crate) fn add_cookie(&mut self, name: &str, value: &str) {
        self.add_encoded_cookie(name, &path::encode(value).to_string());
    }

    fn add_encoded_cookie(&mut self, name: &str, value: &str) {
        let pair = format!("{name}={value}");
        match self.headers.iter_mut().find(|(name, _)| name == "cookie") {
            Some((_, cookies)) => {
                cookies.push_str("; ");
                cookies.push_str(&pair);
            }
            None => self.headers.push((Cow::Borrowed("cookie"), pair)),
        }
    }

    /// Returns `GET /orders/{id}`, for messages: it contains no values.
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.method, self.template)
    }
}
