//! Constructs of vendors' specs, lowered from small documents.

use std::path::Path;

use toolcrate_codegen::config::UsageTracker;
use toolcrate_codegen::ir::{ApiDefinition, Field, Shape, Type};
use toolcrate_codegen::{load, lower, repair};

use crate::support::settings;

/// Lowers a document with these paths and schemas.
fn lowered(paths: &str, schemas: &str) -> ApiDefinition {
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {paths}\ncomponents: {{schemas: {schemas}}}"
    );
    let document = load::parse(text.as_bytes(), Path::new("spec.yaml")).unwrap();
    lower::lower(repair::repair(document).unwrap(), &settings().0, &UsageTracker::new()).unwrap().api
}

fn with_schemas(schemas: &str) -> ApiDefinition {
    lowered("{/a: {get: {responses: {'204': {description: d}}}}}", schemas)
}

fn field<'a>(api: &'a ApiDefinition, schema: &str, name: &str) -> &'a Field {
    api.schemas[schema].fields().iter().find(|field| field.name == name).unwrap()
}

#[test]
fn property_is_writable_only_if_every_part_of_an_all_of_agrees() {
    let api = with_schemas(
        "{Base: {type: object, properties: {id: {type: string, readOnly: true}, type: {type: string, readOnly: true}}},
          Tag: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, required: [type], properties: {type: {type: string, enum: [tag]}, label: {type: string}}}]},
          Named: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, required: [id], properties: {type: {type: string}, label: {type: string}}}]},
          Link: {allOf: [{$ref: '#/components/schemas/Base'}, {required: [id, type]}]}}",
    );
    assert!(!field(&api, "Tag", "type").read_only, "redeclared and required");
    assert!(field(&api, "Named", "type").read_only, "redeclared only");
    assert!(field(&api, "Named", "id").read_only, "required only");
    assert!(!field(&api, "Link", "id").read_only, "nothing else could be written");
    assert!(field(&api, "Tag", "id").read_only);
}

#[test]
fn binary_value_outside_a_form_is_a_string() {
    let file = "{type: object, properties: {f: {type: string, format: binary}}}";
    let api = lowered(
        "{/a: {post: {requestBody: {content: {multipart/form-data: {schema: {$ref: '#/components/schemas/Form'}}}}, responses: {'204': {description: d}}}}}",
        &format!("{{Form: {file}, Other: {file}}}"),
    );
    assert_eq!(field(&api, "Form", "f").ty, Type::Binary);
    assert_eq!(field(&api, "Other", "f").ty, Type::Text(None));
}

#[test]
fn declared_values_take_precedence_over_the_names_of_schemas() {
    let variant = |kind: &str| {
        format!("{{type: object, required: [kind], properties: {{kind: {{type: string, enum: [{kind}]}}}}}}")
    };
    let api = with_schemas(&format!(
        "{{Pet: {{oneOf: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: '#/components/schemas/Dog'}}], discriminator: {{propertyName: kind}}}}, Cat: {}, Dog: {}}}",
        variant("cat"),
        variant("dog")
    ));
    let Shape::Union(union) = &api.schemas["Pet"].shape else { panic!("{:?}", api.schemas["Pet"]) };
    let values: Vec<_> =
        union.variants.iter().filter_map(|variant| variant.signature.values.clone()).collect();
    assert_eq!(values, ["cat", "dog"].map(|value| ("kind".to_owned(), vec![value.to_owned()])));
}

#[test]
fn declared_placeholder_stays_in_the_path() {
    let api = lowered(
        "{'/a/{größe:x}': {get: {parameters: [{name: 'größe:x', in: path, required: true, schema: {type: string}}], responses: {'204': {description: d}}}}}",
        "{}",
    );
    let operation = api.operations.values().next().unwrap();
    assert_eq!(operation.path.placeholders().collect::<Vec<_>>(), ["größe:x"]);
}
