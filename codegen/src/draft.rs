//! Drafts an API profile from its spec.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::naming::identifiers;

/// Drafts a profile for the document `tree`, which is in the file `spec`, relative to the profile. `name` is
/// used for the package name and the tool prefix, and `runtime` is the folder of the runtime crate.
///
/// Everything that the document doesn't define is guessed, and marked as a guess in a comment.
pub fn profile(tree: &Value, spec: &Path, name: &str, runtime: &Path) -> String {
    let words = identifiers::split(name);
    let prefix = identifiers::value_name(&words, "api");
    let prefix = prefix.trim_end_matches('_');
    let title = tree["info"]["title"].as_str().map_or(name, str::trim);
    let title = if title.is_empty() { name } else { title };
    let path = |path: &Path| quoted(&path.to_string_lossy());
    let mut text = format!(
        "# Drafted from the spec by `cargo xtask new`. What is marked as a guess is worth a look.
api:
  name: {}
  package: {}
  prefix: {prefix}
  description: {}
spec: {}
lock: names.lock
out: crate
runtime: {}
",
        quoted(title),
        quoted(&prefix.replace('_', "-")),
        quoted(&format!("A client for {title}")),
        path(spec),
        path(runtime),
    );
    text.push_str(&servers(tree));
    text.push_str(&auth(tree));
    text.push_str(
        "# A guess: where the sentence of an error usually is.
errors: { message: [/message, /error/message, /error_description, /error, /detail, /title] }
",
    );
    text.push_str(&paging(tree));
    text
}

/// Returns `text` as a YAML scalar, in the form of a JSON string.
fn quoted(text: &str) -> String {
    json!(text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string()
}

fn servers(tree: &Value) -> String {
    let urls: Vec<&str> = tree["servers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|server| server["url"].as_str())
        .collect();
    let fixed: Vec<&&str> = urls.iter().filter(|url| url.starts_with("http") && !url.contains('{')).collect();
    let mut text = String::new();
    if !fixed.is_empty() {
        text.push_str("servers:\n");
        for (index, url) in fixed.iter().enumerate() {
            let name = if index == 0 { "default".to_owned() } else { format!("server{}", index + 1) };
            let _ = writeln!(text, "  {name}: {}", quoted(url.trim_end_matches('/')));
        }
    }
    text
}

/// Returns the credentials for the first supported scheme.
fn auth(tree: &Value) -> String {
    let schemes = match &tree["components"]["securitySchemes"] {
        Value::Null => &tree["securityDefinitions"],
        schemes => schemes,
    };
    for (name, scheme) in schemes.as_object().into_iter().flatten() {
        let kind = scheme["type"].as_str().unwrap_or_default();
        let http = scheme["scheme"].as_str().unwrap_or_default().to_lowercase();
        let key = scheme["name"].as_str().unwrap_or("key");
        let auth = match (kind, http.as_str(), scheme["in"].as_str().unwrap_or_default()) {
            ("basic", ..) | ("http", "basic", _) => "auth:
  scheme: { basic: { user: \"{user}\", password: \"{password}\" } }
  fields:
    user: { description: The user's name. }
    password: { description: The user's password., secret: true }
"
            .to_owned(),
            ("http", "bearer", _) | ("oauth2" | "openIdConnect", ..) => "auth:
  scheme: { bearer: { token: \"{token}\" } }
  fields:
    token: { description: The access token., secret: true }
"
            .to_owned(),
            ("apiKey", _, "header") => api_key("headers", key, "{key}"),
            ("apiKey", _, "query") => api_key("query", key, "{key}"),
            ("apiKey", _, "cookie") => api_key("headers", "Cookie", &format!("{key}={{key}}")),
            _ => continue,
        };
        return format!("# The security scheme {}.\n{auth}", quoted(name));
    }
    "# A guess: the spec names no scheme that can be sent.\nauth: { scheme: none, fields: {} }\n".to_owned()
}

fn api_key(location: &str, name: &str, template: &str) -> String {
    format!(
        "auth:
  scheme: none
  fields:
    key: {{ description: The API key., secret: true }}
  {location}: {{ {}: {} }}
",
        quoted(name),
        quoted(template)
    )
}

/// Returns the pagination settings, based on the parameter names that most lists use.
fn paging(tree: &Value) -> String {
    let text = tree.to_string();
    let has = |name: &&str| text.contains(&format!("\"name\":\"{name}\""));
    let has_property = |name: &&str| text.contains(&format!("\"{name}\":{{"));
    let first = |names: &[&'static str]| names.iter().copied().find(|name| has(name));
    let page = first(&["page", "pageNumber", "page_number", "page[number]"]);
    let offset = first(&["offset", "skip", "$skip", "startIndex"]);
    let cursor = first(&["cursor", "pageToken", "page_token", "after", "starting_after", "nextToken"]);
    let size = first(&[
        "pageSize",
        "per_page",
        "page_size",
        "perPage",
        "page[size]",
        "limit",
        "$top",
        "top",
        "size",
        "maxResults",
    ]);
    let next = ["next_cursor", "nextCursor", "nextPageToken", "next_page_token", "nextToken", "next"];
    let next = next.into_iter().find(|name| has_property(name));
    let guess = match (page, offset, cursor, size, next) {
        (Some(page), _, _, Some(size), _) => {
            format!("page: {{ page: {}, size: {}, max_size: 100, items: \"*\" }}", quoted(page), quoted(size))
        }
        (None, Some(offset), _, Some(size), _) => {
            format!(
                "offset: {{ offset: {}, limit: {}, max_size: 100, items: \"*\" }}",
                quoted(offset),
                quoted(size)
            )
        }
        (None, None, Some(cursor), _, Some(next)) => {
            format!("cursor: {{ parameter: {}, next: /{next}, items: \"*\" }}", quoted(cursor))
        }
        _ => return String::new(),
    };
    format!(
        "# A guess from the names of parameters. `*` is the only list in a response, whatever it is called.
paging: {{ {guess} }}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Profile};

    #[test]
    fn draft_is_a_valid_profile() {
        for schemes in [
            json!({}),
            json!({"a": {"type": "http", "scheme": "basic"}}),
            json!({"a": {"type": "oauth2"}}),
            json!({"a": {"type": "apiKey", "in": "cookie", "name": "sid"}}),
            json!({"a": {"type": "apiKey", "in": "query", "name": "k"}, "b": {"type": "apiKey", "in": "header", "name": "X-Key"}}),
        ] {
            let tree = json!({
                "info": {"title": "Odd: \"name\" # {{ 1 }}\n[package]"},
                "servers": [{"url": "https://api.example.com/v1/"}, {"url": "https://{host}"}],
                "components": {"securitySchemes": schemes},
            });
            let text = profile(&tree, Path::new("spec.yaml"), "Odd Jobs", Path::new("../runtime"));
            let profile: Profile =
                config::parse_yaml(&text).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
            assert_eq!(profile.api.package, "odd-jobs");
            assert_eq!(profile.servers["default"], "https://api.example.com/v1");
        }
    }

    #[test]
    fn paging_is_guessed_from_parameters() {
        let draft = |names: &[&str], property: &str| {
            let parameters: Vec<Value> =
                names.iter().map(|name| json!({"name": name, "in": "query"})).collect();
            let tree = json!({
                "paths": {"/a": {"get": {"parameters": parameters}}},
                "components": {"schemas": {"A": {"properties": {property: {"type": "string"}}}}},
            });
            let text = profile(&tree, Path::new("spec.yaml"), "a", Path::new("runtime"));
            config::parse_yaml::<Profile>(&text).unwrap_or_else(|errors| panic!("{errors}\n{text}")).paging
        };
        assert_eq!(draft(&["page[number]", "page[size]"], "x").parameters(), ["page[number]", "page[size]"]);
        assert_eq!(draft(&["offset", "limit"], "x").parameters(), ["offset", "limit"]);
        assert_eq!(draft(&["cursor"], "next_cursor").parameters(), ["cursor"]);
        assert!(!draft(&["limit"], "x").is_paged());
    }
}
