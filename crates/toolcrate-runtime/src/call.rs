//! A request before it has an address: verb, template, values, body. Typed requests and tools both end up
//! as one of these, so everything that sends exists once and is generic over nothing.

use std::borrow::Cow;

use bytes::Bytes;

use crate::custom_fields::CaptionedValues;
use crate::filter::EmptyValueFn;
use crate::form::Form;
use crate::patch::PatchOperation;
use crate::path;
use crate::query_pairs::QueryPairs;
use crate::selection::Selection;
use toolcrate_catalog::Method;

/// A request before it has an address.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) template: Cow<'static, str>,
    pub(crate) values: Vec<(Cow<'static, str>, String)>,
    pub(crate) query: QueryPairs,
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Body,
    /// The custom fields of a patch, whose IDs are found when it is sent.
    pub(crate) custom_fields: Option<CaptionedValues>,
    pub(crate) content_type: Option<Cow<'static, str>>,
    /// The parts of the query about fields of records.
    pub(crate) selection: Selection,
    /// Hands out an empty record, where the response has none of those that the query is about.
    pub(crate) records: Option<EmptyValueFn>,
    /// True if sending it twice does no more than sending it once.
    pub(crate) idempotent: bool,
    /// True if the response is expected to be a list, or an object that holds one.
    pub(crate) is_list: bool,
    /// True if it changes something, so that a lost response leaves the outcome unknown.
    pub(crate) writes: bool,
}

/// The body of a call.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    None,
    Json(String),
    Patch(Vec<PatchOperation>),
    Form(Form),
    /// Bytes of the media type that the call names.
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
        }
    }

    /// Continues a list where `position` says. The conditions of the position are those of the filter already.
    pub(crate) fn continue_at(&mut self, position: &QueryPairs) {
        for (name, value) in position.iter() {
            self.query.set(name, value);
            self.selection.resumed.push(name.to_owned());
        }
    }

    /// Adds a cookie to those that the call sends.
    pub(crate) fn add_cookie(&mut self, name: &str, value: &str) {
        let mut pair = format!("{name}=");
        pair.extend(path::encode(value));
        match self.headers.iter_mut().find(|(name, _)| name == "cookie") {
            Some((_, cookies)) => {
                cookies.push_str("; ");
                cookies.push_str(&pair);
            }
            None => self.headers.push((Cow::Borrowed("cookie"), pair)),
        }
    }

    /// `GET /orders/{id}`, for messages: without any value.
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.method, self.template)
    }
}
