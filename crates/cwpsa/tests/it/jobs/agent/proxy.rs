//! Sends calls the way Truto's SDK does: the tool list supplies the resource, method and schemas, and the call is a
//! request to the proxy.

use std::collections::BTreeMap;

use reqwest::{Client, Method};
use serde_json::{Map, Value, json};

use super::plain::{answered, limited};
use super::{Answer, Refused};
use crate::jobs::tenant::Account;

/// An account's tool list, and where to call the tools.
pub struct Proxy {
    account: Account,
    client: Client,
    /// Tools by short name.
    tools: BTreeMap<String, Value>,
}

impl Proxy {
    /// Fetches the tool list.
    pub async fn of(account: &Account) -> Self {
        let client = Client::new();
        let url = format!("{}/integrated-account/{}/tools", account.server, account.name);
        let response = client.get(url).bearer_auth(&account.token).send().await.unwrap();
        let listing: Value = response.json().await.unwrap();
        let tools = listing["result"]
            .as_array()
            .expect("tools")
            .iter()
            .map(|tool| (tool["name"].as_str().unwrap().replace("connect_wise_psa_", ""), tool.clone()));
        Self { account: account.clone(), tools: tools.collect(), client }
    }

    pub async fn call(&self, name: &str, arguments: &Value, key: &str) -> Result<Answer, Refused> {
        let tool = self.tools.get(name).unwrap_or_else(|| panic!("{name} is listed"));
        let mut arguments = arguments.as_object().expect("arguments").clone();
        for required in tool["required"].as_array().unwrap() {
            assert!(arguments.contains_key(required.as_str().unwrap()), "{name} needs {required}");
        }
        let (method, resource) = (tool["method"].as_str().unwrap(), tool["resource"].as_str().unwrap());
        let mut path = format!("{}/proxy/{resource}", self.account.server);
        let verb = match method {
            "list" | "get" => Method::GET,
            "update" => Method::PATCH,
            "delete" => Method::DELETE,
            _ => Method::POST,
        };
        if let "get" | "update" | "delete" = method {
            path = format!("{path}/{}", arguments["id"]);
        } else if !matches!(method, "list" | "create") {
            path = format!("{path}/{method}");
        }
        // The SDK would silently drop arguments that neither schema has.
        let query = taken(&mut arguments, &tool["query_schema"]);
        let body = taken(&mut arguments, &tool["body_schema"]);
        assert!(arguments.is_empty(), "{name} has no {arguments:?}");
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.append_pair("integrated_account_id", &self.account.name);
        if method == "list" && !query.contains_key("next_cursor") {
            pairs.append_pair("next_cursor", "");
        }
        for (name, value) in &query {
            bracketed(&mut pairs, name, value);
        }
        let mut request = self
            .client
            .request(verb, format!("{path}?{}", pairs.finish()))
            .bearer_auth(&self.account.token)
            .header("idempotency-key", key);
        if !tool["body_schema"].is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        if let Some(refused) = limited(&response) {
            return Err(refused);
        }
        let value = answered(response).await?;
        if method != "list" {
            return Ok(Answer { result: value, next: None });
        }
        let next = value["next_cursor"].as_str().map(|cursor| {
            let mut next = query.clone();
            next.insert("next_cursor".to_owned(), json!(cursor));
            Value::Object(next)
        });
        Ok(Answer { result: value["result"].clone(), next })
    }
}

/// Removes and returns the arguments that a schema has.
fn taken(arguments: &mut Map<String, Value>, schema: &Value) -> Map<String, Value> {
    let properties = schema["properties"].as_object();
    let names: Vec<String> =
        properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect();
    names.into_iter().filter_map(|name| arguments.remove_entry(&name)).collect()
}

/// Writes `{"a": {"b": 1}}` as `a[b]=1`.
fn bracketed(pairs: &mut form_urlencoded::Serializer<'_, String>, name: &str, value: &Value) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| bracketed(pairs, &format!("{name}[{member}]"), value));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| bracketed(pairs, &format!("{name}[{index}]"), value));
        }
        Value::String(text) => drop(pairs.append_pair(name, text)),
        other => drop(pairs.append_pair(name, &other.to_string())),
    }
}
