//! A request as it goes out: address, headers, body. It is made in full before anything is sent, so a dry run
//! shows just what a call would send, with secrets masked.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};
use url::Url;

use crate::call::{Body, Call};
use crate::{Client, Error, FieldError, Form, Method, patch};

/// A request as it would be sent, to be looked at.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PreparedRequest {
    /// The verb.
    pub method: Method,
    /// The full address.
    pub url: String,
    /// The headers; those that credentials put in have the value `***`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: PreparedBody,
}

/// The body of a prepared request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PreparedBody {
    /// No body.
    None,
    /// JSON.
    Json(Value),
    /// The parts of a form: name, and its text or a description of its file.
    Form(Vec<(String, String)>),
}

impl PreparedRequest {
    /// As JSON: `method`, `url`, `headers` and `body`, which is `null`, JSON, or an object of a form's parts.
    pub fn to_json(&self) -> Value {
        let text = |pairs: &[(String, String)]| -> Map<String, Value> {
            pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
        };
        let body = match &self.body {
            PreparedBody::None => Value::Null,
            PreparedBody::Json(value) => value.clone(),
            PreparedBody::Form(parts) => Value::Object(text(parts)),
        };
        json!({"method": self.method.as_str(), "url": self.url, "headers": text(&self.headers), "body": body})
    }
}

/// A request that only lacks its credentials.
pub(crate) struct Ready {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: ReadyBody,
}

pub(super) enum ReadyBody {
    None,
    Json(Bytes),
    Form(Form),
}

impl Client {
    /// Makes everything of a request but its credentials, which are only checked.
    pub(crate) fn ready_to_send(&self, call: &Call, accept: &'static str) -> Result<Ready, Error> {
        let ready = self.ready(call, accept)?;
        self.authorize(&mut ready.headers.clone())?;
        Ok(ready)
    }

    /// Makes everything of a request but its credentials.
    pub(super) fn ready(&self, call: &Call, accept: &'static str) -> Result<Ready, Error> {
        let url = self.inner.address.of(call)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let body = match &call.body {
            Body::None => ReadyBody::None,
            Body::Json(text) => ReadyBody::Json(Bytes::from(text.clone())),
            Body::Raw(bytes) => ReadyBody::Json(bytes.clone()),
            Body::Patch(operations) => {
                ReadyBody::Json(Bytes::from(patch::to_json(operations, self.api().patch_paths)))
            }
            Body::Form(form) => ReadyBody::Form(form.clone()),
        };
        if matches!(body, ReadyBody::Json(_)) {
            let media_type = call.content_type.as_deref().unwrap_or("application/json");
            headers.insert(CONTENT_TYPE, header(CONTENT_TYPE.as_str(), media_type)?);
        }
        for (name, value) in &call.headers {
            let parsed = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| Error::configuration(format!("\"{name}\" can't be the name of a header")))?;
            headers.insert(parsed, header(name, value)?);
        }
        for (name, value) in self.headers.iter().flat_map(|headers| headers.iter()) {
            if !headers.contains_key(name) {
                headers.insert(name, value.clone());
            }
        }
        Ok(Ready { method: call.method, url, headers, body })
    }

    /// Adds the credentials.
    pub(super) fn authorize(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        match &self.inner.credentials {
            Some(credentials) => credentials.apply(headers),
            None => Ok(()),
        }
    }

    /// What a call would send.
    pub(crate) fn preview(&self, call: &Call, accept: &'static str) -> Result<PreparedRequest, Error> {
        let ready = self.ready(call, accept)?;
        let mut headers = ready.headers.clone();
        self.authorize(&mut headers)?;
        let shown = headers.iter().map(|(name, value)| {
            // What the credentials added or changed is secret, whether they marked it or not.
            let secret =
                value.is_sensitive() || !ready.headers.get_all(name).iter().any(|other| other == value);
            let text = if secret { "***".into() } else { String::from_utf8_lossy(value.as_bytes()) };
            (name.to_string(), text.into_owned())
        });
        let user_agent = ("user-agent".to_owned(), self.api().user_agent.to_owned());
        let body = match &ready.body {
            ReadyBody::None => PreparedBody::None,
            ReadyBody::Json(text) => PreparedBody::Json(
                serde_json::from_slice(text).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(text))),
            ),
            ReadyBody::Form(form) => PreparedBody::Form(
                form.summary().into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
            ),
        };
        Ok(PreparedRequest {
            method: ready.method,
            url: ready.url.to_string(),
            headers: std::iter::once(user_agent).chain(shown).collect(),
            body,
        })
    }
}

fn header(name: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| {
        let message = format!("\"{name}\" travels in a header, which can't hold line breaks and the like");
        Error::invalid_arguments(vec![FieldError::new(format!("/{name}"), "invalid", message)])
    })
}
