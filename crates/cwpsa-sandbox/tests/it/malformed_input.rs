//! Sends random arguments drawn from each tool's schema, and bodies that match no schema. The engine must respond to
//! each with one of the API's statuses, in JSON, and keep working.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Method;
use connectwise_psa::runtime::catalog::ArgumentLocation;
use serde_json::{Map, Value, json};
use toolcrate_testing::random::Random;

use crate::support::engine::{call, get, json, sandbox};

/// Bodies that no operation accepts.
fn bodies() -> Vec<Value> {
    vec![
        json!([]),
        json!({}),
        json!("text"),
        json!(5),
        json!([1, "x", null, {}, []]),
        json!([{"op": "replace", "path": "id/x/0", "value": {"a": [1]}}, {"op": "remove", "path": "/_info/0"}]),
        json!({"id": "x", "company": [], "name": {}, "customFields": {"a": 1}, "ids": ["x", 5, null]}),
        json!({"requests": [1, {"resourceType": 5, "apiRequest": [], "sequenceNumber": {}}]}),
    ]
}

#[test]
fn malformed_requests_get_api_errors() {
    let sandbox = sandbox();
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for (seed, tool) in (0..).zip(CATALOG.tools()) {
        let record = tool.details();
        let path = tool.request_path();
        let mut random = Random::new(seed);
        let drawn = random.arguments(&tool.input_schema_value());
        let targets = &record.request.arguments;
        let mut members = Map::new();
        let mut query = Vec::new();
        for (name, value) in drawn {
            let target = targets.get(name.as_str());
            let sent = target.map_or(name.as_str(), |target| target.name_or(&name)).to_owned();
            match target.map(|target| target.location) {
                Some(ArgumentLocation::Path) => {}
                None | Some(ArgumentLocation::Body) if tool.method() != Method::Get => {
                    members.insert(sent, value);
                }
                _ => query.push((sent, value.as_str().map_or(value.to_string(), str::to_owned))),
            }
        }
        let mut sent = bodies();
        sent.push(Value::Object(members.clone()));
        let patch =
            members.iter().map(|(name, value)| json!({"op": "replace", "path": name, "value": value}));
        sent.push(patch.collect());
        for (round, body) in sent.iter().enumerate() {
            let segments = path.split('/').map(|segment| match segment.split_once('{') {
                Some((before, _)) => {
                    format!("{before}{}", [1, 250, 8812, 5091, 0][(round + segment.len()) % 5])
                }
                None => segment.to_owned(),
            });
            let path = segments.collect::<Vec<_>>().join("/");
            let mut call = call(tool.method().as_str(), &path, body);
            call.query = query.clone();
            let answer = sandbox.answer(&call);
            let status = answer.status.as_u16();
            *statuses.entry(status).or_default() += 1;
            assert!((200..=500).contains(&status), "{} {path} {body}", tool.name());
            if status >= 400 {
                let problem = json(&answer);
                assert!(
                    problem["code"].is_string() && problem["message"].is_string(),
                    "{} {problem}",
                    tool.name()
                );
                let converting =
                    problem["message"].as_str().expect("text").starts_with("Error converting value");
                assert!(status < 500 || converting, "{} {path} {body}: {problem}", tool.name());
            }
        }
    }
    println!("{statuses:?}");
    assert!(get(&sandbox, "/service/boards").is_array());
}
