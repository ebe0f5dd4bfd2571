//! A typed request: a plain value that says what to send and which type the answer has. Making one does
//! nothing; [`Client::send`](crate::Client::send) does.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;

use crate::call::{Body, Call};
use crate::{Encode, Form, Method, ParameterValue, Patch, PathValue, Query, QueryPairs, path};

/// A request whose answer is a `T`.
///
/// Any type that is an [`Answer`](crate::Answer) will do, so a request that no generated function makes can
/// be made by hand: `Request::<serde_json::Value>::new(Method::Get, "/orders/{id}").path("id", 5)`.
pub struct Request<T> {
    pub(crate) call: Call,
    answer: PhantomData<fn() -> T>,
}

impl<T> Request<T> {
    /// A request to a path template such as `/orders/{id}`, relative to the client's base URL.
    pub fn new(method: Method, template: impl Into<Cow<'static, str>>) -> Self {
        Self { call: Call::new(method, template.into()), answer: PhantomData }
    }

    /// Fills the placeholder `name`. A value that is empty or only dots is reported by `send`.
    #[must_use]
    pub fn path(mut self, name: impl Into<Cow<'static, str>>, value: impl PathValue) -> Self {
        self.call.values.push((name.into(), value.text().into_owned()));
        self
    }

    /// Adds the parameters of a set.
    #[must_use]
    pub fn query(mut self, query: &(impl Query + ?Sized)) -> Self {
        query.write(&mut self.call.query);
        self
    }

    /// Adds a query parameter; a list becomes one pair an item.
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

    /// Adds a header. One that can't be sent is reported by `send`.
    #[must_use]
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl PathValue) -> Self {
        self.call.headers.push((name.into(), value.text().into_owned()));
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

    /// Sends `body` as JSON.
    #[must_use]
    pub fn body(mut self, body: &(impl Encode + ?Sized)) -> Self {
        self.call.body = Body::Json(body.encode());
        self
    }

    /// Sends `body` as JSON if it is set.
    #[must_use]
    pub fn body_opt(self, body: Option<&(impl Encode + ?Sized)>) -> Self {
        match body {
            Some(body) => self.body(body),
            None => self,
        }
    }

    /// Sends a JSON Patch. Its paths are written as the client's API wants them.
    #[must_use]
    pub fn patch<M: ?Sized>(mut self, patch: &Patch<M>) -> Self {
        self.call.body = Body::Patch(patch.operations().to_vec());
        self
    }

    /// Sends a form with files.
    #[must_use]
    pub fn form(mut self, form: &Form) -> Self {
        self.call.body = Body::Form(form.clone());
        self
    }

    /// Sends `body` as it is, as `media_type`.
    #[must_use]
    pub fn raw(mut self, media_type: impl Into<Cow<'static, str>>, body: impl AsRef<[u8]>) -> Self {
        self.call.body = Body::Raw(Bytes::copy_from_slice(body.as_ref()));
        self.content_type(media_type)
    }

    /// Sends `body` as it is, as `media_type`, if it is set.
    #[must_use]
    pub fn raw_opt(self, media_type: impl Into<Cow<'static, str>>, body: Option<impl AsRef<[u8]>>) -> Self {
        match body {
            Some(body) => self.raw(media_type, body),
            None => self,
        }
    }

    /// The media type of the body, where it isn't `application/json`.
    #[must_use]
    pub fn content_type(mut self, media_type: impl Into<Cow<'static, str>>) -> Self {
        self.call.content_type = Some(media_type.into());
        self
    }

    /// Says that sending this twice does no more than sending it once, so that a
    /// [`RetryPolicy`](crate::RetryPolicy) may repeat it. It holds for GET and HEAD without saying.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.call.idempotent = true;
        self
    }

    /// The same request with another type of answer.
    pub fn answer<U>(self) -> Request<U> {
        Request { call: self.call, answer: PhantomData }
    }

    /// The verb.
    pub fn method(&self) -> Method {
        self.call.method
    }

    /// The path template, as given.
    pub fn template(&self) -> &str {
        &self.call.template
    }

    /// The path with its placeholders filled and encoded.
    pub fn filled_path(&self) -> String {
        path::fill(&self.call.template, &self.call.values)
    }

    /// The query, not yet encoded.
    pub fn query_pairs(&self) -> &QueryPairs {
        &self.call.query
    }

    /// The body, if it is JSON: what [`body`](Self::body) took.
    pub fn json_body(&self) -> Option<&str> {
        match &self.call.body {
            Body::Json(text) => Some(text),
            _ => None,
        }
    }
}

impl<T> Clone for Request<T> {
    fn clone(&self) -> Self {
        Self { call: self.call.clone(), answer: PhantomData }
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.call.method)
            .field("path", &self.filled_path())
            .field("query", &self.call.query)
            .field("body", &self.call.body)
            .finish_non_exhaustive()
    }
}
