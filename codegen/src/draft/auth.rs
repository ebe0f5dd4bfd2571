//! Drafts a profile's authentication settings from the security schemes in an OpenAPI document.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::scalar::quoted;
use crate::naming::identifiers;
use crate::normalize::VERBS;

/// Returns the `auth` section of a profile: the schemes that operations declare, or the first scheme that can be sent
/// if none declares anything.
pub fn draft(tree: &Value) -> String {
    let defined = match &tree["components"]["securitySchemes"] {
        Value::Null => &tree["securityDefinitions"],
        schemes => schemes,
    };
    let required = required(tree);
    let mut drafts: Vec<SchemeDraft> = Vec::new();
    for (name, scheme) in defined.as_object().into_iter().flatten() {
        let Some(kind) = SchemeKind::new(scheme) else { continue };
        let prefix = field_name(name, &drafts);
        drafts.push(SchemeDraft { name: name.clone(), prefix, kind });
    }
    let has_required = drafts.iter().any(|draft| required.contains(&draft.name));
    if !has_required {
        return match drafts.into_iter().next() {
            Some(draft) => draft.for_all_operations(),
            None => {
                "# A guess: the spec names no scheme that can be sent.\nauth: { fields: {} }\n".to_owned()
            }
        };
    }
    drafts.retain(|draft| required.contains(&draft.name));
    let mut text = String::from(
        "# Each operation is sent the security schemes that it declares; credentials that a caller lacks may stay empty.
auth:
  schemes:
",
    );
    let is_alone = drafts.len() == 1;
    let mut fields = String::new();
    for draft in &drafts {
        let (scheme, own) = draft.scheme(is_alone);
        let _ = writeln!(text, "    {}: {{ {scheme} }}", quoted(&draft.name));
        fields.push_str(&own);
    }
    format!("{text}  fields:\n{fields}")
}

/// Returns the names of the schemes that the document or one of its operations requires.
fn required(tree: &Value) -> BTreeSet<String> {
    let paths = tree["paths"].as_object().into_iter().flatten().map(|(_, item)| item);
    let operations = paths.flat_map(|item| VERBS.iter().filter_map(|verb| item.get(*verb)));
    let requirements = operations.chain([tree]).filter_map(|owner| owner["security"].as_array()).flatten();
    requirements.filter_map(Value::as_object).flatten().map(|(name, _)| name.clone()).collect()
}

/// A scheme of the document.
struct SchemeDraft {
    name: String,
    /// The name of its field, or the prefix of its fields' names.
    prefix: String,
    kind: SchemeKind,
}

enum SchemeKind {
    Basic,
    Bearer,
    /// Where it is sent (`header`, `query` or `cookie`), and its name there.
    Key(String, String),
    ClientCredentials {
        token_url: String,
        scopes: Vec<String>,
    },
}

impl SchemeKind {
    /// Reads a scheme, or returns `None` for one that can't be sent.
    fn new(scheme: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (location, http) = (text(&scheme["in"]), text(&scheme["scheme"]).to_lowercase());
        match (scheme["type"].as_str()?, http.as_str()) {
            ("basic", _) | ("http", "basic") => Some(Self::Basic),
            ("http", "bearer") | ("openIdConnect", _) => Some(Self::Bearer),
            ("apiKey", _) if ["header", "query", "cookie"].contains(&location.as_str()) => {
                let name = scheme["name"].as_str().unwrap_or("key");
                Some(Self::Key(location, name.to_owned()))
            }
            ("oauth2", _) => {
                // Swagger 2.0 has one flow, in the scheme itself.
                let flow = match &scheme["flow"] {
                    Value::String(flow) if flow == "application" => scheme,
                    _ => &scheme["flows"]["clientCredentials"],
                };
                let Some(token_url) = flow["tokenUrl"].as_str() else { return Some(Self::Bearer) };
                let scopes = flow["scopes"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
                Some(Self::ClientCredentials { token_url: token_url.to_owned(), scopes: scopes.collect() })
            }
            _ => None,
        }
    }
}

impl SchemeDraft {
    /// Returns the lines for the scheme and for its fields. `is_alone` is true if no other scheme has fields.
    fn scheme(&self, is_alone: bool) -> (String, String) {
        let name = |own: &str| match is_alone {
            true => own.to_owned(),
            false => format!("{}_{own}", self.prefix),
        };
        let field = |name: &str, description: &str, rest: &str| {
            format!("    {name}: {{ description: {}{rest} }}\n", quoted(description))
        };
        match &self.kind {
            SchemeKind::Basic => {
                let (user, password) = (name("user"), name("password"));
                let fields = field(&user, "The user's name.", "")
                    + &field(&password, "The user's password.", ", secret: true");
                (format!("basic: {{ user: \"{{{user}}}\", password: \"{{{password}}}\" }}"), fields)
            }
            SchemeKind::Bearer => {
                let token = &self.prefix;
                let fields = field(token, "The access token.", ", secret: true");
                (format!("bearer: {{ token: \"{{{token}}}\" }}"), fields)
            }
            SchemeKind::Key(location, own) => {
                let (key, own) = (&self.prefix, quoted(own));
                let fields = field(key, "The API key.", ", secret: true");
                (format!("{location}: {{ name: {own}, value: \"{{{key}}}\" }}"), fields)
            }
            SchemeKind::ClientCredentials { token_url, scopes } => {
                let [id, secret, url, scope] = ["client_id", "client_secret", "token_url", "scope"].map(name);
                let mut fields = field(&id, "The client ID.", "")
                    + &field(&secret, "The client secret.", ", secret: true")
                    + &field(
                        &url,
                        "The URL of the token endpoint.",
                        &format!(", default: {}", quoted(token_url)),
                    );
                let mut scheme = format!(
                    "client_credentials: {{ token_url: \"{{{url}}}\", client_id: \"{{{id}}}\", client_secret: \"{{{secret}}}\""
                );
                if !scopes.is_empty() {
                    let description =
                        format!("The scopes to request, separated by spaces: {}.", scopes.join(", "));
                    fields.push_str(&field(&scope, &description, ", optional: true"));
                    let _ = write!(scheme, ", scope: \"{{{scope}}}\"");
                }
                (scheme + " }", fields)
            }
        }
    }

    /// Returns the section for a document whose operations declare no scheme.
    fn for_all_operations(mut self) -> String {
        if let SchemeKind::ClientCredentials { .. } = self.kind {
            // No operation declares the scopes to request, so the caller supplies a token.
            self.kind = SchemeKind::Bearer;
        }
        let comment = format!(
            "# A guess: no operation declares a security scheme, so each is sent {}.\n",
            quoted(&self.name)
        );
        let (scheme, fields) = self.scheme(true);
        let sent = match &self.kind {
            SchemeKind::Key(location, own) => {
                let key = &self.prefix;
                let (section, own, value) = match location.as_str() {
                    "query" => ("query", own.as_str(), format!("{{{key}}}")),
                    "cookie" => ("headers", "Cookie", format!("{own}={{{key}}}")),
                    _ => ("headers", own.as_str(), format!("{{{key}}}")),
                };
                format!("  {section}: {{ {}: {} }}\n", quoted(own), quoted(&value))
            }
            _ => format!("  scheme: {{ {scheme} }}\n"),
        };
        format!("{comment}auth:\n{sent}  fields:\n{fields}")
    }
}

/// Returns the name of a scheme's field, or the prefix of its fields' names.
fn field_name(scheme: &str, others: &[SchemeDraft]) -> String {
    // This is one word, but its capitals would split it.
    let name = identifiers::field_name(&scheme.replace("OAuth", "Oauth"));
    let is_taken = |name: &str| others.iter().any(|other| other.prefix == name);
    let numbered = (2..).map(|number| format!("{}_{number}", name.trim_end_matches('_')));
    [name.clone()].into_iter().chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{self, Auth, Profile};

    fn read(tree: &Value) -> Auth {
        let text = format!(
            "api: {{ name: a, package: a, prefix: a, description: a }}\nspec: s\nlock: l\nout: o\nruntime: r\n\
             errors: {{}}\n{}",
            draft(tree)
        );
        config::parse_yaml::<Profile>(&text).unwrap_or_else(|errors| panic!("{errors}\n{text}")).auth
    }

    #[test]
    fn operations_are_sent_what_they_declare() {
        let flows = json!({"clientCredentials": {"tokenUrl": "https://id.example/token", "scopes": {"read": "", "write": ""}}});
        let schemes = json!({
            "api-key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "api_key": {"type": "apiKey", "in": "cookie", "name": "sid"},
            "type": {"type": "http", "scheme": "Bearer"},
            "OAuth2": {"type": "oauth2", "flows": flows},
            "user": {"type": "http", "scheme": "basic"},
            "implicit": {"type": "oauth2", "flows": {"implicit": {}}},
            "tls": {"type": "mutualTLS"},
            "unused": {"type": "http", "scheme": "basic"},
        });
        let tree = json!({
            "security": [{"api-key": []}, {"api_key": [], "tls": []}],
            "paths": {"/a": {"get": {"security": [{"type": []}, {"OAuth2": ["read"]}]}, "put": {"security": [{"user": [], "implicit": []}]}}},
            "components": {"securitySchemes": schemes},
        });
        let auth = read(&tree);
        let names: Vec<&String> = auth.schemes.keys().collect();
        assert_eq!(names, ["api-key", "api_key", "type", "OAuth2", "user", "implicit"]);
        let fields: Vec<&String> = auth.fields.keys().collect();
        assert_eq!(
            fields,
            [
                "api_key",
                "api_key_2",
                "type_",
                "oauth2_client_id",
                "oauth2_client_secret",
                "oauth2_token_url",
                "oauth2_scope",
                "user_user",
                "user_password",
                "implicit",
            ]
        );
        assert_eq!(auth.fields["oauth2_token_url"].default.as_deref(), Some("https://id.example/token"));
        assert!(auth.fields["oauth2_scope"].optional && !auth.fields["oauth2_client_id"].optional);
        for scheme in auth.schemes.values() {
            for template in scheme.templates() {
                let field = template.trim_matches(['{', '}']);
                assert!(field.is_empty() || auth.fields.contains_key(field), "{template}");
            }
        }
    }

    #[test]
    fn without_a_declaration_the_first_scheme_is_sent_with_everything() {
        let auth = read(&json!({"securityDefinitions": {
            "a": {"type": "oauth2", "flow": "application", "tokenUrl": "/token"},
            "b": {"type": "basic"},
        }}));
        assert!(auth.schemes.is_empty());
        assert_eq!(auth.fields.keys().collect::<Vec<_>>(), ["a"]);
        let auth = read(&json!({"security": [{"x": []}]}));
        assert!(auth.schemes.is_empty() && auth.fields.is_empty());
    }

    #[test]
    fn one_scheme_has_short_fields() {
        let schemes = json!({"OAuth2": {"type": "oauth2", "flow": "application", "tokenUrl": "/token"}});
        let auth = read(&json!({"security": [{"OAuth2": []}], "securityDefinitions": schemes}));
        assert_eq!(auth.fields.keys().collect::<Vec<_>>(), ["client_id", "client_secret", "token_url"]);
    }
}
