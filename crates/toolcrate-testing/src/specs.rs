//! Finds and reads the workspace's specs without the generator.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// The releases that tests compare, older first.
pub const RELEASES: [&str; 2] = ["2022.1", "2025.1"];

/// Returns the workspace root.
pub fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the folder with the specs, the profile, the overlay and the lock file.
pub fn specs_folder() -> PathBuf {
    workspace_root().join("specs")
}

/// Returns the file of a release.
pub fn release_path(release: &str) -> PathBuf {
    let ending = format!("-{release}.json");
    let files = std::fs::read_dir(specs_folder()).expect("the folder of the specs");
    let mut paths = files.map(|file| file.expect("a file of the folder").path());
    let is_release = |path: &PathBuf| path.to_string_lossy().ends_with(&ending);
    paths.find(is_release).unwrap_or_else(|| panic!("no spec of release {release} in specs/"))
}

/// Returns the bytes of a release.
pub fn read_release(release: &str) -> Vec<u8> {
    std::fs::read(release_path(release)).unwrap()
}

/// Returns a release as JSON.
pub fn parse_release(release: &str) -> Value {
    serde_json::from_slice(&read_release(release)).unwrap()
}

/// Returns the method and path of every operation in `document`.
pub fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];
    let of_path = |(path, item): (&String, &Value)| -> Vec<(String, String)> {
        let has = |method: &&&str| item.get(**method).is_some();
        methods.iter().filter(has).map(|method| ((*method).to_owned(), path.clone())).collect()
    };
    document["paths"].as_object().unwrap().iter().flat_map(of_path).collect()
}

/// Returns the number of operations in `document`.
pub fn count_operations(document: &Value) -> usize {
    operations(document).len()
}

/// Returns the number of named schemas in `document`.
pub fn count_schemas(document: &Value) -> usize {
    document["components"]["schemas"].as_object().map_or(0, Map::len)
}

/// Returns `count` paths of `spec` starting with the one at `start`, with the schemas that they refer to.
pub fn slice(spec: &Value, start: usize, count: usize) -> Value {
    let paths = spec["paths"].as_object().unwrap().iter().skip(start).take(count);
    let paths: Map<String, Value> = paths.map(|(path, item)| (path.clone(), item.clone())).collect();
    let mut schemas = Map::new();
    let mut open = vec![Value::Object(paths.clone())];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                let Some(name) = text.strip_prefix("#/components/schemas/") else { continue };
                let schema = &spec["components"]["schemas"][name];
                if schema.is_object() && !schemas.contains_key(name) {
                    schemas.insert(name.to_owned(), schema.clone());
                    open.push(schema.clone());
                }
            }
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    json!({"openapi": spec["openapi"], "info": spec["info"], "paths": paths, "components": {"schemas": schemas}})
}
