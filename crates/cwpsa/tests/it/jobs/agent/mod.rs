//! An agent whose model is a script: it calls tools one after the other, with arguments from the user's request and
//! from earlier results. A driver sends the calls, so each task is written only once.

pub mod mcp;
pub mod plain;
pub mod proxy;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The result of a tool.
pub struct Answer {
    /// A record, or the rows of one page.
    pub result: Value,
    /// The arguments that give the next page.
    pub next: Option<Value>,
}

/// Why a call was not carried out.
#[derive(Debug)]
pub enum Refused {
    /// The budget of calls is spent; so many seconds until there is another.
    Limited(u64),
    /// Anything else, as the server says it.
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
    /// Calls a tool by its short name. `want` is what the model would search for; `key` is the same when the same call
    /// is made again.
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

/// One call of a job, as the guide tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub tool: &'static str,
    /// Dates stand as the words that the job has for them.
    pub arguments: Value,
    pub why: &'static str,
}

/// Waits until the budget is renewed, which takes so many seconds. In a test it is renewed at once.
type Wait = Box<dyn Fn(u64) -> BoxFuture<'static, ()> + Send + Sync>;

/// Does jobs and remembers how.
pub struct Agent {
    driver: Driver,
    pub steps: Vec<Step>,
    /// How often it had to wait for the budget, and the steps at which it did, from 0 on.
    pub waits: Vec<usize>,
    /// Dates that were made, and the words for them.
    dates: Vec<(String, String)>,
    now: OffsetDateTime,
    wait: Wait,
}

/// More waits than this for one call, and something is wrong.
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

    /// The same agent, which waits like this while its budget is spent.
    pub fn with_wait(self, wait: impl Fn(u64) -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        Self { wait: Box::new(wait), ..self }
    }

    /// This moment and an offset, in the API's form.
    pub fn moment(&mut self, offset: time::Duration, words: &str) -> String {
        self.date(self.now + offset, words)
    }

    /// The start of this day and an offset.
    pub fn day(&mut self, offset: time::Duration, words: &str) -> String {
        self.date(self.now.replace_time(time::Time::MIDNIGHT) + offset, words)
    }

    /// The words for a date that the tenant has.
    pub fn known(&mut self, date: &str, words: &str) {
        self.dates.push((date.to_owned(), format!("‹{words}›")));
    }

    fn date(&mut self, date: OffsetDateTime, words: &str) -> String {
        let text = date.replace_nanosecond(0).unwrap().format(&Rfc3339).unwrap();
        self.known(&text, words);
        text
    }

    /// Calls a tool, and waits and calls again while the budget is spent. A list is followed to its end.
    pub async fn call(
        &mut self,
        want: &str,
        tool: &'static str,
        arguments: Value,
        why: &'static str,
    ) -> Value {
        let shown = self.in_words(&arguments);
        self.steps.push(Step { tool, arguments: shown, why });
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
        // The same for each attempt, another for each step.
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
                // What is left are days alone, as people are told them.
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

/// The only row of a list that was asked for by name.
pub fn only(rows: &Value) -> &Value {
    match rows.as_array().map(Vec::as_slice) {
        Some([row]) => row,
        _ => panic!("one row was expected: {rows}"),
    }
}

/// A reference to a record.
pub fn to(record: &Value) -> Value {
    assert!(record["id"].is_i64(), "a record: {record}");
    json!({"id": record["id"]})
}
