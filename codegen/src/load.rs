//! Stage 1: reads an OpenAPI 3.0 document, in JSON or YAML, into `openapiv3`.
//!
//! What cannot be read is refused with the file and a line or a JSON pointer. OpenAPI 3.1 and Swagger 2.0
//! are recognized and refused by name. Defects of a readable document are left to [`crate::repair`].

use std::path::{Path, PathBuf};

use openapiv3::OpenAPI;
use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::{Error, Errors, pointer};

/// A document, as it was read.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, for messages.
    pub file: PathBuf,
    /// The content.
    pub openapi: OpenAPI,
}

/// Reads the document at `path`.
///
/// # Errors
/// - `E001`: the file cannot be read.
/// - `E002`: it is neither JSON nor YAML.
/// - `E003`: it is Swagger 2.0.
/// - `E004`: it is another version of OpenAPI than 3.0.
/// - `E005`: it is JSON or YAML, but not an OpenAPI document.
pub fn load(path: &Path) -> Result<Document, Errors> {
    let bytes = std::fs::read(path)
        .map_err(|error| Error::new("E001", format!("the spec cannot be read: {error}")).in_file(path))?;
    parse(&bytes, path)
}

/// Parses a document. Messages name it `path`.
///
/// # Errors
/// As [`load`].
pub fn parse(bytes: &[u8], path: &Path) -> Result<Document, Errors> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Error::new("E002", format!("is not UTF-8 text: {error}")).in_file(path))?;
    let text = text.trim_start_matches('\u{feff}');
    let read = || if text.trim_start().starts_with('{') { parse_json(text) } else { parse_yaml(text) };
    let openapi = with_deep_stack(read).map_err(|error| error.in_file(path))?;
    Ok(Document { file: path.to_owned(), openapi })
}

/// Stack for a document as deeply nested as its syntax allows (128 levels). Reading a schema within a schema
/// takes more than 100 kB in a debug build.
const STACK_BYTES: usize = 64 << 20;

/// Runs `read` on a thread with [`STACK_BYTES`] bytes.
fn with_deep_stack<T: Send>(read: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, read);
        let thread = thread.map_err(|error| Error::new("E001", format!("no memory to read it: {error}")))?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The properties that identify the kind of a document.
#[derive(Deserialize)]
struct DocumentKind {
    openapi: Option<Value>,
    swagger: Option<Value>,
    paths: Option<serde::de::IgnoredAny>,
}

fn parse_json(text: &str) -> Result<OpenAPI, Error> {
    check_depth(depth_of_text(text))?;
    // A valid document is parsed once; only a faulty one is parsed again to explain it.
    match serde_json::from_str::<OpenAPI>(text) {
        Ok(openapi) if openapi.openapi.starts_with("3.0") => Ok(openapi),
        _ => explain_json(text),
    }
}

/// Parses `text` again, step by step, to say what is wrong and where.
fn explain_json(text: &str) -> Result<OpenAPI, Error> {
    let kind: DocumentKind = serde_json::from_str(text).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        let what = if error.is_eof() { "ends too early (is it truncated?)" } else { "is not valid JSON" };
        Error::new("E002", format!("the spec {what}: {error}")).at(place)
    })?;
    check_kind(&kind)?;
    serde_json::from_str(text).map_err(|error| {
        // Reading it as any JSON can only fail where it is nested too deep.
        let fault = serde_json::from_str(text).ok().and_then(explain);
        let place = format!("line {} column {}", error.line(), error.column());
        fault.unwrap_or_else(|| Error::new("E005", error.to_string()).at(place))
    })
}

/// Parses `document` part by part to find the JSON pointer, which `openapiv3` does not report.
fn explain(document: Value) -> Option<Error> {
    for (path, item) in members(&document["paths"]) {
        for (verb, operation) in members(item) {
            let place = pointer(&["paths", path, verb]);
            let fault = match verb.as_str() {
                "get" | "put" | "post" | "patch" | "delete" | "head" | "options" | "trace" => {
                    fault::<openapiv3::Operation>(operation, &place)
                }
                "parameters" => fault::<Vec<openapiv3::ReferenceOr<openapiv3::Parameter>>>(operation, &place),
                _ => None,
            };
            if fault.is_some() {
                return fault;
            }
        }
    }
    for (name, schema) in members(&document["components"]["schemas"]) {
        let place = pointer(&["components", "schemas", name]);
        let fault = fault::<openapiv3::ReferenceOr<openapiv3::Schema>>(schema, &place);
        if fault.is_some() {
            return fault;
        }
    }
    fault::<OpenAPI>(&document, "")
}

/// The maximum nesting of a document. Real documents have about twenty levels, and the time to reject a
/// faulty schema doubles with each level around it.
const MAX_NESTING: usize = 40;

fn check_depth(depth: usize) -> Result<(), Error> {
    if depth <= MAX_NESTING {
        return Ok(());
    }
    let message = format!("the spec is nested {depth} levels deep; at most {MAX_NESTING} are read");
    Err(Error::new("E005", message).at("/"))
}

/// Returns how deep objects and arrays are nested in JSON text.
fn depth_of_text(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn depth_of_value(value: &serde_yaml::Value) -> usize {
    1 + match value {
        serde_yaml::Value::Sequence(items) => items.iter().map(depth_of_value).max().unwrap_or(0),
        serde_yaml::Value::Mapping(members) => members.values().map(depth_of_value).max().unwrap_or(0),
        _ => 0,
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Returns why `value` is not a `T`, if it is not.
fn fault<T: serde::de::DeserializeOwned>(value: &Value, place: &str) -> Option<Error> {
    let error = serde_path_to_error::deserialize::<_, T>(value).err()?;
    Some(not_openapi(place, error.path(), &error.inner().to_string()))
}

fn parse_yaml(text: &str) -> Result<OpenAPI, Error> {
    let syntax = |error: serde_yaml::Error| {
        let place = error.location().map(|at| format!("line {} column {}", at.line(), at.column()));
        let message = error.to_string();
        let diagnostic = if message.contains("recursion limit") || message.contains("repetition limit") {
            Error::new("E007", format!("an alias refers to itself or expands without end: {message}"))
        } else {
            Error::new("E002", format!("the spec is neither JSON nor valid YAML: {message}"))
        };
        match place {
            Some(place) => diagnostic.at(place),
            None => diagnostic,
        }
    };
    let value: serde_yaml::Value = serde_yaml::from_str(text).map_err(syntax)?;
    if !value.is_mapping() {
        let message = "the spec is not an object; expected an OpenAPI 3.0 document in JSON or YAML";
        return Err(Error::new("E002", message).at("line 1"));
    }
    let kind: DocumentKind = serde_yaml::from_value(value.clone()).map_err(syntax)?;
    check_kind(&kind)?;
    check_depth(depth_of_value(&value))?;
    serde_yaml::from_str(text).map_err(|error| {
        let place = error.location().map(|at| format!("line {} column {}", at.line(), at.column()));
        let place = place.unwrap_or_else(|| "/".to_owned());
        explain(json_of(value)).unwrap_or_else(|| Error::new("E005", error.to_string()).at(place))
    })
}

/// Converts YAML to JSON, where every key is a string, including a status (`200:`).
fn json_of(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Mapping(members) => {
            let member = |(key, value)| (key_of(json_of(key)), json_of(value));
            Value::Object(members.into_iter().map(member).collect())
        }
        serde_yaml::Value::Sequence(items) => items.into_iter().map(json_of).collect(),
        serde_yaml::Value::Tagged(tagged) => json_of(tagged.value),
        plain => serde_json::to_value(plain).unwrap_or_default(),
    }
}

fn key_of(key: Value) -> String {
    match key {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn not_openapi(place: &str, path: &serde_path_to_error::Path, message: &str) -> Error {
    use serde_path_to_error::Segment;
    let parts: Vec<String> = path
        .iter()
        .filter(|segment| !matches!(segment, Segment::Unknown))
        .map(|segment| match segment {
            Segment::Map { key } => key.clone(),
            Segment::Seq { index } => index.to_string(),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => "?".to_owned(),
        })
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let place = format!("{place}{}", pointer(&parts));
    Error::new("E005", format!("this is not what OpenAPI 3.0 allows here: {message}")).at(place)
}

fn check_kind(kind: &DocumentKind) -> Result<(), Error> {
    if let Some(version) = &kind.swagger {
        let message = format!(
            "this is Swagger {}; convert it to OpenAPI 3.0 first (for instance with `npx swagger2openapi`)",
            plain(version)
        );
        return Err(Error::new("E003", message).at("/swagger"));
    }
    match &kind.openapi {
        Some(Value::String(version)) if version.starts_with("3.0") => {}
        Some(version) => {
            let message = format!("this is OpenAPI {}; only OpenAPI 3.0.x is supported", plain(version));
            return Err(Error::new("E004", message).at("/openapi"));
        }
        None => {
            let message = "there is no `openapi` member: this is not an OpenAPI 3.0 document";
            return Err(Error::new("E005", message).at("/openapi"));
        }
    }
    if kind.paths.is_none() {
        return Err(Error::new("E005", "there is no `paths` member").at("/paths"));
    }
    Ok(())
}

fn plain(version: &Value) -> String {
    version.as_str().map_or_else(|| version.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text.as_bytes(), Path::new("spec.json")).unwrap_err().to_string()
    }

    #[test]
    fn reads_json_and_yaml() {
        let json = r#"{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{}}"#;
        assert!(parse(json.as_bytes(), Path::new("a.json")).is_ok());
        let yaml = "openapi: 3.0.1\ninfo: {title: t, version: '1'}\npaths: {}\n";
        assert!(parse(yaml.as_bytes(), Path::new("a.yaml")).is_ok());
    }

    #[test]
    fn other_versions_are_named() {
        assert!(
            error(r#"{"swagger":"2.0","paths":{}}"#)
                .contains("error[E003] spec.json at /swagger: this is Swagger 2.0")
        );
        assert!(
            error(r#"{"openapi":"3.1.0","paths":{}}"#).contains("this is OpenAPI 3.1.0; only OpenAPI 3.0.x")
        );
    }

    #[test]
    fn syntax_errors_name_the_line() {
        assert!(
            error("{\n\"openapi\": \"3.0.1\",\n").contains("at line 3 column 0: the spec ends too early")
        );
        assert!(error("just words").contains("E002"));
        assert!(error("a: [1\nb: 2").contains("at line 2"));
    }

    #[test]
    fn wrong_shapes_name_the_pointer() {
        let text = r#"{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/a":{"get":7}}}"#;
        assert!(error(text).contains("at /paths/~1a"), "{}", error(text));
    }

    #[test]
    fn a_status_that_is_a_number_does_not_hide_the_place() {
        let get = "{ responses: { 200: { description: 7 } } }";
        let text = format!(
            "openapi: 3.0.1\ninfo: {{ title: t, version: '1' }}\npaths: {{ /a: {{ get: {get} }} }}\n"
        );
        assert!(error(&text).contains(" at /paths/~1a/get"), "{}", error(&text));
    }

    #[test]
    fn documents_that_are_too_deep_are_refused_at_once() {
        let deep = format!("{}{}", "{\"allOf\":[".repeat(60), "]}".repeat(60));
        let text = format!(
            r#"{{"openapi":"3.0.1","info":{{"title":"[[[","version":"1"}},"paths":{{}},"components":{{"schemas":{{"A":{deep}}}}}}}"#
        );
        assert!(error(&text).contains("nested 123 levels deep; at most 40"), "{}", error(&text));
        assert!(error(&format!("# YAML\n{text}")).contains("levels deep"), "{}", error(&text));
    }

    #[test]
    fn endless_aliases_are_refused() {
        let message = error("openapi: 3.0.1\ninfo: &a\n  x: *a\npaths: {}\n");
        assert!(message.contains("E007") || message.contains("E002"), "{message}");
    }
}
