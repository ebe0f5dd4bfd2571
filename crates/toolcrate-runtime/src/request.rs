//! Typed requests, which are values that contain the request to send and the response type.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde_core::de::DeserializeOwned;

use crate::call::{Body, Call};
use crate::filter::Filter;
use crate::form::Form;
use crate::form_fields;
use crate::model::ModelValue;
use crate::patch::Patch;
use crate::path;
use crate::path_value::PathValue;
use crate::query::Query;
use crate::query_pairs::{ParameterValue, QueryPairs};
use crate::to_json::ToJson;
use toolcrate_catalog::{FieldStyle, Method, ParameterLocation, ParameterStyle};

/// A request with a response of type `T`. Send it with [`Client::send`](crate::Client::send).
///
/// `T` is any type that implements [`FromResponse`](crate::FromResponse), so requests without a generated function can
/// be built manually: `Request::<serde_json::Value>::new(Method::Get, "/orders/{id}").path("id", 5)`.
pub struct Request<T> {
    pub(crate) call: Call,
    response: PhantomData<fn() -> T>,
}

impl<T> Request<T> {
    /// Creates a request to a path template such as `/orders/{id}`, relative to the client's base URL.
    pub fn new(method: Method, template: impl Into<Cow<'static, str>>) -> Self {
        Self { call: Call::new(method, template.into()), response: PhantomData }
    }

    /// Fills the placeholder `name`. `send` rejects a value that is empty, `.` or `..`.
    #[must_use]
    pub fn path(mut self, name: impl Into<Cow<'static, str>>, value: impl PathValue) -> Self {
        self.call.values.push((name.into(), path::encode(&value.to_text()).to_string()));
        self
    }

    /// Adds the parameters of a query struct. Its filter is checked and written when the request is sent.
    #[must_use]
    pub fn query(mut self, query: &(impl Query + ?Sized)) -> Self {
        query.write(&mut self.call.query);
        self.call.selection = query.selection();
        self
    }

    /// Sets the type of the records that the query refers to, if the response doesn't contain them: for a count, for
    /// example. The filter is checked against its fields.
    #[must_use]
    pub fn records<M: ModelValue>(mut self) -> Self {
        self.call.records = Some(|visit| visit(M::default().value_mut()));
        self
    }

    /// Adds a query parameter; a list becomes one pair per item.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<Cow<'static, str>>, value: impl ParameterValue) -> Self {
        self.call.query.push(name, value);
        self
    }

    /// Adds a query parameter if it is set.
    #[must_use]
    pub fn parameter_opt(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: Option<impl ParameterValue>,
    ) -> Self {
        self.call.query.push_opt(name, value);
        self
    }

    /// Adds a header. `send` rejects invalid headers.
    #[must_use]
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl PathValue) -> Self {
        self.call.headers.push((name.into(), value.to_text().into_owned()));
        self
    }

    /// Adds a header if it is set.
    #[must_use]
    pub fn header_opt(self, name: impl Into<Cow<'static, str>>, value: Option<impl PathValue>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// Adds a cookie.
    #[must_use]
    pub fn cookie(mut self, name: &str, value: impl PathValue) -> Self {
        self.call.add_cookie(name, &value.to_text());
        self
    }

    /// Adds a cookie if it is set.
    #[must_use]
    pub fn cookie_opt(self, name: &str, value: Option<impl PathValue>) -> Self {
        match value {
            Some(value) => self.cookie(name, value),
            None => self,
        }
    }

    /// Adds a parameter in an OpenAPI style, such as a list, an object, or a path value that includes its name.
    #[must_use]
    pub fn styled(
        mut self,
        location: ParameterLocation,
        name: impl Into<Cow<'static, str>>,
        style: ParameterStyle,
        value: &(impl ToJson + ?Sized),
    ) -> Self {
        self.call.add_styled(location, name.into(), style, &convert(value));
        self
    }

    /// Adds a parameter in an OpenAPI style if it is set.
    #[must_use]
    pub fn styled_opt(
        self,
        location: ParameterLocation,
        name: impl Into<Cow<'static, str>>,
        style: ParameterStyle,
        value: Option<&(impl ToJson + ?Sized)>,
    ) -> Self {
        match value {
            Some(value) => self.styled(location, name, style, value),
            None => self,
        }
    }

    /// Sets the request's security schemes, if they differ from the API's: alternatives, each with the schemes that are
    /// sent together. The first alternative for which the client has all credentials is used. If there are none, no
    /// credentials are sent.
    #[must_use]
    pub fn security(mut self, alternatives: &[&[&'static str]]) -> Self {
        let schemes = |schemes: &&[&'static str]| schemes.iter().copied().map(Cow::Borrowed).collect();
        self.call.security = Some(alternatives.iter().map(schemes).collect());
        self
    }

    /// Sends `body` as JSON, without the fields of a record that the server sets.
    #[must_use]
    pub fn body(mut self, body: &(impl ToJson + ?Sized)) -> Self {
        self.call.body = Body::Json(body.to_body_json());
        self
    }

    /// Sends `body` as JSON if it is set.
    #[must_use]
    pub fn body_opt(self, body: Option<&(impl ToJson + ?Sized)>) -> Self {
        match body {
            Some(body) => self.body(body),
            None => self,
        }
    }

    /// Sends a JSON Patch. Its paths have the format that the client's API requires.
    #[must_use]
    pub fn patch<M: ?Sized>(mut self, patch: &Patch<M>) -> Self {
        self.call.body = Body::Patch(patch.operations().to_vec());
        self.call.custom_fields = patch.custom_fields().cloned();
        self
    }

    /// Sends a form with files.
    #[must_use]
    pub fn form(mut self, form: &Form) -> Self {
        self.call.body = Body::Form(form.clone());
        self
    }

    /// Sends the properties of `body` as a URL-encoded form. `styles` lists the properties with a non-default style.
    #[must_use]
    pub fn url_encoded(mut self, body: &(impl ToJson + ?Sized), styles: &[(&str, FieldStyle)]) -> Self {
        let style = |name: &str| styles.iter().find(|(other, _)| *other == name).map(|(_, style)| *style);
        self.call.body = Body::Raw(form_fields::encode(&convert(body), style).into());
        self.content_type(form_fields::MEDIA_TYPE)
    }

    /// Sends the properties of `body` as a URL-encoded form if it is set.
    #[must_use]
    pub fn url_encoded_opt(
        self,
        body: Option<&(impl ToJson + ?Sized)>,
        styles: &[(&str, FieldStyle)],
    ) -> Self {
        match body {
            Some(body) => self.url_encoded(body, styles),
            None => self,
        }
    }

    /// Sends `body` unchanged, as `media_type`.
    #[must_use]
    pub fn raw(mut self, media_type: impl Into<Cow<'static, str>>, body: impl AsRef<[u8]>) -> Self {
        self.call.body = Body::Raw(Bytes::copy_from_slice(body.as_ref()));
        self.content_type(media_type)
    }

    /// Sends `body` unchanged, as `media_type`, if it is set.
    #[must_use]
    pub fn raw_opt(self, media_type: impl Into<Cow<'static, str>>, body: Option<impl AsRef<[u8]>>) -> Self {
        match body {
            Some(body) => self.raw(media_type, body),
            None => self,
        }
    }

    /// Sets the media type of the body, which is `application/json` by default.
    #[must_use]
    pub fn content_type(mut self, media_type: impl Into<Cow<'static, str>>) -> Self {
        self.call.content_type = Some(media_type.into());
        self
    }

    /// Marks the request as idempotent, so a [`RetryPolicy`](crate::RetryPolicy) may repeat it. GET and HEAD are
    /// idempotent by default.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.call.idempotent = true;
        self
    }

    /// Returns the request with a different response type.
    pub fn with_response<U>(self) -> Request<U> {
        Request { call: self.call, response: PhantomData }
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> Method {
        self.call.method
    }

    /// Returns the path template.
    pub fn template(&self) -> &str {
        &self.call.template
    }

    /// Returns the path with its placeholders filled and encoded.
    pub fn filled_path(&self) -> String {
        path::fill(&self.call.template, &self.call.values)
    }

    /// Returns the query's filter, if it has one.
    pub fn filter(&self) -> Option<&Filter> {
        self.call.selection.filter.as_ref()
    }

    /// Returns the query, not yet encoded and without the conditions of its [filter](Self::filter), which are written
    /// when the request is sent. [`Client::preview`](crate::Client::preview) shows the complete query.
    pub fn query_pairs(&self) -> &QueryPairs {
        &self.call.query
    }

    /// Returns the body set by [`body`](Self::body), if there is one.
    pub fn json_body(&self) -> Option<&str> {
        match &self.call.body {
            Body::Json(text) => Some(text),
            _ => None,
        }
    }
}

/// Converts a value by way of its JSON. Anything that can be written as JSON can be read as JSON.
fn convert<V: DeserializeOwned + Default>(value: &(impl ToJson + ?Sized)) -> V {
    serde_json::from_str(&value.to_json_string()).unwrap_or_default()
}

impl<T> Clone for Request<T> {
    fn clone(&self) -> Self {
        Self { call: self.call.clone(), response: PhantomData }
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.call.method)
            .field("path", &self.filled_path())
            .field("query", &self.call.query)
            .field("filter", &self.call.selection.filter)
            .field("body", &self.call.body)
            .finish_non_exhaustive()
    }
}
