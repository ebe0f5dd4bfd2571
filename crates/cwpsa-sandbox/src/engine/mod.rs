//! The engine: a call goes in, an answer comes out. Reads share the state, a write has it alone; a write is
//! on the disk before it is answered, and told to the listeners after it is stored.

mod action;
mod auth;
mod bulk;
mod files;
mod filter;
pub(crate) mod list;
mod read;
mod reply;
mod write;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::Value;

use crate::api::{BodyFormat, CollectionId, Found, Operation, Place, Purpose, api};
use crate::call::{Answer, Call, Event};
use crate::clock;
use crate::problem::Problem;
use crate::rules::rules;
use crate::seed;
use crate::settings::{Settings, SettingsError};
use crate::store::{Disk, State};
use crate::write::Writing;

/// So many actions are remembered.
const RECORDED: usize = 1000;

type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// A ConnectWise server without a network.
pub struct Sandbox {
    settings: Settings,
    state: RwLock<State>,
    disk: Option<Disk>,
    listeners: RwLock<Vec<Listener>>,
    recorded: Mutex<VecDeque<Recorded>>,
}

/// An action that was accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The verb and the path as it was called.
    pub call: String,
    /// The body; null where there was none.
    pub body: Value,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A call whose operation is known.
struct Called<'a> {
    call: &'a Call,
    operation: &'static Operation,
    place: Place,
}

impl Sandbox {
    /// A sandbox with the seed records, and with what the data file kept.
    ///
    /// # Errors
    /// A data file that can't be used, and seed records that contradict the catalog.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let disk = match &settings.data {
            Some(path) => Some(Disk::open(path).map_err(|error| SettingsError::Data(error.0))?),
            None => None,
        };
        let now = settings.now.unwrap_or_else(clock::now);
        let state = RwLock::new(seed::start(&settings, now, disk.as_ref())?);
        Ok(Self { settings, state, disk, listeners: RwLock::default(), recorded: Mutex::default() })
    }

    /// Answers a call.
    pub fn answer(&self, call: &Call) -> Answer {
        let answer = self.answered(call).unwrap_or_else(|problem| reply::problem(&problem));
        reply::in_asked_type(answer, call)
    }

    fn answered(&self, call: &Call) -> Result<Answer, Problem> {
        let key = auth::key(&self.settings.keys, &call.headers)?;
        let (operation, place) = match api().find(call.method.as_str(), &call.path) {
            Found::Operation { operation, place } => (&api().operations[operation], place),
            Found::WrongVerb => {
                let message =
                    format!("The requested resource does not support http method '{}'.", call.method);
                return Err(Problem::new(405, "ConnectWiseApi", message));
            }
            Found::NoEndpoint => return Err(Problem::no_endpoint()),
        };
        let called = Called { call, operation, place };
        called.media_type()?;
        self.prepare(operation);
        let reads = call.method == http::Method::GET && rules().action(operation).is_none();
        if let (Purpose::Search(collection), _) | (Purpose::List(collection), true) =
            (operation.purpose, reads)
        {
            return read::list(&self.read(), &called, collection);
        }
        if reads {
            return read::read(&self.read(), &called, self.now());
        }
        self.write(|writing| self.change(&called, writing), &key.member)
    }

    fn change(&self, called: &Called<'_>, writing: &mut Writing<'_>) -> Result<Answer, Problem> {
        match called.operation.purpose {
            _ if rules().action(called.operation).is_some() => self.act(called, writing),
            Purpose::Create(collection) if called.operation.plan().body == BodyFormat::Multipart => {
                files::upload(called, writing, collection)
            }
            Purpose::Bulk(collection) => bulk::bulk(called, writing, collection),
            Purpose::Action | Purpose::Copy(_) | Purpose::Download => self.act(called, writing),
            _ => write::write(called, writing),
        }
    }

    fn act(&self, called: &Called<'_>, writing: &mut Writing<'_>) -> Result<Answer, Problem> {
        let (answer, body) = action::act(called, writing)?;
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        if recorded.len() == RECORDED {
            recorded.pop_front();
        }
        recorded.push_back(Recorded { call: format!("{} {}", called.call.method, called.call.path), body });
        Ok(answer)
    }

    /// Runs a write: all of it is kept, or none of it.
    fn write(
        &self,
        run: impl FnOnce(&mut Writing<'_>) -> Result<Answer, Problem>,
        member: &str,
    ) -> Result<Answer, Problem> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut writing = Writing::new(&mut state, &self.settings, self.now(), member);
        let answer = match run(&mut writing) {
            Ok(answer) => answer,
            Err(problem) => {
                writing.undo_to((0, 0));
                return Err(problem);
            }
        };
        let events = writing.keep(self.disk.as_ref())?;
        drop(state);
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone();
        events.iter().for_each(|event| listeners.iter().for_each(|listener| listener(event)));
        Ok(answer)
    }

    fn now(&self) -> i64 {
        self.settings.now.unwrap_or_else(clock::now)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the tables that an operation looks at, so that reads need not write.
    fn prepare(&self, operation: &Operation) {
        let own = operation.purpose.collection();
        let view = own.and_then(|own| rules().view(own)).map(|view| view.of);
        let needed = || operation.parameters().iter().flatten().copied().chain(own).chain(view);
        let state = self.read();
        if needed().all(|collection| state.known(collection)) {
            return;
        }
        drop(state);
        let mut state = self.lock();
        needed().for_each(|collection| seed::ensure(&mut state, collection));
    }

    fn lock(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `listener` after each change of a record, in the thread of the call that changed it.
    pub fn on_event(&self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(listener));
    }

    /// The callback records that are stored.
    pub fn callbacks(&self) -> Vec<Value> {
        let Some(callbacks) = api().collection(CALLBACKS) else { return Vec::new() };
        let state = self.read();
        let rows = state.table(callbacks).map(|table| table.rows()).unwrap_or_default();
        rows.iter().map(|row| Value::Object(row.record.value())).collect()
    }

    /// Marks a callback record as inactive, as the server does when its deliveries keep failing. Answers
    /// whether the record is there and the change was stored.
    pub fn disable_callback(&self, id: i64) -> bool {
        let done = self.write(
            |writing| {
                let callbacks = writing.collection(CALLBACKS)?;
                writing.existing(callbacks, id)?;
                writing.set(callbacks, id, [("inactiveFlag", Value::Bool(true))]);
                Ok(reply::nothing())
            },
            "system",
        );
        done.is_ok()
    }

    /// The actions that were accepted, the oldest first; the last 1,000 are remembered.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

const CALLBACKS: &str = "/system/callbacks";

impl Purpose {
    /// The collection that it is about.
    fn collection(self) -> Option<CollectionId> {
        match self {
            Self::List(id)
            | Self::Search(id)
            | Self::Count(id)
            | Self::Create(id)
            | Self::Clear(id)
            | Self::Read(id)
            | Self::Replace(id)
            | Self::Patch(id)
            | Self::Delete(id)
            | Self::Usages(id)
            | Self::Defaults(id)
            | Self::Bulk(id)
            | Self::Copy(id)
            | Self::Single(id)
            | Self::ReplaceSingle(id)
            | Self::PatchSingle(id) => Some(id),
            Self::Download | Self::Action => None,
        }
    }
}

impl Called<'_> {
    /// Whether the body is of a kind that the operation takes.
    fn media_type(&self) -> Result<(), Problem> {
        let body = self.operation.plan().body;
        if body == BodyFormat::None || (self.call.body.is_empty() && body != BodyFormat::Multipart) {
            return Ok(());
        }
        let given = self.call.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let given =
            given.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let fits = match body {
            BodyFormat::Multipart => given == "multipart/form-data",
            _ => given.ends_with("/json") || given.ends_with("+json"),
        };
        if fits {
            return Ok(());
        }
        let message = format!("The media type '{given}' is not supported for this resource.");
        Err(Problem::new(415, "ConnectWiseApi", message))
    }

    /// The body as JSON; null where there is none.
    fn body(&self) -> Result<Value, Problem> {
        if self.call.body.iter().all(u8::is_ascii_whitespace) {
            return match self.operation.plan().body {
                BodyFormat::Object | BodyFormat::Whole | BodyFormat::Patch
                    if self.call.method != http::Method::DELETE =>
                {
                    Err(Problem::new(400, "ConnectWiseApi", "A body is required."))
                }
                _ => Ok(Value::Null),
            };
        }
        serde_json::from_slice(&self.call.body).map_err(|error| {
            let message = format!("Error reading JSON. Line {}, position {}.", error.line(), error.column());
            Problem::new(400, "ConnectWiseApi", message)
        })
    }

    /// The body as text.
    fn text(&self) -> &str {
        std::str::from_utf8(&self.call.body).unwrap_or_default()
    }

    /// The ids of the records that the path names, each under the one before it; 0 where a parameter names none.
    fn ids(&self, state: &State) -> Result<Vec<i64>, Problem> {
        let mut ids: Vec<i64> = Vec::new();
        let parameters = self.operation.parameters();
        for (at, (value, collection)) in self.place.values.iter().zip(parameters).enumerate() {
            let Some(collection) = *collection else {
                ids.push(value.parse().unwrap_or_default());
                continue;
            };
            let known = api().of(collection);
            let parent = (at > 0 && known.parents.len() == at).then(|| ids[at - 1]);
            let row = match rules().view(collection) {
                Some(view) => state.named(view.of, value, None).filter(|row| view.shows(&row.record, &ids)),
                None => state.named(collection, value, parent),
            };
            ids.push(row.ok_or_else(|| Problem::not_found(&known.noun(), value))?.id);
        }
        Ok(ids)
    }

    /// The path of the call below the root, without a trailing slash.
    fn path(&self) -> String {
        let segments: Vec<&str> = self.call.path.split('/').filter(|segment| !segment.is_empty()).collect();
        format!("/{}", segments.join("/"))
    }

    fn forward_only(&self) -> bool {
        let header = self.call.headers.get("pagination-type").and_then(|value| value.to_str().ok());
        header.is_some_and(|value| value.eq_ignore_ascii_case("forward-only"))
    }
}
