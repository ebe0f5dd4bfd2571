//! Reads and writes values of every schema in the golden specs through the typed models, and compares the results.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use toolcrate_codegen::config::{self, Profile};
use toolcrate_codegen::ir::{ApiDefinition, Content, Operation, Type};
use toolcrate_codegen::naming::Names;

use super::sample::Sampler;

/// How many values of each schema are drawn, by how many of ten optional properties they have.
const DRAWS: [usize; 8] = [10, 0, 5, 5, 5, 5, 8, 2];

/// The program that reads lines of a model's key and a value, and writes the value as the model writes it.
const PROGRAM: &str = r#"//! Reads values as models and writes them again.

use std::io::{BufRead, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn main() {
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let (key, value): (String, Value) = serde_json::from_str(&line.unwrap()).unwrap();
        writeln!(output, "{}", round_trip(&key, value)).unwrap();
    }
}

fn read<T: DeserializeOwned + Serialize>(value: Value) -> Value {
    match serde_json::from_value::<T>(value) {
        Ok(model) => json!({"value": serde_json::to_value(&model).unwrap()}),
        Err(error) => json!({"error": error.to_string()}),
    }
}

fn round_trip(key: &str, value: Value) -> Value {
    match key {
ARMS        _ => json!({"error": "no such model"}),
    }
}
"#;

/// What is drawn and compared.
#[derive(Default)]
pub struct RoundTrips {
    arms: String,
    /// The lines of the program's input.
    pub input: String,
    values: Vec<(String, Value)>,
    /// How many schemas have values.
    pub schemas: usize,
}

impl RoundTrips {
    /// Adds the schemas of the golden case in `folder`, whose models are those of the crate there.
    pub fn add(&mut self, folder: &Path, api: &ApiDefinition, names: &Names) {
        let profile: Profile = config::read_yaml(&folder.join("toolcrate.yaml")).unwrap();
        let spec = std::fs::read_to_string(folder.join(&profile.spec)).unwrap();
        let document: Value = config::parse_yaml(&spec).unwrap();
        let package = profile.api.package.replace('-', "_");
        let models = exported(&folder.join(&profile.out).join("src"));
        let path =
            |ty: &Type| rust_type(ty, api, names, &|rust| Some(format!("{package}::{}", models.get(rust)?)));
        let sections = [&document["components"]["schemas"], &document["definitions"]];
        for (name, schema) in sections.into_iter().filter_map(Value::as_object).flatten() {
            let ty = Type::Named(name.as_str().into());
            if let Some(path) = api.schemas.contains_key(name.as_str()).then(|| path(&ty)).flatten() {
                self.draw(&format!("{package} {name}"), &path, schema, &document);
            }
        }
        for operation in api.operations.values() {
            let own = document.pointer(&operation.pointer).unwrap_or(&Value::Null);
            for (label, ty, schema) in contents(operation, own) {
                // Named schemas are there already, and rows are taken out of what holds them.
                let is_envelope = matches!(ty, Type::List(_)) && schema["type"] != "array";
                if schema.get("$ref").is_none()
                    && !is_envelope
                    && let Some(path) = path(ty)
                {
                    self.draw(&format!("{package} {} {label}", operation.key()), &path, schema, &document);
                }
            }
        }
    }

    fn draw(&mut self, key: &str, path: &str, schema: &Value, document: &Value) {
        self.schemas += 1;
        let _ = writeln!(self.arms, "        {key:?} => read::<{path}>(value),");
        let mut sampler = Sampler::new(document, self.schemas);
        for of_ten in DRAWS {
            let value = sampler.draw(schema, of_ten);
            let _ = writeln!(self.input, "{}", json!([key, value]));
            self.values.push((key.to_owned(), value));
        }
    }

    /// The source of the program.
    pub fn program(&self) -> String {
        PROGRAM.replace("ARMS", &self.arms)
    }

    /// The values that did not come back as they were.
    pub fn differences(&self, output: &str) -> Vec<String> {
        let answers: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers.len(), self.values.len());
        let pairs = self.values.iter().zip(&answers);
        let wrong = pairs.filter(|((_, value), answer)| !is_same(value, &answer["value"]));
        wrong.map(|((key, value), answer)| format!("{key}: {value} came back as {answer}")).collect()
    }
}

/// Equal as JSON; a whole number may be written as a fraction of zero.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64()
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| is_same(value, other)))
        }
        (a, b) => a == b,
    }
}

/// The contents of an operation with a typed form: what they are called, their types and their schemas.
fn contents<'a>(operation: &'a Operation, source: &'a Value) -> Vec<(String, &'a Type, &'a Value)> {
    let json = |holder: &'a Value| -> Option<&'a Value> {
        let mut contents = holder["content"].as_object().into_iter().flatten();
        let content = contents.find(|(media, _)| media.contains("json")).map(|(_, content)| content);
        content.unwrap_or(holder).get("schema")
    };
    let mut found = Vec::new();
    if let Some(body) = &operation.body {
        let parameters = source["parameters"].as_array().into_iter().flatten();
        let body_parameter = parameters.into_iter().find(|parameter| parameter["in"] == "body");
        let schema = json(body_parameter.unwrap_or(&source["requestBody"]));
        let is_json = body.kind == toolcrate_codegen::ir::BodyKind::Json;
        found.extend(schema.filter(|_| is_json).map(|schema| ("body".to_owned(), &body.ty, schema)));
    }
    let response = &operation.response;
    let by_status = response.by_status.iter().map(|answer| (answer.status, &answer.content));
    let only = response.by_status.is_empty().then(|| (response.statuses.first().copied(), &response.content));
    for (status, content) in by_status.chain(only) {
        let label = status.map_or_else(|| "2XX".to_owned(), |status| status.to_string());
        if let (Content::Json(ty), Some(schema)) = (content, json(&source["responses"][&label])) {
            found.push((label, ty, schema));
        }
    }
    found
}

/// The type in Rust, if it is made of models; `path` is where a model is.
fn rust_type(
    ty: &Type,
    api: &ApiDefinition,
    names: &Names,
    path: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    match api.resolve(ty) {
        Type::List(item) => Some(format!("Vec<{}>", rust_type(item, api, names, path)?)),
        Type::Map(item) => {
            Some(format!("std::collections::BTreeMap<String, {}>", rust_type(item, api, names, path)?))
        }
        Type::Named(name) => path(&names.types[name].rust),
        _ => None,
    }
}

/// The models of a crate: the path of each by its name.
fn exported(src: &Path) -> BTreeMap<String, String> {
    let mut models = BTreeMap::new();
    for entry in src.read_dir().unwrap() {
        let area = entry.unwrap().path();
        let module = area.file_name().unwrap().to_string_lossy().into_owned();
        let list = if module == "shared" { area.join("mod.rs") } else { area.join("models/mod.rs") };
        let text = std::fs::read_to_string(list).unwrap_or_default();
        let uses = text.split("pub use ").skip(1).filter_map(|item| item.split(';').next());
        for item in uses.filter(|item| !item.starts_with("crate::")) {
            let names = item.split(|c: char| !(c.is_alphanumeric() || c == '_')).skip(1);
            models.extend(
                names
                    .filter(|name| !name.is_empty())
                    .map(|name| (name.to_owned(), format!("{module}::{name}"))),
            );
        }
    }
    models
}
