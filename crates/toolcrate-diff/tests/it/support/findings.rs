//! Maps the findings of two diff tools to locations that both can express.

use toolcrate_diff::{Change, DiffKind};

/// The location of a change. Schema names are reduced to their letters, because a repair may spell them
/// differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A complete operation: `get /orders`.
    Operation(String),
    /// An operation's parameter.
    Parameter(String, String),
    /// An operation's body.
    Body(String),
    /// An operation's response.
    Answer(String),
    /// A complete schema.
    Schema(String),
    /// The values of a schema that isn't an object.
    Values(String),
    /// The presence of a property.
    Member(String, String),
    /// Whether a property is required. The name is reduced to its letters, because a list of required names
    /// may spell it differently.
    Required(String, String),
    /// A property's type.
    Type(String, String),
    /// A property's text and limits.
    Words(String, String),
    /// Anything else, by pointer.
    Other(String),
}

/// Returns the letters and digits of a name, in lower case.
pub fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A finding of the other tool.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `add`, `remove`, `replace` or `rename`.
    pub action: String,
    /// `breaking`, `non-breaking`, `annotation` or `unclassified`.
    pub class: String,
    /// The segments of the pointer.
    pub parts: Vec<String>,
    /// The old value, as JSON.
    pub was: String,
    /// The new value, as JSON.
    pub is: String,
    /// The number of findings that this line represents.
    pub count: usize,
    /// The line of the file.
    pub line: String,
}

/// Reads the lines that `findings.mjs` writes.
pub fn read_findings(text: &str) -> Vec<Finding> {
    text.lines()
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [action, class, pointer, was, is] = columns[..] else { panic!("no finding: {line}") };
            let unescaped = |part: &str| part.replace("~1", "/").replace("~0", "~");
            let count = was.strip_prefix('×').map_or(1, |count| count.parse().unwrap());
            Finding {
                action: action.to_owned(),
                class: class.to_owned(),
                parts: pointer.split('/').skip(1).map(unescaped).collect(),
                was: was.to_owned(),
                is: is.to_owned(),
                count,
                line: line.replace('\t', " "),
            }
        })
        .collect()
}

impl Finding {
    /// Returns the operation, `get /orders`, if it is within one.
    pub fn operation(&self) -> Option<String> {
        match &self.parts[..] {
            [paths, path, method, ..] if paths == "paths" => Some(format!("{method} {path}")),
            _ => None,
        }
    }

    /// Returns the schema that contains it, unless it is the complete schema.
    pub fn schema(&self) -> Option<String> {
        match &self.parts[..] {
            [components, schemas, name, _, ..] if components == "components" && schemas == "schemas" => {
                Some(letters(name))
            }
            _ => None,
        }
    }

    /// Returns the location.
    pub fn place(&self) -> Place {
        let parts: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        match parts[..] {
            ["paths", path, method] => Place::Operation(format!("{method} {path}")),
            ["paths", path, method, "parameters", name, ..] => {
                let name = name.split_once(' ').map_or(name, |(_, name)| name);
                Place::Parameter(format!("{method} {path}"), name.to_owned())
            }
            ["paths", path, method, "requestBody", ..] => Place::Body(format!("{method} {path}")),
            ["paths", path, method, "responses", ..] => Place::Answer(format!("{method} {path}")),
            ["components", "schemas", name] => Place::Schema(letters(name)),
            ["components", "schemas", name, "required", _] => {
                let member = if self.action == "add" { &self.is } else { &self.was };
                Place::Required(letters(name), letters(member))
            }
            ["components", "schemas", name, "properties", member] => {
                Place::Member(letters(name), member.to_owned())
            }
            ["components", "schemas", name, "properties", member, .., "description"] => {
                Place::Words(letters(name), member.to_owned())
            }
            ["components", "schemas", name, "properties", member, ..] => {
                Place::Type(letters(name), member.to_owned())
            }
            ["components", "schemas", name, ..] => Place::Values(letters(name)),
            _ => Place::Other(self.parts.join("/")),
        }
    }
}

/// A finding of our tool.
#[derive(Clone, Debug)]
pub struct Ours {
    /// The change.
    pub change: Change,
}

impl Ours {
    /// Creates a finding for a change at the first level.
    pub fn new(change: Change) -> Self {
        Self { change }
    }

    /// Returns the locations where the other tool would report it.
    pub fn places(&self) -> Vec<Place> {
        let Change { kind, subject, member, old, new, .. } = &self.change;
        // Returns `GET /orders` as in the document, where the method is in lower case.
        let operation = |key: &str| {
            let (method, path) = key.split_once(' ').unwrap_or((key, ""));
            format!("{} {path}", method.to_ascii_lowercase())
        };
        let schema = letters(subject);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let member = text(member);
        let id = kind.id();
        match *kind {
            DiffKind::OperationMoved => {
                vec![Place::Operation(operation(&text(old))), Place::Operation(operation(&text(new)))]
            }
            DiffKind::ParameterRenamed => vec![
                Place::Parameter(operation(subject), text(old)),
                Place::Parameter(operation(subject), text(new)),
            ],
            DiffKind::OperationAdded | DiffKind::OperationRemoved => {
                vec![Place::Operation(operation(subject))]
            }
            DiffKind::SchemaRenamed => vec![Place::Schema(letters(&text(old))), Place::Schema(schema)],
            DiffKind::SchemaAdded | DiffKind::SchemaRemoved => vec![Place::Schema(schema)],
            DiffKind::PropertyRenamed => {
                vec![Place::Member(schema.clone(), text(old)), Place::Member(schema, text(new))]
            }
            DiffKind::PropertyAdded | DiffKind::PropertyRemoved => {
                vec![Place::Member(schema.clone(), member.clone()), Place::Required(schema, letters(&member))]
            }
            DiffKind::PropertyRequired | DiffKind::PropertyOptional => {
                vec![Place::Required(schema, letters(&member))]
            }
            // The limits are in this document's descriptions.
            DiffKind::PropertyTightened
            | DiffKind::PropertyLoosened
            | DiffKind::PropertyReworded
            | DiffKind::PropertyRequiredOnReplace
            | DiffKind::PropertyOptionalOnReplace => vec![Place::Words(schema, member)],
            _ if id.starts_with("property-") => vec![Place::Type(schema, member)],
            _ if id.starts_with("schema-") => vec![Place::Values(schema)],
            _ if id.starts_with("parameter-") => vec![Place::Parameter(operation(subject), member)],
            _ if id.starts_with("body-") => vec![Place::Body(operation(subject))],
            _ if id.starts_with("answer-") || id.starts_with("error-") => {
                vec![Place::Answer(operation(subject))]
            }
            _ => vec![Place::Other(format!("{id} {subject}"))],
        }
    }
}
