//! The list and the field of its records that supply an argument's value.

use std::collections::BTreeMap;
use std::path::Path;

use toolcrate_codegen::config::{Overlay, UsageTracker};
use toolcrate_codegen::{load, lower, relate, repair};

use crate::support::{golden, golden_cases};

/// Each path below `/members` takes one argument, named after the path's placeholder.
const SPEC: &str = "openapi: 3.0.3
info: { title: Members, version: '1' }
paths:
  /members:
    get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Member' } } } } } } }
components:
  schemas:
    Member: { type: object, properties: { id: { type: integer }, identifier: { type: string }, typeId: { type: integer }, code: { type: integer } } }
";

/// Returns the field of a member that supplies each of these path arguments.
fn fields(arguments: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    let paths: String = arguments
        .iter()
        .map(|(name, ty)| {
            format!(
                "  /members/{{{name}}}/badge{name}:\n    get: {{ parameters: [{{ name: {name}, in: path, required: true, \
                 schema: {{ type: {ty} }} }}], responses: {{ '204': {{ description: ok }} }} }}\n"
            )
        })
        .collect();
    let spec = SPEC.replace("components:", &format!("{paths}components:"));
    let case = golden_cases().into_iter().find(|folder| folder.ends_with("library")).unwrap();
    let (profile, _) = golden(&case);
    let usage = UsageTracker::new();
    let document = repair::repair(load::parse(spec.as_bytes(), Path::new("spec")).unwrap()).unwrap();
    let api = lower::lower(document, &profile, &usage).unwrap().api;
    let relations = relate::relate(&api, &profile, &Overlay::default(), &usage).unwrap();
    let field = |name: &str| {
        let found = api.operations.zip(&relations.arguments).find_map(|(operation, sources)| {
            let at = operation.parameters.iter().position(|parameter| parameter.name == name)?;
            sources[at].as_ref().map(|source| source.field.clone())
        });
        found.unwrap_or_default()
    };
    arguments.iter().map(|(name, _)| (*name, field(name))).collect()
}

#[test]
fn name_and_type_of_an_argument_select_the_field_of_the_listed_record() {
    let fields = fields(&[
        ("id", "integer"),
        ("memberId", "integer"),
        ("parentId", "integer"),
        ("memberTypeId", "integer"),
        ("memberIdentifier", "string"),
        ("member", "string"),
        ("number", "integer"),
        ("memberCode", "integer"),
    ]);
    let expected = [
        ("code", "memberCode"),
        ("id", "id"),
        ("id", "memberId"),
        ("id", "memberTypeId"),
        ("id", "number"),
        ("id", "parentId"),
        // A text can't be a numeric ID.
        ("identifier", "member"),
        ("identifier", "memberIdentifier"),
    ];
    let mut found: Vec<(&str, &str)> = fields.iter().map(|(name, field)| (field.as_str(), *name)).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
}
