//! Walks a document, normalizes its schemas, and removes parts that no OpenAPI version allows.

use serde_json::{Map, Value, json};

use super::location::DocumentLocation;
use super::schemas::{self, shortened};
use crate::diagnostic::{CodegenError, Repair, Report};

/// The keys of operations in a path item.
pub const VERBS: [&str; 8] = ["get", "put", "post", "patch", "delete", "head", "options", "trace"];
const PARAMETER_STYLES: [(&str, &[&str]); 4] = [
    ("path", &["simple", "label", "matrix"]),
    ("query", &["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
    ("header", &["simple"]),
    ("cookie", &["form"]),
];

/// Normalizes all parts of `tree`. Siblings of a `$ref` are respected if `siblings` is set.
pub fn normalize(tree: &mut Value, siblings: bool, report: &mut Report) {
    let mut walk = DocumentWalk { siblings, report };
    let root = DocumentLocation::ROOT;
    walk.root(tree);
    for (path, item) in tree["paths"].as_object_mut().into_iter().flatten() {
        walk.path_item(item, &root.key("paths").key(path));
    }
    let components = root.key("components");
    for (section, entries) in tree["components"].as_object_mut().into_iter().flatten() {
        let location = components.key(section);
        let Some(entries) = entries.as_object_mut() else { continue };
        for (name, entry) in entries.iter_mut() {
            let location = location.key(name);
            match section.as_str() {
                "schemas" => schemas::normalize(entry, siblings, &location, walk.report),
                "requestBodies" => walk.body(entry, &location),
                "responses" => walk.response(entry, &location),
                "parameters" if entry.is_object() => walk.parameter(entry, &location),
                _ => {}
            }
        }
        if section == "parameters" {
            walk.keep_parameters(entries, &location);
        }
    }
}

/// Returns the supported part of a form's encoding: each property's media type and style.
fn encoding(source: &Value) -> Map<String, Value> {
    let mut encoding = Map::new();
    for (name, own) in source.as_object().into_iter().flatten() {
        let mut read = Map::new();
        for (keyword, value) in own.as_object().into_iter().flatten() {
            let is_read = match keyword.as_str() {
                "contentType" => value.is_string(),
                "style" => value.as_str().is_some_and(|style| PARAMETER_STYLES[1].1.contains(&style)),
                "explode" => value.is_boolean(),
                _ => false,
            };
            if is_read {
                read.insert(keyword.clone(), value.clone());
            }
        }
        // A style other than `form` doesn't explode unless `explode` is set.
        read.entry("explode")
            .or_insert_with(|| json!(own["style"].as_str().is_none_or(|style| style == "form")));
        encoding.insert(name.clone(), Value::Object(read));
    }
    encoding
}

struct DocumentWalk<'a> {
    siblings: bool,
    report: &'a mut Report,
}

impl DocumentWalk<'_> {
    fn repaired(&mut self, code: &'static str, location: &DocumentLocation<'_>, message: impl Into<String>) {
        self.report.repairs.push(Repair::new(code, location.to_string(), message));
    }

    fn omit(&mut self, location: &DocumentLocation<'_>, message: impl Into<String>) {
        self.report.omit(CodegenError::new("E005", message).at(location.to_string()));
    }

    /// Normalizes everything except paths and components, and removes sections that aren't read.
    fn root(&mut self, tree: &mut Value) {
        let Some(members) = tree.as_object_mut() else { return };
        if let Some(Value::Object(webhooks)) = members.shift_remove("webhooks") {
            for name in webhooks.keys() {
                let message = "a webhook is a call made by the API; no function or tool is generated for it";
                self.report.omit(
                    CodegenError::new("E015", message)
                        .at(DocumentLocation::ROOT.key("webhooks").key(name).to_string()),
                );
            }
        }
        let text = |value: Option<&Value>, otherwise: &str| match value {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => otherwise.to_owned(),
        };
        let info = members.get("info").cloned().unwrap_or_default();
        let (title, version) = (text(info.get("title"), "API"), text(info.get("version"), "0"));
        if info["title"] != title.as_str() || info["version"] != version.as_str() {
            let message =
                format!("the title and version must be strings; they are read as `{title}` and `{version}`");
            self.repaired("R032", &DocumentLocation::ROOT.key("info"), message);
        }
        members.insert("info".to_owned(), json!({"title": title, "version": version}));
        // Of the rest, only the first server's URL is read.
        let server = members.get("servers").and_then(|servers| servers[0]["url"].as_str()).map(str::to_owned);
        members.insert("servers".to_owned(), server.map_or(json!([]), |url| json!([{ "url": url }])));
        members.retain(|name, _| {
            matches!(name.as_str(), "openapi" | "info" | "servers" | "paths" | "components" | "security")
        });
        self.security(members, &DocumentLocation::ROOT);
        if let Some(components) = members.get_mut("components") {
            match components.as_object_mut() {
                Some(components) => components.retain(|name, section| {
                    section.is_object()
                        && matches!(name.as_str(), "schemas" | "parameters" | "requestBodies" | "responses")
                }),
                None => *components = json!({}),
            }
        }
    }

    fn path_item(&mut self, item: &mut Value, location: &DocumentLocation<'_>) {
        let Some(members) = item.as_object_mut() else {
            self.omit(location, "expected an object of operations");
            *item = json!({});
            return;
        };
        if members.get("$ref").is_some_and(Value::is_string) {
            return;
        }
        self.parameters(members, location);
        members.retain(|verb, operation| {
            if !VERBS.contains(&verb.as_str()) {
                return verb == "parameters";
            }
            let is_operation = operation.is_object();
            if !is_operation {
                self.omit(&location.key(verb), "expected an object as the operation");
            }
            is_operation
        });
        for (verb, operation) in members.iter_mut() {
            if let Some(operation) = operation.as_object_mut() {
                self.operation(operation, &location.key(verb));
            }
        }
    }

    fn operation(&mut self, operation: &mut Map<String, Value>, location: &DocumentLocation<'_>) {
        self.parameters(operation, location);
        if let Some(body) = operation.get_mut("requestBody") {
            if body.is_object() {
                self.body(body, &location.key("requestBody"));
            } else {
                operation.shift_remove("requestBody");
            }
        }
        for text in ["operationId", "summary", "description"] {
            match operation.get(text) {
                Some(Value::String(_)) | None => {}
                Some(Value::Number(number)) => {
                    let number = number.to_string();
                    operation.insert(text.to_owned(), json!(number));
                }
                Some(_) => {
                    operation.shift_remove(text);
                }
            }
        }
        let tags = operation.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
        let tags: Vec<Value> = tags.into_iter().filter(Value::is_string).collect();
        operation.insert("tags".to_owned(), Value::Array(tags));
        let deprecated = operation.get("deprecated") == Some(&Value::Bool(true));
        operation.insert("deprecated".to_owned(), json!(deprecated));
        operation.retain(|name, _| {
            matches!(
                name.as_str(),
                "operationId"
                    | "summary"
                    | "description"
                    | "tags"
                    | "deprecated"
                    | "parameters"
                    | "requestBody"
                    | "responses"
                    | "security"
            )
        });
        self.security(operation, location);
        self.responses(operation, location);
    }

    /// Normalizes the security requirements of the document or an operation: objects of lists by scheme.
    fn security(&mut self, owner: &mut Map<String, Value>, location: &DocumentLocation<'_>) {
        let Some(source) = owner.get_mut("security") else { return };
        if let Value::Array(requirements) = source
            && requirements.iter().all(Value::is_object)
        {
            for (_, scopes) in requirements.iter_mut().filter_map(Value::as_object_mut).flatten() {
                let texts =
                    scopes.as_array().into_iter().flatten().filter(|scope| scope.is_string()).cloned();
                *scopes = Value::Array(texts.collect());
            }
            return;
        }
        let message = "the security of an operation is a list of objects; it is ignored";
        self.repaired("R032", &location.key("security"), message);
        owner.shift_remove("security");
    }

    fn responses(&mut self, operation: &mut Map<String, Value>, location: &DocumentLocation<'_>) {
        let location = location.key("responses");
        let responses = operation.entry("responses").or_insert_with(|| json!({}));
        let Some(responses) = responses.as_object_mut() else {
            self.repaired(
                "R032",
                &location,
                "expected an object of responses by status; the value is ignored",
            );
            operation.insert("responses".to_owned(), json!({}));
            return;
        };
        responses.retain(|status, response| {
            let is_status = status == "default"
                || (status.len() == 3
                    && status.starts_with(|c: char| ('1'..='5').contains(&c))
                    && (status[1..].eq_ignore_ascii_case("xx")
                        || status.bytes().all(|c| c.is_ascii_digit())));
            if !is_status && !status.starts_with("x-") {
                self.omit(&location.key(status), format!("`{status}` is not a valid status"));
            }
            if response.is_null() {
                *response = json!({});
            }
            is_status && response.is_object()
        });
        let lower: Vec<String> = responses.keys().filter(|status| status.ends_with("xx")).cloned().collect();
        for status in lower {
            if let Some(response) = responses.shift_remove(&status) {
                responses.entry(status.to_uppercase()).or_insert(response);
            }
        }
        for (status, response) in responses.iter_mut() {
            self.response(response, &location.key(status));
        }
    }

    /// Normalizes a path's or operation's list of parameters. Unreadable parameters are left out.
    fn parameters(&mut self, owner: &mut Map<String, Value>, location: &DocumentLocation<'_>) {
        let location = location.key("parameters");
        match owner.get_mut("parameters") {
            Some(Value::Array(parameters)) => {
                let mut index = 0;
                parameters.retain_mut(|parameter| {
                    let location = location.index(index);
                    index += 1;
                    self.parameter(parameter, &location);
                    self.is_parameter(parameter, &location)
                });
            }
            Some(value) => {
                if !value.is_null() {
                    self.omit(&location, "expected an array of parameters");
                }
                owner.shift_remove("parameters");
            }
            None => {}
        }
    }

    fn keep_parameters(&mut self, entries: &mut Map<String, Value>, location: &DocumentLocation<'_>) {
        entries.retain(|name, parameter| self.is_parameter(parameter, &location.key(name)));
    }

    fn is_parameter(&mut self, parameter: &Value, location: &DocumentLocation<'_>) -> bool {
        if parameter.get("$ref").is_some_and(Value::is_string) {
            return true;
        }
        let message = match (parameter["name"].as_str(), parameter["in"].as_str()) {
            (Some(_), Some("path" | "query" | "header" | "cookie")) => return true,
            (Some(name), Some(other)) => {
                format!("the parameter `{name}` is in `{other}`, expected path, query, header or cookie")
            }
            (Some(name), None) => format!("the parameter `{name}` doesn't declare its location (`in`)"),
            (None, _) => "the parameter has no name".to_owned(),
        };
        self.omit(location, message);
        false
    }

    fn parameter(&mut self, parameter: &mut Value, location: &DocumentLocation<'_>) {
        let Some(members) = parameter.as_object_mut() else { return };
        if members.contains_key("$ref") {
            return;
        }
        self.flags(members, location);
        members.retain(|name, value| match name.as_str() {
            "description" | "name" => value.is_string(),
            "required" | "deprecated" | "explode" | "allowReserved" | "allowEmptyValue" => value.is_boolean(),
            "examples" | "example" => false,
            _ => true,
        });
        // Swagger 2.0 puts the schema's keywords directly into the parameter, and so do some OpenAPI 3
        // authors.
        if !members.contains_key("schema") && !members.contains_key("content") {
            let mut schema = Map::new();
            for keyword in ["type", "format", "items", "enum", "default", "minimum", "maximum", "pattern"] {
                if let Some(value) = members.shift_remove(keyword) {
                    schema.insert(keyword.to_owned(), value);
                }
            }
            let message = match schema.is_empty() {
                true => "the parameter has no schema; any text is accepted",
                false => "the parameter declares its type directly; it is read as its schema",
            };
            if schema.is_empty() {
                schema.insert("type".to_owned(), json!("string"));
            }
            self.repaired("R034", location, message);
            members.insert("schema".to_owned(), Value::Object(schema));
        }
        if members.contains_key("schema") {
            members.shift_remove("content");
        }
        if let Some(schema) = members.get_mut("schema") {
            schemas::normalize(schema, self.siblings, &location.key("schema"), self.report);
        }
        self.content(members, location);
        let parameter_location = members.get("in").and_then(Value::as_str).unwrap_or_default();
        let styles =
            PARAMETER_STYLES.iter().find(|(name, _)| *name == parameter_location).map(|(_, styles)| *styles);
        if let (Some(style), Some(styles)) = (members.get("style"), styles) {
            let known = style.as_str().is_some_and(|style| styles.contains(&style));
            if !known {
                let message = format!(
                    "parameters in `{parameter_location}` can't have the style `{}`; the default style is used",
                    schemas::shortened(style)
                );
                self.repaired("R032", location, message);
                members.shift_remove("style");
            }
        }
    }

    /// Reads boolean keywords that are written as strings.
    fn flags(&mut self, members: &mut Map<String, Value>, location: &DocumentLocation<'_>) {
        for keyword in ["required", "explode", "deprecated"] {
            let Some(value) = members.get_mut(keyword).filter(|value| !value.is_boolean()) else { continue };
            let text = value.as_str().unwrap_or_default().to_lowercase();
            let message = match text.parse::<bool>() {
                Ok(flag) => {
                    *value = json!(flag);
                    format!("`{keyword}` is written as a string; it is read as `{flag}`")
                }
                Err(_) => format!("`{keyword}` can't be `{}`; it is ignored", shortened(value)),
            };
            self.repaired("R032", location, message);
        }
    }

    fn body(&mut self, body: &mut Value, location: &DocumentLocation<'_>) {
        let Some(members) = body.as_object_mut() else {
            *body = json!({"content": {}});
            return;
        };
        if members.contains_key("$ref") {
            return;
        }
        self.flags(members, location);
        members.retain(|name, value| match name.as_str() {
            "required" => value.is_boolean(),
            "content" => value.is_object(),
            _ => false,
        });
        members.entry("content").or_insert_with(|| json!({}));
        self.content(members, location);
    }

    fn response(&mut self, response: &mut Value, location: &DocumentLocation<'_>) {
        let Some(members) = response.as_object_mut() else {
            *response = json!({"description": ""});
            return;
        };
        if members.contains_key("$ref") {
            return;
        }
        members.retain(|name, value| name == "content" && value.is_object());
        members.insert("description".to_owned(), json!(""));
        self.content(members, location);
    }

    /// Normalizes the contents of a parameter, body or response, by media type.
    fn content(&mut self, owner: &mut Map<String, Value>, location: &DocumentLocation<'_>) {
        let location = location.key("content");
        for (media_type, content) in
            owner.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten()
        {
            let members = content.as_object_mut();
            let schema = members.and_then(|content| content.shift_remove("schema"));
            let encoding = encoding(&content["encoding"]);
            *content = json!({});
            if !encoding.is_empty() {
                content["encoding"] = Value::Object(encoding);
            }
            if let Some(mut schema) = schema {
                schemas::normalize(
                    &mut schema,
                    self.siblings,
                    &location.key(media_type).key("schema"),
                    self.report,
                );
                content["schema"] = schema;
            }
        }
    }
}
