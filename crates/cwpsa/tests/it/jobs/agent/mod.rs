//! An agent whose model is a script: it calls tools one after another, with arguments from the user's request and from
//! earlier results. A driver sends the calls over a particular protocol, so each task is written only once.

pub mod mcp;
pub mod plain;
pub mod proxy;

use std::borrow::Cow;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The result of a tool call.
pub struct Answer {
    /// A record, or the rows of one page.
    pub result: Value,
    /// The arguments for the next page.
    pub next: Option<Value>,
}

/// The reason why a call was not carried out.
#[derive(Debug)]
pub enum Refused {
    /// The call budget is used up; the number of seconds until it is renewed.
    Limited(u64),
    /// Any other reason, as reported by the server.
    Other(String),
}

/// How calls reach the server.
#[expect(clippy::large_enum_variant, reason = "there are few")]
pub enum Driver {
    Proxy(proxy::Proxy),
    Plain(plain::Plain),
    Mcp(mcp::Mcp),
}

impl Driver {
    /// Calls a tool by its short name. `want` is what the model would search for; `key` stays the same when the same
    /// call is repeated.
    pub async fn call(
        &mut self,
        want: &str,
        tool: &str,
        arguments: &Value,
        key: &str,
    ) -> Result<Answer, Refused> {
        match self {
            Self::Proxy(proxy) => proxy.call(tool, arguments, key).await,
            Self::Plain(plain) => plain.call(tool, arguments, key).await,
            Self::Mcp(mcp) => mcp.call(want, tool, arguments).await,
        }
    }
}

/// A call in a task, as shown in the guide.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub tool: &'static str,
    /// Dates are replaced with the task's words for them.
    pub arguments: Value,
    pub why: Cow<'static, str>,
}

/// Waits this many seconds until the budget is renewed. In a test, it is renewed immediately.
type Wait = Box<dyn Fn(u64) -> BoxFuture<'static, ()> + Send + Sync>;

/// Performs tasks and records the steps.
pub struct Agent {
    driver: Driver,
    pub steps: Vec<Step>,
    /// The steps, counted from 0, at which it had to wait for the budget.
    pub waits: Vec<usize>,
    /// Generated dates, and the words for them.
    dates: Vec<(String, String)>,
    now: OffsetDateTime,
    wait: Wait,
}

/// Maximum number of waits for one call; more indicate a problem.
const MOST_WAITS: usize = 10;

impl Agent {
    pub fn new(driver: Driver) -> Self {
        Self {
            driver,
            steps: Vec::new(),
            waits: Vec::new(),
            dates: Vec::new(),
            now: OffsetDateTime::now_utc(),
            wait: Box::new(|seconds| panic!("the budget is spent for {seconds} s")),
        }
    }

    /// Returns the same agent with this way of waiting while its budget is used up.
    pub fn with_wait(self, wait: impl Fn(u64) -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        Self { wait: Box::new(wait), ..self }
    }

    /// Returns the current time plus an offset, in the API's format.
    pub fn moment(&mut self, offset: time::Duration, words: &str) -> String {
        self.date(self.now + offset, words)
    }

    /// Returns the start of the current day plus an offset.
    pub fn day(&mut self, offset: time::Duration, words: &str) -> String {
        self.date(self.now.replace_time(time::Time::MIDNIGHT) + offset, words)
    }

    /// Sets the words for a date in the tenant's data.
    pub fn known(&mut self, date: &str, words: &str) {
        self.dates.push((date.to_owned(), format!("‹{words}›")));
    }

    fn date(&mut self, date: OffsetDateTime, words: &str) -> String {
        let text = date.replace_nanosecond(0).unwrap().format(&Rfc3339).unwrap();
        self.known(&text, words);
        text
    }

    /// Calls a tool, waiting and repeating the call while the budget is used up. A list is followed to its end.
    pub async fn call(
        &mut self,
        want: &str,
        tool: &'static str,
        arguments: Value,
        why: impl Into<Cow<'static, str>>,
    ) -> Value {
        let shown = self.in_words(&arguments);
        self.steps.push(Step { tool, arguments: shown, why: why.into() });
        let mut answer = self.once(want, tool, &arguments, 0).await;
        let mut page = 0;
        while let (Some(next), Value::Array(rows)) = (answer.next.take(), &mut answer.result) {
            page += 1;
            let more = self.once(want, tool, &next, page).await;
            rows.extend(more.result.as_array().into_iter().flatten().cloned());
            answer.next = more.next;
        }
        answer.result
    }

    async fn once(&mut self, want: &str, tool: &str, arguments: &Value, page: usize) -> Answer {
        // The key is the same for each attempt, and different for each step.
        let step = self.steps.len() - 1;
        let key = format!("{}-{step}-{page}", self.now.unix_timestamp_nanos());
        for _ in 0..=MOST_WAITS {
            match self.driver.call(want, tool, arguments, &key).await {
                Ok(answer) => return answer,
                Err(Refused::Limited(seconds)) => {
                    self.waits.push(step);
                    (self.wait)(seconds).await;
                }
                Err(Refused::Other(message)) => panic!("{tool} {arguments}: {message}"),
            }
        }
        panic!("{tool} was refused {MOST_WAITS} times")
    }

    fn in_words(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let mut text = text.clone();
                for (date, words) in &self.dates {
                    text = text.replace(date, words);
                }
                // Only dates without a time are left, in the form shown to people.
                for (date, words) in &self.dates {
                    text = text.replace(&date[..10], words);
                }
                Value::from(text)
            }
            Value::Array(items) => items.iter().map(|item| self.in_words(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), self.in_words(value)))
                .collect::<Map<_, _>>()
                .into(),
            other => other.clone(),
        }
    }
}

/// Returns the only row of a list that was requested by name.
pub fn only(rows: &Value) -> &Value {
    match rows.as_array().map(Vec::as_slice) {
        Some([row]) => row,
        _ => panic!("one row was expected: {rows}"),
    }
}

/// Returns a reference to a record.
pub fn to(record: &Value) -> Value {
    assert!(record["id"].is_i64(), "a record: {record}");
    json!({"id": record["id"]})
}
