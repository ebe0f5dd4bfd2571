//! Compares the API's servers and the credentials that it accepts.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{members, resolve, texts};
use crate::change::Change;
use crate::change_kind::DiffKind;

/// The subject of changes that affect all operations.
const WHOLE_API: &str = "the API";

/// Compares the servers of both documents.
pub fn compare_servers(old: &Value, new: &Value, found: &mut Vec<Change>) {
    compare_server_lists(&old["servers"], &new["servers"], WHOLE_API, "/servers", found);
}

/// Compares the servers of one operation, if a document declares some specifically for it.
pub fn compare_server_lists(old: &Value, new: &Value, subject: &str, pointer: &str, found: &mut Vec<Change>) {
    let (old, new) = (servers(old), servers(new));
    let change = |kind| Change::new(kind, subject, pointer);
    for url in old.difference(&new) {
        found.push(change(DiffKind::ServerRemoved).was(url).breaks_if(true));
    }
    for url in new.difference(&old) {
        found.push(change(DiffKind::ServerAdded).is(url));
    }
}

/// Returns server URLs, with the possible values of their variables.
fn servers(list: &Value) -> BTreeSet<String> {
    let server = |server: &Value| {
        let url = server["url"].as_str()?.trim_end_matches('/').to_owned();
        let variables: Vec<String> = members(&server["variables"])
            .map(|(name, variable)| {
                let values: Vec<&str> = texts(&variable["enum"]).into_iter().collect();
                let default = variable["default"].as_str().unwrap_or_default();
                format!(
                    "{name}: {default}{}",
                    if values.is_empty() { String::new() } else { format!(" of {}", values.join(", ")) }
                )
            })
            .collect();
        Some(if variables.is_empty() { url } else { format!("{url} ({})", variables.join("; ")) })
    };
    list.as_array().into_iter().flatten().filter_map(server).collect()
}

/// Credentials that suffice for a call, in words, with the scopes they require.
type CredentialSet = BTreeSet<String>;

/// Compares the credentials that all operations accept by default.
pub fn compare_security(old: &Value, new: &Value, found: &mut Vec<Change>) {
    let alternatives = |document: &Value| alternatives(document, &document["security"]);
    compare_alternatives(&alternatives(old), &alternatives(new), WHOLE_API, "/security", found);
}

/// Compares the credentials of one operation, if a document declares requirements specifically for it.
pub fn compare_operation_security(
    (old, new): (&Value, &Value),
    (old_operation, new_operation): (&Value, &Value),
    subject: &str,
    pointer: &str,
    found: &mut Vec<Change>,
) {
    if old_operation["security"].is_null() && new_operation["security"].is_null() {
        return;
    }
    let own = |document: &Value, operation: &Value| match &operation["security"] {
        Value::Null => alternatives(document, &document["security"]),
        own => alternatives(document, own),
    };
    let (old, new) = (own(old, old_operation), own(new, new_operation));
    compare_alternatives(&old, &new, subject, pointer, found);
}

fn compare_alternatives(
    old: &[CredentialSet],
    new: &[CredentialSet],
    subject: &str,
    pointer: &str,
    found: &mut Vec<Change>,
) {
    let describe = |credentials: &CredentialSet| match credentials.is_empty() {
        true => "calls without credentials".to_owned(),
        false => credentials.iter().cloned().collect::<Vec<_>>().join(" and "),
    };
    // Credentials are accepted if they include everything that one alternative requires.
    let is_accepted = |credentials: &CredentialSet, by: &[CredentialSet]| {
        by.iter().any(|other| other.is_subset(credentials))
    };
    let change = |kind| Change::new(kind, subject, pointer);
    for credentials in old.iter().filter(|credentials| !is_accepted(credentials, new)) {
        found.push(change(DiffKind::SecurityRemoved).was(describe(credentials)).breaks_if(true));
    }
    for credentials in new.iter().filter(|credentials| !is_accepted(credentials, old)) {
        found.push(change(DiffKind::SecurityAdded).is(describe(credentials)));
    }
}

fn alternatives(document: &Value, requirements: &Value) -> Vec<CredentialSet> {
    let list = requirements.as_array().map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() {
        return vec![CredentialSet::new()];
    }
    let credentials = |requirement: &Value| {
        members(requirement)
            .flat_map(|(name, scopes)| {
                let scheme = scheme(document, name);
                let scoped =
                    texts(scopes).into_iter().map(|scope| format!("the scope `{scope}`")).collect::<Vec<_>>();
                std::iter::once(scheme).chain(scoped)
            })
            .collect()
    };
    list.iter().map(credentials).collect()
}

/// Describes a security scheme in words.
fn scheme(document: &Value, name: &str) -> String {
    let scheme = resolve(document, &document["components"]["securitySchemes"][name]);
    let text = |key: &str| scheme[key].as_str().unwrap_or_default();
    match text("type") {
        "http" => format!("HTTP {}", text("scheme").to_lowercase()),
        "apiKey" => format!("an API key in the {} `{}`", text("in"), text("name")),
        "oauth2" => {
            let flows: Vec<String> = members(&scheme["flows"])
                .map(|(flow, details)| {
                    let url = details["tokenUrl"].as_str().or(details["authorizationUrl"].as_str());
                    format!("{flow} at {}", url.unwrap_or("an unknown address"))
                })
                .collect();
            format!("OAuth 2 ({})", flows.join(", "))
        }
        "openIdConnect" => format!("OpenID Connect by {}", text("openIdConnectUrl")),
        _ => format!("the scheme `{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(security: Value) -> Value {
        let schemes = json!({
            "b": {"type": "http", "scheme": "Bearer"},
            "k": {"type": "apiKey", "in": "header", "name": "X-Key"},
        });
        json!({"security": security, "components": {"securitySchemes": schemes}})
    }

    fn sentences(old: Value, new: Value) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        compare_security(&document(old), &document(new), &mut found);
        found
            .iter()
            .map(|change| (change.kind.id(), change.old.clone().or(change.new.clone()).unwrap()))
            .collect()
    }

    #[test]
    fn credentials_are_compared_by_sufficiency() {
        let key = || "an API key in the header `X-Key`".to_owned();
        assert_eq!(sentences(json!([{"b": []}]), json!([{"b": []}, {"k": []}])), [("security-added", key())]);
        let both = sentences(json!([{"b": []}]), json!([{"b": [], "k": []}]));
        assert_eq!(both, [("security-removed", "HTTP bearer".to_owned())]);
        let scope = sentences(json!([{"b": []}]), json!([{"b": ["write"]}]));
        assert_eq!(scope, [("security-removed", "HTTP bearer".to_owned())]);
        let closed = sentences(json!([]), json!([{"b": []}]));
        assert_eq!(closed, [("security-removed", "calls without credentials".to_owned())]);
        assert_eq!(sentences(json!([{"b": []}, {"k": []}]), json!([{"k": []}, {"b": []}])), []);
    }
}
