//! Runs the examples in the tools' definitions. Each one must be a call that works on the seeded mock server.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::catalog::RawJson;
use connectwise_psa::runtime::{Dialect, Tool, Value};
use e2e::sandbox;

fn examples(tool: Tool) -> Vec<Value> {
    tool.details().examples.iter().map(RawJson::to_value).collect()
}

#[tokio::test]
async fn every_example_call_works() {
    let (_server, client) = sandbox().await;
    let (mut count, mut failed) = (0, Vec::new());
    for tool in CATALOG.tools() {
        for example in examples(tool) {
            count += 1;
            match client.execute(tool, &example).await {
                Ok(outcome) if outcome.warnings.is_empty() && outcome.reinterpretations.is_empty() => {}
                Ok(outcome) => failed.push(format!("{}: {outcome:?}", tool.name())),
                Err(error) => failed.push(format!("{}: {error}", tool.name())),
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(count >= 25, "{count} examples");
}

#[test]
fn examples_are_placed_where_each_provider_expects_them() {
    let tool = CATALOG.get("create_a_ticket_note").expect("a tool");
    let example = &examples(tool)[0];
    for dialect in Dialect::ALL {
        let declared = tool.declaration(dialect).value;
        let function = declared.get("function").unwrap_or(&declared);
        let description = function["description"].as_str().expect("a description");
        if dialect == Dialect::Anthropic {
            assert_eq!(declared["input_examples"], Value::from(vec![example.clone()]));
            assert!(!description.contains("Example:"), "{description}");
        } else {
            assert!(description.ends_with(&format!(" Example: {example}")), "{dialect}: {description}");
        }
    }
}
