//! What a tool call gives back: the answer as JSON, without what only costs a model tokens, and the arguments
//! that ask for the next page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::check::Check;
use super::details::{Content, Location, RequestPlan};
use crate::call::Call;
use crate::client::Received;
use crate::{Api, Dialect, Download, Error, Next, Place, RateLimit, dialect};

/// How a tool is executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExecuteOptions {
    /// Keep the members that are otherwise dropped from answers.
    pub keep_trimmed: bool,
    /// In whose words the arguments are. Every dialect also takes the tool's own form, but for null: strict
    /// mode has no other word for what is not given.
    pub dialect: Dialect,
}

/// What a tool call gave back.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The HTTP status, 2xx.
    pub status: u16,
    /// The answer: JSON, `null` if there is none, or for a file an object of `media_type`, `file_name`, `size`
    /// (in bytes) and `content_base64`.
    pub value: Value,
    /// How the list goes on, as query parameters.
    pub paging: Option<Next>,
    /// The state of the rate limit.
    pub rate_limit: RateLimit,
    /// The server's name for the request, to be quoted to its support.
    pub request_id: Option<String>,
    next_arguments: Option<Map<String, Value>>,
    /// Those of the arguments of the next page that this one did not have.
    changes: Map<String, Value>,
}

impl Outcome {
    /// The arguments of the next page; `None` if there is none, or if the tool has no argument for it.
    pub fn next_arguments(&self) -> Option<&Map<String, Value>> {
        self.next_arguments.as_ref()
    }

    /// The next page as one word, for the argument `next_cursor` of the dialect `truto`.
    pub fn next_cursor(&self) -> Option<String> {
        self.next_arguments.as_ref().map(|_| dialect::cursor(&self.changes))
    }
}

/// What is needed to make outcomes of answers.
pub(super) struct Reader {
    pub(super) content: Content,
    pub(super) trim: Vec<&'static str>,
}

impl Reader {
    /// A reader for the answers of a call.
    pub(super) fn new(api: &'static Api, call: &Call, content: Content, options: ExecuteOptions) -> Self {
        let listed = api.fields_parameter.and_then(|parameter| call.query.get(parameter)).unwrap_or_default();
        let names: Vec<&str> = listed.split([',', '/']).map(str::trim).collect();
        let kept = |name: &&&str| !options.keep_trimmed && !names.contains(*name);
        Self { content, trim: api.trim.iter().filter(kept).copied().collect() }
    }

    /// The outcome that an answer is.
    pub(super) fn read(&self, received: Received) -> Result<Outcome, Error> {
        let raw = received.raw;
        let value = match self.content {
            Content::None => Value::Null,
            Content::Binary => {
                let file = Download::new(raw.headers(), raw.body().clone());
                json!({
                    "media_type": file.media_type,
                    "file_name": file.file_name,
                    "size": file.bytes.len(),
                    "content_base64": STANDARD.encode(&file.bytes),
                })
            }
            Content::Json if raw.is_empty() => Value::Null,
            Content::Json => {
                let mut value = Value::Null;
                raw.decode_into(Place::Any(&mut value))?;
                if !self.trim.is_empty() {
                    trim(&mut value, &self.trim);
                }
                value
            }
        };
        Ok(Outcome {
            status: raw.status(),
            value,
            paging: received.next,
            rate_limit: received.rate_limit,
            request_id: received.request_id,
            next_arguments: None,
            changes: Map::new(),
        })
    }
}

impl Outcome {
    /// Finds the arguments of the next page: those of this one, with the parameters of the next put back
    /// under the names that the tool has for them.
    pub(super) fn find_next(
        &mut self,
        check: &Check,
        plan: &RequestPlan<'_>,
        sent: &Call,
        mut arguments: Map<String, Value>,
    ) {
        let Some(next) = &self.paging else { return };
        for (name, value) in next.pairs().iter() {
            let argument = plan.arguments.iter().find(|(argument, target)| {
                target.location == Location::Query && target.name.as_deref().unwrap_or(argument) == name
            });
            let Some((argument, _)) = argument else {
                // A parameter that stays as it is needs no argument.
                if sent.query.get(name) == Some(value) {
                    continue;
                }
                return;
            };
            let kind = check.property(argument).and_then(|schema| schema.get("type"));
            let number = value.parse::<i64>().ok().filter(|_| kind.is_some_and(|kind| kind != "string"));
            let value = number.map_or_else(|| Value::from(value), Value::from);
            self.changes.insert(argument.to_string(), value.clone());
            arguments.insert(argument.to_string(), value);
        }
        self.next_arguments = Some(arguments);
    }
}

/// Drops members of these names at every depth.
fn trim(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !names.contains(&name.as_str()));
            members.values_mut().for_each(|value| trim(value, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| trim(value, names)),
        _ => {}
    }
}
