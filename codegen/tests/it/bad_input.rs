//! Tests bad input. For each kind, there must be one clear message that states the location and the problem, and
//! nothing may be written.

use std::fs;
use std::path::Path;

use toolcrate_codegen::{Options, generate};

/// A valid profile, overlay, spec and lock file; each test breaks one of them.
const PROFILE: &str = "api: { name: A, package: a-api, prefix: a, description: A }
spec: spec.yaml
overlay: overlay.yaml
lock: names.lock
out: out
runtime: ../crates/toolcrate-runtime
auth: { scheme: none, fields: {} }
errors: { message: [/message] }
";
const OVERLAY: &str = "not_writable: []\n";
const SPEC: &str = "openapi: 3.0.1
info: { title: A, version: '1' }
paths:
  /x/things:
    get:
      operationId: getThings
      responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } } }
components:
  schemas:
    Thing: { type: object, properties: { id: { type: integer } } }
";
const LOCK: &str = "# Names.\n";

/// Returns the message for the input with `file` replaced by `text` (or removed if `None`), without the
/// folder's own path. The output folder and the lock file must be unchanged.
fn message(file: &str, text: Option<&str>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, text) in
        [("toolcrate.yaml", PROFILE), ("overlay.yaml", OVERLAY), ("spec.yaml", SPEC), ("names.lock", LOCK)]
    {
        fs::write(at(name), text).unwrap();
    }
    // A tree from an earlier run.
    let options = Options { profile: at("toolcrate.yaml"), strict: true, ..Options::default() };
    let first = generate(&options).unwrap();
    first.plan.apply(&first.plan.changes().unwrap()).unwrap();
    match text {
        Some(text) => fs::write(at(file), text).unwrap(),
        None => fs::remove_file(at(file)).unwrap(),
    }
    let before = snapshot(folder.path());
    let errors = generate(&options).map(|_| ()).unwrap_err();
    assert_eq!(errors.0.len(), 1, "one message: {errors}");
    assert_eq!(snapshot(folder.path()), before, "nothing is written");
    errors.to_string().replace(&format!("{}/", folder.path().display()), "")
}

/// Returns every file below `folder` with its bytes.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn spec(from: &str, to: &str) -> String {
    assert!(SPEC.contains(from));
    message("spec.yaml", Some(&SPEC.replace(from, to)))
}

#[test]
fn unreadable_files_are_rejected() {
    let said = [
        message("spec.yaml", None),
        message("toolcrate.yaml", None),
        message("spec.yaml", Some("just words\n")),
        message("spec.yaml", Some("a: [1\nb: 2\n")),
        message("spec.yaml", Some("{\"openapi\": \"3.0.1\",\n \"info\": {")),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn unsupported_versions_are_rejected() {
    let said = [spec("openapi: 3.0.1", "swagger: '1.2'"), spec("openapi: 3.0.1", "openapi: 4.0.0")];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn contradictory_specs_are_rejected() {
    let said = [
        spec("schemas/Thing'", "schemas/Thng'"),
        spec(
            "{ type: object, properties: { id: { type: integer } } }",
            "{ $ref: '#/components/schemas/Thing' }",
        ),
        spec("info: { title: A, version: '1' }", "info: &i { title: A, version: '1', x: *i }"),
        spec("components:", "  /x/empty: {}\ncomponents:"),
        spec("get:", "got:"),
        spec("get:\n", "post:\n      requestBody: { content: { text/xml: { schema: { type: object } } } }\n"),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

/// Without strict mode, a part that can't be expressed costs one operation or one value, and is reported.
#[test]
fn inexpressible_parts_are_omitted_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, text) in [("toolcrate.yaml", PROFILE), ("overlay.yaml", OVERLAY)] {
        fs::write(at(name), text).unwrap();
    }
    let csv = "requestBody: { content: { text/xml: { schema: { type: object } } } }";
    let lost = "parameters: [{ $ref: '#/components/parameters/Lost' }]";
    let paths = format!(
        "  /x/empty: {{}}
  /x/shared: {{ $ref: '#/components/pathItems/Shared' }}
  /x/xml: {{ post: {{ {csv}, responses: {{ '204': {{ description: ok }} }} }} }}
  /x/lost: {{ get: {{ {lost}, responses: {{ '204': {{ description: ok }} }} }} }}
components:
  schemas:
    Loop: {{ $ref: '#/components/schemas/Pool' }}
    Pool: {{ $ref: '#/components/schemas/Loop' }}
    Other: {{ type: object, properties: {{ lost: {{ $ref: '#/components/schemas/Lost' }} }} }}
"
    );
    fs::write(at("spec.yaml"), SPEC.replace("components:\n  schemas:\n", &paths)).unwrap();
    let options = Options { profile: at("toolcrate.yaml"), ..Options::default() };
    let generated = generate(&options).unwrap_or_else(|errors| panic!("{errors}"));
    // A dangling parameter reference costs only that parameter, and a body is sent unchanged.
    assert_eq!(generated.operations, 3);
    let report: Vec<String> = generated.report.degradations.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(report.join("\n"));

    // In strict mode, each of them is an error.
    let errors = generate(&Options { strict: true, ..options }).unwrap_err();
    assert_eq!(errors.0.len(), report.len(), "{errors}");
}

/// Operations that would have the same name get distinct names, and the report lists them.
#[test]
fn operations_with_the_same_name_get_distinct_names() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, text) in [("toolcrate.yaml", PROFILE), ("overlay.yaml", OVERLAY)] {
        fs::write(at(name), text).unwrap();
    }
    let twin = "  /X/Things/:\n    get:\n      responses: { '204': { description: ok } }\ncomponents:";
    fs::write(at("spec.yaml"), SPEC.replace("components:", twin)).unwrap();
    let options = Options { profile: at("toolcrate.yaml"), strict: true, ..Options::default() };
    let generated = generate(&options).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(generated.operations, 2);
    let more = twin.replace("get:", "options:\n      responses: { '204': { description: ok } }\n    trace:");
    fs::write(at("spec.yaml"), SPEC.replace("components:", &more)).unwrap();
    let generated = generate(&options).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(generated.operations, 3);
    assert!(generated.report.repairs.iter().any(|repair| repair.code == "R036"));
}

#[test]
fn invalid_profiles_overlays_and_locks_are_rejected() {
    let said = [
        message("toolcrate.yaml", Some(&PROFILE.replace("lock:", "lok:"))),
        message("overlay.yaml", Some("not_writeable: []\n")),
        message("overlay.yaml", Some("not_writable: [{ field: gone, reason: r }]\n")),
        message("toolcrate.yaml", Some(&format!("{PROFILE}transport_headers: [never]\n"))),
        message(
            "names.lock",
            Some(
                "GET /x/things get_single_a_x_thing x::things::get_thing\nGET /x/other get_single_a_x_thing x::things::get_other\n",
            ),
        ),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn unwritable_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("toolcrate.yaml", PROFILE), ("overlay.yaml", OVERLAY), ("spec.yaml", SPEC)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    // A file occupies the folder's path, because permissions wouldn't stop every user.
    fs::write(folder.path().join("out"), "mine").unwrap();
    let generated = generate(&Options {
        profile: folder.path().join("toolcrate.yaml"),
        strict: true,
        ..Options::default()
    })
    .unwrap();
    let before = snapshot(folder.path());
    let error = generated.plan.apply(&generated.plan.changes().unwrap()).unwrap_err().to_string();
    assert!(error.contains("E041") && error.contains("nothing was changed"), "{error}");
    assert_eq!(snapshot(folder.path()), before);
}
