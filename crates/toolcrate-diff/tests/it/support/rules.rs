//! Rules that explain why two diff tools find or classify changes differently. Each rule states the differences that it
//! explains, and the reason for them.

use serde_json::Value;
use toolcrate_diff::{DiffKind, DiffSettings, Severity};

use super::findings::{Finding, Ours, Place, letters};

/// The context of a rule.
pub struct Context<'a> {
    /// All of our changes.
    pub ours: &'a [Ours],
    /// All findings of the other tool.
    pub theirs: &'a [Finding],
    /// The profile.
    pub settings: &'a DiffSettings,
    /// The original old and new documents.
    pub documents: &'a [Value; 2],
}

/// The reason why one tool reports something that the other doesn't.
pub struct Rule<T> {
    /// A short name.
    pub name: &'static str,
    /// The reason.
    pub why: &'static str,
    /// Returns true if it explains the finding.
    pub applies: fn(&T, &Context<'_>) -> bool,
}

impl Context<'_> {
    /// Returns true if some operation's request or response now has a different schema instead of `schema`.
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

    /// Returns the parameters of an operation, `get /orders`, in both documents.
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

    /// Returns true if the operation has an object parameter with a property `name`.
    fn has_record_with(&self, operation: &str, name: &str) -> bool {
        let records = self.parameters(operation).filter_map(|parameter| parameter["schema"]["$ref"].as_str());
        let mut both =
            records.flat_map(|target| self.documents.iter().map(move |document| (document, target)));
        both.any(|(document, target)| {
            let schema = document.pointer(target.trim_start_matches('#'));
            schema.is_some_and(|schema| schema["properties"].get(name).is_some())
        })
    }

    /// Returns true if the operation has a path parameter without a placeholder in its path.
    fn has_stray(&self, operation: &str) -> bool {
        let path = operation.split_once(' ').map_or("", |(_, path)| path);
        self.parameters(operation).any(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            parameter["in"] == "path" && !path.contains(&format!("{{{name}}}"))
        })
    }
}

/// Returns the schema in a type description, directly or as the item of a list.
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

/// Rules for findings that only the other tool reports.
pub const THEIRS: &[Rule<Finding>] = &[
    Rule {
        name: "list of tags",
        why: "The other tool compares the spec's list of tags by position, so one new tag renames all tags after it. \
              We ignore that list and compare each operation's tags.",
        applies: |finding, _| finding.parts[0] == "tags",
    },
    Rule {
        name: "document info",
        why: "Our report shows the spec's version and description in its heading, not as a change to the API.",
        applies: |finding, _| finding.parts[0] == "info",
    },
    Rule {
        name: "media type name",
        why: "The release is part of the media type's name, so the name differs in every response. We treat all of \
              a vendor's JSON media types as JSON.",
        applies: |finding, _| finding.action == "rename" && ends_with(finding, "content"),
    },
    Rule {
        name: "status description",
        why: "We ignore descriptions of response statuses.",
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
        why: "The other tool compares names literally. We treat a name with a dot and the same name without the dot as \
              one schema, and report changes to its properties.",
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
        why: "A reference points to another schema. The other tool compares the properties of the two schemas; we \
              report that the type changed, and which schemas were added or removed.",
        applies: |finding, context| finding.schema().is_some_and(|schema| context.is_replaced(&schema)),
    },
    Rule {
        name: "path parameter without a placeholder",
        why: "The spec declares `in: path`, but the path has no such placeholder. Repairs R002, R017 and R028 move the \
              parameter to the query or the body, so both releases have it. The other tool matches the operation's \
              other parameters by position, so some of them seem to be new.",
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

/// Rules for findings that only our tool reports.
pub const OURS: &[Rule<Ours>] = &[
    Rule {
        name: "body from the overlay",
        why: "Neither spec defines a body for the operation. The overlay uses the body of another operation, which \
              changed.",
        applies: |ours, context| {
            let Place::Body(operation) = &ours.places()[0] else { return false };
            is(ours, DiffKind::BodyOptional, Severity::Compatible) && context.has_no_body(operation)
        },
    },
    Rule {
        name: "inside a moved operation",
        why: "The other tool reports one removed and one added operation. We recognize the same operation at its new \
              path, and report any other changes to it.",
        applies: |ours, context| {
            context.ours.iter().any(|other| {
                other.change.kind == DiffKind::OperationMoved && other.change.subject == ours.change.subject
            })
        },
    },
    Rule {
        name: "another schema",
        why: "The other tool resolves references before it compares, so it doesn't report that a reference points to \
              another record.",
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

/// Rules for findings that both report, but only one as breaking.
pub const JUDGED: &[Rule<Ours>] = &[
    Rule {
        name: "schema name",
        why: "The other tool reports a removed schema as breaking. Schema names aren't sent, so we report the places \
              that used the schema.",
        applies: |ours, _| ours.change.kind == DiffKind::SchemaRemoved,
    },
    Rule {
        name: "only in responses",
        why: "The other tool treats every schema as part of a request. This schema is only returned, and fewer values \
              in a response don't break clients.",
        applies: |ours, _| is(ours, DiffKind::PropertyNarrowed, Severity::Compatible),
    },
    Rule {
        name: "removed property",
        why: "The other tool reports a removed property as compatible, because clients don't have to send it. But a \
              client that sends the property may be rejected, and a client that reads it finds nothing.",
        applies: |ours, _| is(ours, DiffKind::PropertyRemoved, Severity::Breaking),
    },
    Rule {
        name: "any string instead of an enum",
        why: "The other tool reports each removed enum value as breaking. The entire enum was removed, so any string is \
              accepted.",
        applies: |ours, _| {
            let is_text = ours.change.new.as_deref() == Some("text");
            is(ours, DiffKind::ParameterWidened, Severity::Compatible) && is_text
        },
    },
    Rule {
        name: "limit in a description",
        why: "The limit is stated in the description. The profile defines how to parse it.",
        applies: |ours, _| is(ours, DiffKind::PropertyTightened, Severity::Breaking),
    },
    Rule {
        name: "stray path parameter",
        why: "The old spec declares a path parameter without a placeholder. The parameter could only be sent in the \
              query, as the new spec declares.",
        applies: |ours, context| {
            let Place::Parameter(operation, _) = &ours.places()[0] else { return false };
            is(ours, DiffKind::ParameterOptional, Severity::Compatible) && context.has_stray(operation)
        },
    },
    Rule {
        name: "same form, written differently",
        why: "The form has the same fields, previously in a reference with `allOf` and now inline.",
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
