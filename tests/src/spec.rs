//! Checks that the spec allows a request, using only the spec and nothing generated from it.
//!
//! Some parts of the spec are interpreted according to their intended meaning. `nullable` adds null to the allowed
//! types. An object without properties is any value (such as the `value` of a patch). A required property without a
//! definition is ignored. A parameter that is an object is the body. A PATCH that declares no body still accepts a
//! patch. Bodies added by the overlay aren't checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use connectwise_psa::runtime::{Method, PreparedBody, PreparedRequest};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The spec file from which the crate is generated.
const CURRENT: &str = "connectwise-psa-2025.1.json";
/// The properties of a path item that are operations.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The spec, ready to check requests.
pub struct Spec {
    document: Value,
    /// Compiled schemas, by the text of the original schema.
    compiled: BTreeMap<String, Validator>,
    /// The operations to which the overlay adds a body that the spec lacks, as `POST /path`.
    with_body: BTreeSet<String>,
}

/// Reads a file in `specs/`.
fn read_file(name: &str) -> Result<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs").join(name);
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

impl Spec {
    /// Reads the spec file `name` in `specs/`.
    ///
    /// # Errors
    /// Returns the problem with the file.
    pub fn read(name: &str) -> Result<Self, String> {
        let mut document: Value =
            serde_json::from_str(&read_file(name)?).map_err(|error| error.to_string())?;
        for schema in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
            to_json_schema(schema.1);
        }
        let overlay: Value =
            serde_yaml::from_str(&read_file("overlay.yaml")?).map_err(|error| error.to_string())?;
        let bodies = overlay["bodies"].as_array().into_iter().flatten();
        let with_body = bodies.filter_map(|body| body["operation"].as_str().map(str::to_owned)).collect();
        Ok(Self { document, compiled: BTreeMap::new(), with_body })
    }

    /// Reads the spec from which the crate is generated.
    ///
    /// # Errors
    /// Returns an error if the file can't be read.
    pub fn read_current() -> Result<Self, String> {
        Self::read(CURRENT)
    }

    /// Returns the number of operations.
    pub fn operation_count(&self) -> usize {
        let paths = self.document["paths"].as_object().into_iter().flatten();
        let methods = paths.flat_map(|(_, path)| path.as_object().into_iter().flat_map(Map::keys));
        methods.filter(|name| METHODS.contains(&name.as_str())).count()
    }

    /// Returns the problems with `request`, which was built for the operation at `path` (the spec's template); empty if
    /// it is valid.
    pub fn problems(&mut self, path: &str, request: &PreparedRequest) -> Vec<String> {
        let method = request.method.as_str().to_lowercase();
        let operation = self.document["paths"][path][&method].clone();
        if operation.is_null() {
            return vec![format!("the spec has no {method} {path}")];
        }
        let mut problems = Vec::new();
        self.query(&operation, request, &mut problems);
        if !self.with_body.contains(&format!("{} {path}", request.method)) {
            self.body(&operation, request, &mut problems);
        }
        problems
    }

    fn query(&mut self, operation: &Value, request: &PreparedRequest, problems: &mut Vec<String>) {
        let declared: BTreeMap<&str, &Value> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| (parameter["name"].as_str().unwrap_or_default(), parameter))
            .collect();
        let query = request.url.split_once('?').map_or("", |(_, query)| query);
        let sent: BTreeSet<&str> = query
            .split('&')
            .filter_map(|pair| pair.split('=').next())
            .filter(|name| !name.is_empty())
            .collect();
        // Properties of an object in the query are sent as separate parameters.
        let open = object_parameter(operation).is_some();
        for name in &sent {
            if !open && !declared.contains_key(name) {
                problems.push(format!("the operation has no parameter {name}"));
            }
        }
        for (name, parameter) in declared {
            if parameter["in"] == "query" && parameter["required"] == true && !open && !sent.contains(name) {
                problems.push(format!("the parameter {name} is missing"));
            }
        }
    }

    fn body(&mut self, operation: &Value, request: &PreparedRequest, problems: &mut Vec<String>) {
        let content = operation["requestBody"]["content"].as_object();
        let content = content.and_then(|content| content.iter().next());
        let moved = object_parameter(operation).map(|schema| json!({"schema": schema}));
        let (media_type, content) = match (content, &moved) {
            (Some((media_type, content)), _) => (media_type.as_str(), content),
            (None, Some(content)) => ("application/json", content),
            (None, None) => {
                if request.body != PreparedBody::None && request.method != Method::Patch {
                    problems.push("the operation takes no body".to_owned());
                }
                return;
            }
        };
        match &request.body {
            PreparedBody::None if operation["requestBody"]["required"] == true => {
                problems.push("the body is missing".to_owned());
            }
            PreparedBody::Json(body) => {
                let mut schema = content["schema"].clone();
                to_json_schema(&mut schema);
                match self.validator(&schema) {
                    Ok(validator) => {
                        for error in validator.iter_errors(body).take(3) {
                            problems.push(format!("the body at {}: {error:.200}", error.instance_path()));
                        }
                    }
                    Err(error) => problems.push(error),
                }
            }
            PreparedBody::Form(_) if !media_type.starts_with("multipart/") => {
                problems.push(format!("a form was made where {media_type} is asked for"));
            }
            _ => {}
        }
    }

    fn validator(&mut self, schema: &Value) -> Result<&Validator, String> {
        let key = schema.to_string();
        if !self.compiled.contains_key(&key) {
            let mut root = schema.clone();
            root["components"] = json!({"schemas": self.closure(schema)});
            let validator = jsonschema::draft202012::new(&root).map_err(|error| error.to_string())?;
            self.compiled.insert(key.clone(), validator);
        }
        Ok(&self.compiled[&key])
    }

    /// Returns the schemas that `schema` needs, directly or through others.
    fn closure(&self, schema: &Value) -> Map<String, Value> {
        let mut found = Map::new();
        let mut open = vec![schema.clone()];
        while let Some(schema) = open.pop() {
            references(&schema, &mut |name| {
                if !found.contains_key(name) {
                    let schema = self.document["components"]["schemas"][name].clone();
                    found.insert(name.to_owned(), schema.clone());
                    open.push(schema);
                }
            });
        }
        found
    }
}

/// Returns the schema of a parameter that is an object.
fn object_parameter(operation: &Value) -> Option<Value> {
    let parameters = operation["parameters"].as_array()?;
    let schema = |parameter: &Value| parameter["schema"].get("$ref").map(|_| parameter["schema"].clone());
    parameters.iter().find_map(schema)
}

fn references(schema: &Value, visit: &mut impl FnMut(&str)) {
    match schema {
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str) {
                visit(name.trim_start_matches("#/components/schemas/"));
            }
            members.values().for_each(|value| references(value, visit));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, visit)),
        _ => {}
    }
}

/// Converts an OpenAPI schema to JSON Schema.
fn to_json_schema(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("nullable") == Some(&json!(true))
                && let Some(kind @ Value::String(_)) = members.get("type").cloned()
            {
                members.insert("type".to_owned(), json!([kind, "null"]));
                if let Some(values) = members.get_mut("enum").and_then(Value::as_array_mut) {
                    values.push(Value::Null);
                }
            }
            if members.get("type") == Some(&json!("object"))
                && !members.contains_key("properties")
                && !members.contains_key("additionalProperties")
            {
                members.remove("type");
            }
            let known: BTreeSet<String> = members
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(Map::keys)
                .cloned()
                .collect();
            if let Some(required) = members.get_mut("required").and_then(Value::as_array_mut) {
                required.retain(|name| name.as_str().is_some_and(|name| known.contains(name)));
            }
            members.values_mut().for_each(to_json_schema);
        }
        Value::Array(items) => items.iter_mut().for_each(to_json_schema),
        _ => {}
    }
}
