//! A fake engine for network tests, with collections at any path and without any rules. It supports credentials, lists
//! with conditions and pages, counts, and single records.

#![allow(clippy::result_large_err, reason = "a test has time to move an answer")]

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;
use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::{self, json};
use cwpsa_sandbox::query::{FieldNames, RecordSearch, SearchParameters, ValueKind};
use cwpsa_sandbox::server::MockEngine;
use cwpsa_sandbox::{ChangeEvent, MockRequest, MockResponse, RecordChangeKind};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

type ChangeListener = Box<dyn Fn(&ChangeEvent) + Send + Sync>;
type FakeCollection = BTreeMap<i64, Value>;

/// Records in memory.
#[derive(Default)]
pub struct FakeEngine {
    collections: Mutex<BTreeMap<String, FakeCollection>>,
    listeners: Mutex<Vec<ChangeListener>>,
}

struct AnyNames;

impl FieldNames for AnyNames {
    fn kind(&self, path: &str) -> Option<ValueKind> {
        match path {
            "id" | "board/id" | "company/id" => Some(ValueKind::Number),
            "summary" | "name" | "company/identifier" | "identifier" | "firstName" => Some(ValueKind::Text),
            "closedFlag" | "inactiveFlag" => Some(ValueKind::Boolean),
            _ => None,
        }
    }
}

impl FakeEngine {
    fn collections(&self) -> MutexGuard<'_, BTreeMap<String, FakeCollection>> {
        self.collections.lock().expect("no panic")
    }

    fn emit(&self, kind: RecordChangeKind, collection: &str, id: i64, record: &Value) {
        let event = ChangeEvent { kind, collection: collection.to_owned(), id, record: record.clone() };
        self.listeners.lock().expect("no panic").iter().for_each(|listener| listener(&event));
    }

    /// Stores a record.
    pub fn put(&self, collection: &str, mut record: Value) -> Value {
        let mut collections = self.collections();
        let records = collections.entry(collection.to_owned()).or_default();
        let id = records.last_key_value().map_or(1, |(id, _)| id + 1);
        record["id"] = id.into();
        record["_info"] = json!({"lastUpdated": "2026-01-01T00:00:00Z", "updatedBy": "Admin1"});
        records.insert(id, record.clone());
        record
    }

    /// Returns the number of records in a collection.
    pub fn count(&self, collection: &str) -> usize {
        self.collections().get(collection).map_or(0, BTreeMap::len)
    }

    fn list(&self, call: &MockRequest, collection: &str, count: bool) -> Result<MockResponse, MockResponse> {
        let parameter =
            |name: &str| call.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let text = SearchParameters {
            conditions: parameter("conditions"),
            child_conditions: parameter("childConditions"),
            custom_field_conditions: parameter("customFieldConditions"),
            order_by: parameter("orderBy"),
        };
        let search = RecordSearch::parse(&text, &AnyNames).map_err(|error| {
            answer(400, &json!({"code": error.code, "message": error.message, "errors": null}))
        })?;
        let collections = self.collections();
        let mut found: Vec<&Value> = collections
            .get(collection)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter(|record| search.matches(*record))
            .collect();
        if count {
            return Ok(answer(200, &json!({"count": found.len()})));
        }
        found.sort_by(|a, b| search.compare(*a, *b));
        let number = |name: &str, default: usize| {
            parameter(name).and_then(|text| text.parse().ok()).unwrap_or(default)
        };
        let (page, size) = (number("page", 1).max(1), number("pageSize", 25).clamp(1, 1000));
        let shown: Vec<&Value> = found.iter().skip((page - 1) * size).take(size).copied().collect();
        let mut answer = answer(200, &json!(shown));
        if page * size < found.len() {
            let link =
                format!("<{}{}?pageSize={size}&page={}>; rel=\"next\"", call.base_url, call.path, page + 1);
            answer.headers.insert("link", HeaderValue::from_str(&link).expect("a header"));
        }
        Ok(answer)
    }

    fn write(
        &self,
        call: &MockRequest,
        collection: &str,
        id: Option<i64>,
    ) -> Result<MockResponse, MockResponse> {
        let missing =
            || answer(404, &json!({"code": "NotFound", "message": "Record not found", "errors": null}));
        let body = || {
            serde_json::from_slice::<Value>(&call.body)
                .map_err(|_| answer(400, &json!({"code": "InvalidObject"})))
        };
        match (&call.method, id) {
            (&Method::POST, None) => {
                let record = self.put(collection, body()?);
                self.emit(
                    RecordChangeKind::Added,
                    collection,
                    record["id"].as_i64().unwrap_or_default(),
                    &record,
                );
                Ok(answer(201, &record))
            }
            (&Method::PATCH, Some(id)) => {
                let operations = body()?;
                let record = {
                    let mut collections = self.collections();
                    let record = collections
                        .get_mut(collection)
                        .and_then(|all| all.get_mut(&id))
                        .ok_or_else(missing)?;
                    for operation in operations.as_array().into_iter().flatten() {
                        let path = operation["path"].as_str().unwrap_or_default().trim_start_matches('/');
                        record[path] = operation["value"].clone();
                    }
                    record.clone()
                };
                self.emit(RecordChangeKind::Updated, collection, id, &record);
                Ok(answer(200, &record))
            }
            (&Method::DELETE, Some(id)) => {
                let record = self
                    .collections()
                    .get_mut(collection)
                    .and_then(|all| all.remove(&id))
                    .ok_or_else(missing)?;
                self.emit(RecordChangeKind::Deleted, collection, id, &record);
                Ok(MockResponse {
                    status: StatusCode::NO_CONTENT,
                    headers: HeaderMap::new(),
                    body: Bytes::new(),
                })
            }
            _ => Err(answer(405, &json!({"code": "ConnectWiseApi", "message": "Method not allowed"}))),
        }
    }
}

impl MockEngine for FakeEngine {
    fn answer(&self, call: &MockRequest) -> MockResponse {
        let header = |name: &str| call.headers.get(name).and_then(|value| value.to_str().ok());
        if header("authorization") != Some("Basic YWNtZStwdWJsaWM6cHJpdmF0ZQ==") {
            return answer(401, &json!({"code": "Unauthorized", "message": "Unauthorized", "errors": null}));
        }
        if header("clientid").is_none() {
            return answer(
                403,
                &json!({"code": "Forbidden", "message": "clientId is missing", "errors": null}),
            );
        }
        let (parent, last) = call.path.rsplit_once('/').unwrap_or_default();
        let id = last.parse::<i64>().ok();
        let answered = match (&call.method, id) {
            (&Method::GET, None) if last == "count" => self.list(call, parent, true),
            (&Method::GET, None) => self.list(call, &call.path, false),
            (&Method::GET, Some(id)) => match self.collections().get(parent).and_then(|all| all.get(&id)) {
                Some(record) => Ok(answer(200, record)),
                None => Err(answer(
                    404,
                    &json!({"code": "NotFound", "message": format!("Record {id} not found"), "errors": null}),
                )),
            },
            (_, Some(id)) => self.write(call, parent, Some(id)),
            (_, None) => self.write(call, &call.path, None),
        };
        answered.unwrap_or_else(|refused| refused)
    }

    fn callbacks(&self) -> Vec<Value> {
        self.collections().get("/system/callbacks").into_iter().flat_map(BTreeMap::values).cloned().collect()
    }

    fn disable_callback(&self, id: i64) {
        if let Some(record) = self.collections().get_mut("/system/callbacks").and_then(|all| all.get_mut(&id))
        {
            record["inactiveFlag"] = true.into();
        }
    }

    fn on_event(&self, listener: ChangeListener) {
        self.listeners.lock().expect("no panic").push(listener);
    }
}

fn answer(status: u16, body: &Value) -> MockResponse {
    let headers =
        HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    MockResponse {
        status: StatusCode::from_u16(status).expect("a status"),
        headers,
        body: serde_json::to_vec(body).expect("JSON").into(),
    }
}
