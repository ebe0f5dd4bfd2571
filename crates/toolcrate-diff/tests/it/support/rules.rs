//! Why two diff tools find or judge differently: each rule says which differences it explains, and the reason.

use serde_json::Value;
use toolcrate_diff::{DiffKind, DiffSettings, Severity};

use super::findings::{Finding, Ours, Place, letters};

/// What rules may look at.
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
    /// Whether it is the reason here.
    pub applies: fn(&T, &Context<'_>) -> bool,
}

impl Context<'_> {
    /// Whether some operation takes or answers another schema instead of `schema`.
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

    /// Whether the operation has a parameter that is a record with a member `name`.
    fn has_record_with(&self, operation: &str, name: &str) -> bool {
        let records = self.parameters(operation).filter_map(|parameter| parameter["schema"]["$ref"].as_str());
        let mut both =
            records.flat_map(|target| self.documents.iter().map(move |document| (document, target)));
        both.any(|(document, target)| {
            let schema = document.pointer(target.trim_start_matches('#'));
            schema.is_some_and(|schema| schema["properties"].get(name).is_some())
        })
    }

    /// Whether the operation has a parameter in the path that its path has no placeholder for.
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

/// Whether a place that referred to a schema refers to something else.
fn is_reference(ours: &Ours, context: &Context<'_>) -> bool {
    let id = ours.change.kind.id();
    let is_type = ["retyped", "widened", "narrowed"].iter().any(|end| id.ends_with(end));
    is_type && ours.change.old.as_deref().is_some_and(|old| context.is_schema(&heart(old)))
}

fn ends_with(finding: &Finding, part: &str) -> bool {
    finding.parts.last().is_some_and(|last| last == part)
}

/// What only the other tool finds.
pub const THEIRS: &[Rule<Finding>] = &[
    Rule {
        name: "list of tags",
        why: "It compares the document's list of tags by number, so one new tag renames all that follow. \
              Nothing is made of that list; the tags of each operation are compared.",
        applies: |finding, _| finding.parts[0] == "tags",
    },
    Rule {
        name: "title page",
        why: "The version and description of the document head every report; they are no change of the API.",
        applies: |finding, _| finding.parts[0] == "info",
    },
    Rule {
        name: "name of the media type",
        why: "The release is part of the media type's name, so it is another name at every answer. JSON is \
              JSON, by whatever name a vendor calls it.",
        applies: |finding, _| finding.action == "rename" && ends_with(finding, "content"),
    },
    Rule {
        name: "words about a status",
        why: "Nothing is made of the description of an answer's status.",
        applies: |finding, _| {
            finding.parts.iter().any(|part| part == "responses") && ends_with(finding, "description")
        },
    },
    Rule {
        name: "header of the credentials",
        why: "The profile names the headers that come with the credentials. No caller gives them, so they are \
              no parameters.",
        applies: |finding, context| {
            let headers = &context.settings.profile.transport_headers;
            finding.parts.iter().any(|part| {
                part.strip_prefix("header ").is_some_and(|name| headers.iter().any(|header| header == name))
            })
        },
    },
    Rule {
        name: "schema spelt another way",
        why: "It compares names letter by letter. A name with a dot and one without it are one schema, and \
              what changed in its members is told there.",
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
        name: "one schema in the place of another",
        why: "Something refers to another schema now. It compares the members of the two; we say that it is \
              another record, and which schemas are new or gone.",
        applies: |finding, context| finding.schema().is_some_and(|schema| context.is_replaced(&schema)),
    },
    Rule {
        name: "path parameter without a placeholder",
        why: "The document says `in: path`, but the path has no such placeholder. Repairs R002, R017 and R028 \
              put it where it can travel, the query or the body, so it is there in both releases. It pairs the \
              other parameters of such an operation by number, so that some seem to be new.",
        applies: |finding, context| {
            let is_sent =
                finding.parts.get(3).is_some_and(|part| part == "parameters" || part == "requestBody");
            is_sent && finding.operation().is_some_and(|operation| context.has_stray(&operation))
        },
    },
    Rule {
        name: "bytes",
        why: "An answer that is no JSON is a file, whether its schema says `format: binary` or not.",
        applies: |finding, _| ends_with(finding, "format") && finding.is == "\"binary\"",
    },
    Rule {
        name: "placeholder described by a name",
        why: "What a placeholder of the path stands for is told by the record that it leads to. A description \
              of one word, such as `ticketId`, is not used.",
        applies: |finding, _| {
            let is_word = |text: &str| !text.contains(char::is_whitespace);
            ends_with(finding, "description")
                && finding.parts.iter().any(|part| part.starts_with("path "))
                && is_word(&finding.was)
                && is_word(&finding.is)
        },
    },
];

/// What only ours finds.
pub const OURS: &[Rule<Ours>] = &[
    Rule {
        name: "within an operation that moved",
        why: "It sees one operation gone and one new; we see the same operation under a new path, and what else \
              changed in it.",
        applies: |ours, context| {
            context.ours.iter().any(|other| {
                other.change.kind == DiffKind::OperationMoved && other.change.subject == ours.change.subject
            })
        },
    },
    Rule {
        name: "another schema",
        why: "It follows references and compares what they lead to; that a place refers to another record, \
              with other members, it does not say.",
        applies: |ours, context| is_reference(ours, context),
    },
    Rule {
        name: "record in the query",
        why: "A parameter that is a record travels as its members (repair R017), which we compare one by one.",
        applies: |ours, context| {
            let Place::Parameter(operation, name) = &ours.places()[0] else { return false };
            context.has_record_with(operation, name)
        },
    },
];

/// What both find, but only one calls breaking.
pub const JUDGED: &[Rule<Ours>] = &[
    Rule {
        name: "name of a schema",
        why: "It calls a schema that is gone breaking. Its name is not on the wire; where it was used, that \
              place changed, and is judged there.",
        applies: |ours, _| ours.change.kind == DiffKind::SchemaRemoved,
    },
    Rule {
        name: "only answered",
        why: "It judges every schema as if it were sent. This one is only answered, and fewer values in an \
              answer break nobody.",
        applies: |ours, _| is(ours, DiffKind::PropertyNarrowed, Severity::Compatible),
    },
    Rule {
        name: "member that is gone",
        why: "It calls a member that is gone harmless, as nobody has to send it. Who sends it is ignored or \
              refused, and who reads it finds nothing.",
        applies: |ours, _| is(ours, DiffKind::PropertyRemoved, Severity::Breaking),
    },
    Rule {
        name: "any text instead of a choice",
        why: "It calls each value that a choice lost breaking. The choice itself is gone, and any text is taken.",
        applies: |ours, _| {
            let is_text = ours.change.new.as_deref() == Some("text");
            is(ours, DiffKind::ParameterWidened, Severity::Compatible) && is_text
        },
    },
    Rule {
        name: "limits in words",
        why: "The limit stands in the description, which it takes for words. The profile says how to read it.",
        applies: |ours, _| is(ours, DiffKind::PropertyTightened, Severity::Breaking),
    },
    Rule {
        name: "stray path parameter",
        why: "The old document says that a parameter is in the path, which has no placeholder for it. It could \
              only ever travel in the query, as the new document says.",
        applies: |ours, context| {
            let Place::Parameter(operation, _) = &ours.places()[0] else { return false };
            is(ours, DiffKind::ParameterOptional, Severity::Compatible) && context.has_stray(operation)
        },
    },
    Rule {
        name: "same form, written in another way",
        why: "The form's members are the same, under a reference with `allOf` before and in place now.",
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
