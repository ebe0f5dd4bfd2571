//! Reasons why two diff tools find or classify changes differently: each rule states which differences it
//! explains, and why.

use serde_json::Value;
use toolcrate_diff::{DiffKind, DiffSettings, Severity};

use super::findings::{Finding, Ours, Place, letters};

/// The context of a rule.
pub struct Context<'a> {
    /// All changes of ours.
    pub ours: &'a [Ours],
    /// All findings of the other tool.
    pub theirs: &'a [Finding],
    /// The profile.
    pub settings: &'a DiffSettings,
    /// The old document and the new one, as they are written.
    pub documents: &'a [Value; 2],
}

/// Why one tool says something that the other does not.
pub struct Rule<T> {
    /// A few words.
    pub name: &'static str,
    /// The reason.
    pub why: &'static str,
    /// Returns true if it explains the finding.
    pub applies: fn(&T, &Context<'_>) -> bool,
}

impl Context<'_> {
    /// Returns true if some operation has another schema instead of `schema` in its request or response.
    fn is_replaced(&self, schema: &str) -> bool {
        self.ours.iter().filter(|ours| is_reference(ours, self)).any(|ours| {
            let is_it = |said: &Option<String>| said.as_deref().is_some_and(|said| heart(said) == schema);
            is_it(&ours.change.old) || is_it(&ours.change.new)
        })
    }

    fn is_schema(&self, name: &str) -> bool {
        let schemas =
            self.documents.iter().filter_map(|document| document["components"]["schemas"].as_object());
        schemas.flat_map(|schemas| schemas.keys()).any(|other| letters(other) == name)
    }

    /// The parameters of an operation, `get /orders`, in both documents.
    fn parameters<'a>(&'a self, operation: &'a str) -> impl Iterator<Item = &'a Value> {
        let (method, path) = operation.split_once(' ').unwrap_or_default();
        let of = move |document: &'a Value| document["paths"][path][method]["parameters"].as_array();
        self.documents.iter().filter_map(of).flatten()
    }

    /// Returns true if neither document has a body for the operation.
    fn has_no_body(&self, operation: &str) -> bool {
        let (method, path) = operation.split_once(' ').unwrap_or_default();
        self.documents.iter().all(|document| document["paths"][path][method]["requestBody"].is_null())
    }

    /// Returns true if the operation has a parameter that is an object with a property `name`.
    fn has_record_with(&self, operation: &str, name: &str) -> bool {
        let records = self.parameters(operation).filter_map(|parameter| parameter["schema"]["$ref"].as_str());
        let mut both =
            records.flat_map(|target| self.documents.iter().map(move |document| (document, target)));
        both.any(|(document, target)| {
            let schema = document.pointer(target.trim_start_matches('#'));
            schema.is_some_and(|schema| schema["properties"].get(name).is_some())
        })
    }

    /// Returns true if the operation has a parameter in the path that its path has no placeholder for.
    fn has_stray(&self, operation: &str) -> bool {
        let path = operation.split_once(' ').map_or("", |(_, path)| path);
        self.parameters(operation).any(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            parameter["in"] == "path" && !path.contains(&format!("{{{name}}}"))
        })
    }
}

/// The schema that a type in words is, or is a list of.
fn heart(said: &str) -> String {
    letters(said.trim_start_matches("a list of "))
}

/// Returns true if a reference to a schema was replaced by another one.
fn is_reference(ours: &Ours, context: &Context<'_>) -> bool {
    let id = ours.change.kind.id();
    let is_type = ["retyped", "widened", "narrowed"].iter().any(|end| id.ends_with(end));
    is_type && ours.change.old.as_deref().is_some_and(|old| context.is_schema(&heart(old)))
}

fn ends_with(finding: &Finding, part: &str) -> bool {
    finding.parts.last().is_some_and(|last| last == part)
}

/// Rules for findings of the other tool alone.
pub const THEIRS: &[Rule<Finding>] = &[
    Rule {
        name: "list of tags",
        why: "It compares the document's list of tags by position, so one new tag renames all that follow. \
              We ignore that list and compare the tags of each operation.",
        applies: |finding, _| finding.parts[0] == "tags",
    },
    Rule {
        name: "document info",
        why: "The version and description of the document are the heading of our report, not a change of the API.",
        applies: |finding, _| finding.parts[0] == "info",
    },
    Rule {
        name: "name of the media type",
        why: "The release is part of the media type's name, so the name differs at every response. We treat all of \
              a vendor's JSON media types as JSON.",
        applies: |finding, _| finding.action == "rename" && ends_with(finding, "content"),
    },
    Rule {
        name: "description of a status",
        why: "We ignore the description of a response status.",
        applies: |finding, _| {
            finding.parts.iter().any(|part| part == "responses") && ends_with(finding, "description")
        },
    },
    Rule {
        name: "credential headers",
        why: "The profile lists the headers that carry credentials. The client sets them, so they are not \
              parameters.",
        applies: |finding, context| {
            let headers = &context.settings.profile.transport_headers;
            finding.parts.iter().any(|part| {
                part.strip_prefix("header ").is_some_and(|name| headers.iter().any(|header| header == name))
            })
        },
    },
    Rule {
        name: "schema spelled differently",
        why: "It compares names literally. We treat a name with a dot and the same name without it as one schema, \
              and report the changes of its properties.",
        applies: |finding, context| {
            let opposite = if finding.action == "add" { "remove" } else { "add" };
            matches!(finding.place(), Place::Schema(_))
                && context
                    .theirs
                    .iter()
                    .any(|other| other.action == opposite && other.place() == finding.place())
        },
    },
    Rule {
        name: "reference to another schema",
        why: "A reference points to another schema. It compares the properties of the two; we report that the \
              type changed, and which schemas were added or removed.",
        applies: |finding, context| finding.schema().is_some_and(|schema| context.is_replaced(&schema)),
    },
    Rule {
        name: "path parameter without a placeholder",
        why: "The document says `in: path`, but the path has no such placeholder. Repairs R002, R017 and R028 \
              move the parameter to the query or the body, so both releases have it. It matches the other \
              parameters of such an operation by position, so that some seem to be new.",
        applies: |finding, context| {
            let is_sent =
                finding.parts.get(3).is_some_and(|part| part == "parameters" || part == "requestBody");
            is_sent && finding.operation().is_some_and(|operation| context.has_stray(&operation))
        },
    },
    Rule {
        name: "binary response",
        why: "We treat every response that isn't JSON as a file, with or without `format: binary`.",
        applies: |finding, _| ends_with(finding, "format") && finding.is == "\"binary\"",
    },
    Rule {
        name: "placeholder described by one word",
        why: "We describe a path placeholder by the record that it identifies, and ignore a description of one \
              word, such as `ticketId`.",
        applies: |finding, _| {
            let is_word = |text: &str| !text.contains(char::is_whitespace);
            ends_with(finding, "description")
                && finding.parts.iter().any(|part| part.starts_with("path "))
                && is_word(&finding.was)
                && is_word(&finding.is)
        },
    },
];

/// Rules for findings of our tool alone.
pub const OURS: &[Rule<Ours>] = &[
    Rule {
        name: "body of the overlay",
        why: "Neither document has a body for the operation. The overlay describes it like that of another operation, \
              which changed.",
        applies: |ours, context| {
            let Place::Body(operation) = &ours.places()[0] else { return false };
            is(ours, DiffKind::BodyOptional, Severity::Compatible) && context.has_no_body(operation)
        },
    },
    Rule {
        name: "inside a moved operation",
        why: "It reports one removed and one added operation. We recognize the same operation under a new path, \
              and report what else changed in it.",
        applies: |ours, context| {
            context.ours.iter().any(|other| {
                other.change.kind == DiffKind::OperationMoved && other.change.subject == ours.change.subject
            })
        },
    },
    Rule {
        name: "another schema",
        why: "It resolves references before it compares, so it doesn't report that a reference points to another \
              record.",
        applies: |ours, context| is_reference(ours, context),
    },
    Rule {
        name: "record in the query",
        why: "A parameter that is a record is sent as its properties (repair R017), which we compare one by one.",
        applies: |ours, context| {
            let Place::Parameter(operation, name) = &ours.places()[0] else { return false };
            context.has_record_with(operation, name)
        },
    },
];

/// Rules for findings of both that only one tool reports as breaking.
pub const JUDGED: &[Rule<Ours>] = &[
    Rule {
        name: "name of a schema",
        why: "It reports a removed schema as breaking. Schema names are not sent; we report the places that used \
              the schema.",
        applies: |ours, _| ours.change.kind == DiffKind::SchemaRemoved,
    },
    Rule {
        name: "only in responses",
        why: "It treats every schema as if it were part of a request. This one is only returned, and fewer values \
              in a response break nobody.",
        applies: |ours, _| is(ours, DiffKind::PropertyNarrowed, Severity::Compatible),
    },
    Rule {
        name: "removed property",
        why: "It reports a removed property as compatible, because nobody has to send it. But a client that sends \
              it may be rejected, and one that reads it finds nothing.",
        applies: |ours, _| is(ours, DiffKind::PropertyRemoved, Severity::Breaking),
    },
    Rule {
        name: "any string instead of an enum",
        why: "It reports each value that an enum lost as breaking. The enum itself was removed, and any string is accepted.",
        applies: |ours, _| {
            let is_text = ours.change.new.as_deref() == Some("text");
            is(ours, DiffKind::ParameterWidened, Severity::Compatible) && is_text
        },
    },
    Rule {
        name: "limit in a description",
        why: "The limit is part of the description. The profile defines how to read it.",
        applies: |ours, _| is(ours, DiffKind::PropertyTightened, Severity::Breaking),
    },
    Rule {
        name: "stray path parameter",
        why: "The old document declares a path parameter without a placeholder. It could only be sent in the \
              query, as the new document declares.",
        applies: |ours, context| {
            let Place::Parameter(operation, _) = &ours.places()[0] else { return false };
            is(ours, DiffKind::ParameterOptional, Severity::Compatible) && context.has_stray(operation)
        },
    },
    Rule {
        name: "same form, written differently",
        why: "The form has the same fields, before in a reference with `allOf` and now inline.",
        applies: |ours, context| {
            let place = &ours.places()[0];
            let of_place = context.theirs.iter().filter(|finding| finding.place() == *place);
            let mut breaking = of_place.filter(|finding| finding.class == "breaking").peekable();
            is(ours, DiffKind::BodyOptional, Severity::Compatible)
                && breaking.peek().is_some()
                && breaking.all(|finding| finding.parts.ends_with(&["schema".to_owned(), "type".to_owned()]))
        },
    },
];

fn is(ours: &Ours, kind: DiffKind, severity: Severity) -> bool {
    (ours.change.kind, ours.change.severity) == (kind, severity)
}
