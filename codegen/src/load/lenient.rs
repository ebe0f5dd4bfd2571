//! Reads a normalized tree into `openapiv3`; a part that its types do not allow costs that part alone.

use openapiv3::{OpenAPI, Operation, Parameter, ReferenceOr, RequestBody, Response, Schema};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::diagnostic::{CodegenError, Report, pointer};

/// Reads `tree`.
///
/// # Errors
/// `E005` if it cannot be read even without its faulty parts.
pub fn read(mut tree: Value, report: &mut Report) -> Result<OpenAPI, CodegenError> {
    // A valid document is read once; only a faulty one is taken apart.
    if let Ok(openapi) = OpenAPI::deserialize(&tree) {
        return Ok(openapi);
    }
    prune(&mut tree, report);
    OpenAPI::deserialize(&tree).map_err(|error| {
        CodegenError::new("E005", format!("this is not what OpenAPI 3.0 allows: {error}")).at("/")
    })
}

/// Takes everything out of `tree` that `openapiv3` does not read.
fn prune(tree: &mut Value, report: &mut Report) {
    for (path, item) in members(&mut tree["paths"]) {
        let Some(item) = item.as_object_mut() else { continue };
        if let Some(shared) = item.get_mut("parameters") {
            parameters(shared, &pointer(&["paths", path]), report);
        }
        item.retain(|verb, operation| {
            if verb == "parameters" {
                return true;
            }
            let location = pointer(&["paths", path, verb]);
            prune_operation(operation, &location, report);
            is_read::<Operation>(operation, &location, report)
        });
    }
    let components = &mut tree["components"];
    for (name, schema) in members(&mut components["schemas"]) {
        prune_schema(schema, &pointer(&["components", "schemas", name]), report);
    }
    retain::<Parameter>(&mut components["parameters"], "/components/parameters", report);
    retain::<RequestBody>(&mut components["requestBodies"], "/components/requestBodies", report);
    retain::<Response>(&mut components["responses"], "/components/responses", report);
    if let Some(components) = components.as_object_mut() {
        components.retain(|_, section| section.is_object());
    }
}

fn prune_operation(operation: &mut Value, location: &str, report: &mut Report) {
    if let Some(own) = operation.get_mut("parameters") {
        parameters(own, location, report);
    }
    if let Some(body) = operation.get_mut("requestBody") {
        content(body, &format!("{location}/requestBody"), report);
    }
    for (status, response) in members(&mut operation["responses"]) {
        content(response, &format!("{location}/responses/{status}"), report);
    }
}

fn content(owner: &mut Value, location: &str, report: &mut Report) {
    let Some(content) = owner.get_mut("content") else { return };
    for (media_type, value) in members(content) {
        if let Some(schema) = value.get_mut("schema") {
            prune_schema(schema, &format!("{location}/content{}/schema", pointer(&[media_type])), report);
        }
    }
}

fn parameters(list: &mut Value, location: &str, report: &mut Report) {
    let Some(list) = list.as_array_mut() else { return };
    let mut index = 0;
    list.retain_mut(|parameter| {
        let location = format!("{location}/parameters/{index}");
        index += 1;
        if let Some(schema) = parameter.get_mut("schema") {
            prune_schema(schema, &format!("{location}/schema"), report);
        }
        is_read::<ReferenceOr<Parameter>>(parameter, &location, report)
    });
}

/// Replaces each invalid part of `schema` by any value, as deep in the schema as possible.
fn prune_schema(schema: &mut Value, location: &str, report: &mut Report) {
    if ReferenceOr::<Schema>::deserialize(&*schema).is_ok() {
        return;
    }
    for group in ["properties", "allOf", "anyOf", "oneOf"] {
        match schema.get_mut(group) {
            Some(Value::Object(properties)) => {
                for (name, property) in properties {
                    prune_schema(property, &format!("{location}/{group}{}", pointer(&[name])), report);
                }
            }
            Some(Value::Array(parts)) => {
                for (index, part) in parts.iter_mut().enumerate() {
                    prune_schema(part, &format!("{location}/{group}/{index}"), report);
                }
            }
            _ => {}
        }
    }
    for single in ["items", "additionalProperties", "not"] {
        if let Some(inner) = schema.get_mut(single).filter(|inner| inner.is_object()) {
            prune_schema(inner, &format!("{location}/{single}"), report);
        }
    }
    if let Err(error) = ReferenceOr::<Schema>::deserialize(&*schema) {
        report.untype(fault(&error).at(location));
        *schema = json!({});
    }
}

fn retain<T: serde::de::DeserializeOwned>(section: &mut Value, location: &str, report: &mut Report) {
    let Some(entries) = section.as_object_mut() else { return };
    entries.retain(|name, entry| {
        content(entry, &format!("{location}{}", pointer(&[name])), report);
        is_read::<ReferenceOr<T>>(entry, &format!("{location}{}", pointer(&[name])), report)
    });
}

/// Whether `value` is a `T`; reports that it is left out if it is not.
fn is_read<'a, T: Deserialize<'a>>(value: &'a Value, location: &str, report: &mut Report) -> bool {
    match T::deserialize(value) {
        Ok(_) => true,
        Err(error) => {
            report.omit(fault(&error).at(location));
            false
        }
    }
}

fn fault(error: &serde_json::Error) -> CodegenError {
    CodegenError::new("E005", format!("this is not what OpenAPI 3.0 allows here: {error}"))
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}
