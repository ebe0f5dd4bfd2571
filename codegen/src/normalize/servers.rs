//! Handles operations that override the document's server.
//!
//! If the overriding URL extends the URL of the document's server, the additional path is added to the operation's
//! path. Operations on any other server are left out, because a client has only one base URL.

use serde_json::{Map, Value};

use super::document::VERBS;
use super::location::DocumentLocation;
use crate::diagnostic::{CodegenError, Repair, Report};

/// Moves operations to the path that their server adds, and removes those on a different server.
pub fn normalize(tree: &mut Value, report: &mut Report) {
    let base = address(&tree["servers"]).unwrap_or_default();
    let Some(paths) = tree["paths"].as_object_mut() else { return };
    let mut moved: Vec<(String, String, Map<String, Value>)> = Vec::new();
    for (path, item) in paths.iter_mut() {
        let Some(item) = item.as_object_mut() else { continue };
        let shared = item.get("servers").and_then(address);
        let own: Vec<(String, String)> = item
            .iter()
            .filter(|(verb, _)| VERBS.contains(&verb.as_str()))
            .filter_map(|(verb, operation)| {
                let own = operation.get("servers").and_then(address).or_else(|| shared.clone())?;
                Some((verb.clone(), own))
            })
            .collect();
        let parameters = item.get("parameters").cloned();
        for (verb, server) in own.into_iter().filter(|(_, server)| *server != base) {
            let prefix = below(&base, &server);
            if prefix.as_deref() == Some("") {
                continue;
            }
            let Some(operation) = item.shift_remove(&verb) else { continue };
            let root = DocumentLocation::ROOT;
            let location = root.key("paths").key(path).key(&verb).to_string();
            let Some(prefix) = prefix else {
                let message =
                    format!("the operation is on another server, `{server}`, which the client can't reach");
                report.omit(CodegenError::new("E018", message).at(location));
                continue;
            };
            let message =
                format!("the operation is on the server `{server}`; `{prefix}` was added to its path");
            report.repairs.push(Repair::new("R040", location, message));
            let mut other = Map::new();
            other.extend(parameters.clone().map(|parameters| ("parameters".to_owned(), parameters)));
            other.insert(verb, operation);
            moved.push((format!("{prefix}{path}"), path.clone(), other));
        }
    }
    for (path, from, item) in moved {
        match paths.get_mut(&path).and_then(Value::as_object_mut) {
            Some(known) => {
                for (key, value) in item {
                    known.entry(key).or_insert(value);
                }
            }
            None => {
                paths.insert(path, Value::Object(item));
            }
        }
        let is_empty = |item: &Value| !VERBS.iter().any(|verb| item.get(*verb).is_some());
        if paths.get(&from).is_some_and(is_empty) {
            paths.shift_remove(&from);
        }
    }
}

/// Returns the URL of the first of `servers`, without a trailing slash.
fn address(servers: &Value) -> Option<String> {
    Some(servers.get(0)?.get("url")?.as_str()?.trim_end_matches('/').to_owned())
}

/// Returns the path of `server` relative to `base`, if it is below it.
fn below(base: &str, server: &str) -> Option<String> {
    // A URL without a host refers to the same host.
    let own_path = match server.strip_prefix('/') {
        Some(_) => server,
        None => server.strip_prefix(origin(base)).filter(|_| !origin(base).is_empty())?,
    };
    let added = own_path.strip_prefix(&base[origin(base).len()..])?;
    ((added.is_empty() || added.starts_with('/')) && !added.contains(['?', '#', '{']))
        .then(|| added.to_owned())
}

/// Returns a URL's scheme and host; empty if it is a path.
fn origin(address: &str) -> &str {
    match address.find("://") {
        Some(scheme) => {
            let host = scheme + 3;
            &address[..address[host..].find('/').map_or(address.len(), |end| host + end)]
        }
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn server_below_the_base_url_becomes_a_longer_path() {
        let below = |base: &str, server: &str| below(base, server);
        assert_eq!(below("https://a.example/v1", "https://a.example/v1/beta").as_deref(), Some("/beta"));
        assert_eq!(below("https://a.example", "/beta").as_deref(), Some("/beta"));
        assert_eq!(below("/v1", "/v1/beta").as_deref(), Some("/beta"));
        assert_eq!(below("https://a.example/v1", "/v1").as_deref(), Some(""));
        assert_eq!(below("https://a.example/v1", "https://a.example/v10"), None);
        assert_eq!(below("https://a.example/v1", "https://b.example/v1/beta"), None);
        assert_eq!(below("https://a.example/v1", "https://a.example/v1/{area}"), None);
    }

    #[test]
    fn operations_on_other_servers_are_moved_or_omitted() {
        let mut tree = json!({
            "servers": [{"url": "https://a.example/v1/"}],
            "paths": {
                "/same": {"servers": [{"url": "https://a.example/v1"}], "get": {}},
                "/moved": {"parameters": [1], "get": {"servers": [{"url": "/v1/beta"}]}, "put": {}},
                "/other": {"servers": [{"url": "https://files.example"}], "get": {}, "put": {"servers": [{"url": "/v1"}]}},
            },
        });
        let mut report = Report::default();
        normalize(&mut tree, &mut report);
        let paths: Vec<(&String, Vec<&String>)> = tree["paths"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(path, item)| (path, item.as_object().unwrap().keys().collect()))
            .collect();
        let names = |path: &(&String, Vec<&String>)| format!("{} {:?}", path.0, path.1);
        assert_eq!(
            paths.iter().map(names).collect::<Vec<_>>(),
            [
                r#"/same ["servers", "get"]"#,
                r#"/moved ["parameters", "put"]"#,
                r#"/other ["servers", "put"]"#,
                r#"/beta/moved ["parameters", "get"]"#,
            ]
        );
        assert_eq!((report.repairs.len(), report.degradations.len()), (1, 1));
    }
}
