//! Checks that the tools meet their limits, and that the checks on calls can tell right from wrong.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::PreparedBody;
use e2e::client;
use e2e::spec::Spec;
use serde_json::json;
use toolcrate_testing::draw;
use toolcrate_testing::mutate::mutate;
use toolcrate_testing::random::Random;

// The package's library can't use `toolcrate-testing`, which is only a test dependency.
#[path = "../support/figures.rs"]
#[allow(dead_code)]
mod tool_figures;

/// Number of argument draws per tool; the benchmark uses more.
const DRAWS: u64 = 3;

#[test]
fn schemas_and_descriptions_stay_within_bounds() {
    let figures = tool_figures::schemas();
    figures.iter().for_each(|figure| println!("{}: {} (bound: {})", figure.what, figure.value, figure.bound));
    assert!(figures.iter().all(|figure| figure.met));
    assert_eq!(figures.len(), 13);
}

#[test]
fn random_calls_are_accepted_and_mutations_are_rejected() {
    let client = client("https://localhost").unwrap();
    let mut spec = Spec::read_current().unwrap();
    let (figures, failures) = tool_figures::calls(&client, &mut spec, DRAWS);
    figures.iter().for_each(|figure| println!("{}: {}", figure.what, figure.value));
    assert!(figures.iter().all(|figure| figure.met), "{:#?}", &failures[..failures.len().min(20)]);
}

#[test]
fn request_that_violates_the_spec_is_reported() {
    let client = client("https://localhost").unwrap();
    let mut spec = Spec::read_current().unwrap();
    let path = "/procurement/purchaseorders/{parentId}/lineitems";
    let tool = CATALOG.get("create_a_purchaseorder_lineitem").unwrap();
    let arguments = draw::arguments(tool, &tool.input_schema_value(), &mut Random::new(1));
    let request = client.prepare(tool, &arguments).unwrap();
    assert_eq!(spec.problems(path, &request), Vec::<String>::new());
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut request = request.clone();
        let PreparedBody::Json(body) = &mut request.body else { panic!("it has a body") };
        change(body);
        request
    };
    for (request, told) in [
        (with(&|body| body["quantity"] = json!("many")), "/quantity"),
        (with(&|body| drop(body.as_object_mut().unwrap().remove("product"))), "product"),
        (with(&|body| body["receivedStatus"] = json!("Lost")), "/receivedStatus"),
        (with(&|body| body["vendorOrderNumber"] = json!("x".repeat(1000))), "the body"),
    ] {
        let problems = spec.problems(path, &request);
        // Lengths are only in the spec's prose, so a checker that reads nothing else accepts them.
        let is_prose = told == "the body";
        assert_eq!(problems.is_empty(), is_prose, "{problems:?}");
        assert!(is_prose || problems[0].contains(told), "{problems:?}");
    }
    let mut request = request.clone();
    request.url.push_str("?color=red");
    assert_eq!(spec.problems(path, &request), ["the operation has no parameter color"]);
    assert_eq!(spec.problems("/nowhere", &request), ["the spec has no post /nowhere"]);
}

#[test]
fn mutation_is_invalid_at_its_pointer() {
    let schema = json!({"type": "object", "required": ["id"], "additionalProperties": false, "properties": {
        "id": {"type": "integer", "minimum": 1},
        "size": {"type": "string", "enum": ["S", "L"]},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string", "maxLength": 3}}}},
    }});
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let mut arguments =
            json!({"id": 4, "size": "S", "lines": [{"text": "abc"}]}).as_object().cloned().unwrap();
        assert!(jsonschema::is_valid(&schema, &json!(arguments)));
        let mutation = mutate(&schema, &mut arguments, &mut Random::new(seed)).unwrap();
        let changed = json!(arguments);
        let is_unknown = mutation.pointer == "/lines/0/noSuchMember";
        assert!(is_unknown || !jsonschema::is_valid(&schema, &changed), "{mutation:?} {changed}");
        assert_eq!(mutation.what.contains("missing"), changed.pointer(&mutation.pointer).is_none());
        kinds.insert((mutation.pointer, mutation.what));
    }
    assert_eq!(kinds.len(), 10, "{kinds:#?}");
}
