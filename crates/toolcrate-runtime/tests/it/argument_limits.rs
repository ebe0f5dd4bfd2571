//! Tests the limits on a call's arguments.

use serde_json::{Map, Value, json};

use crate::tools::{problems, refused};

#[test]
fn arguments_of_any_size_are_refused_in_a_bounded_time() {
    let unknown = |count: usize| (0..count).map(|n| (format!("nmae{n}"), json!(n))).collect::<Map<_, _>>();
    let error = refused("create_an_order_line", &Value::Object(unknown(50_000)));
    assert_eq!(problems(&error), [" length: expected at most 1000 properties, got 50000"]);
    // JSON text is parsed, so its object has the same limit.
    let text = Value::Object(unknown(2000)).to_string();
    let error = refused("create_an_order_line", &json!({"product": text}));
    assert!(problems(&error).iter().any(|problem| problem.starts_with("/product length: ")), "{error}");
    for (count, reported, fixed) in [(900, 100, 0), (60, 63, 60)] {
        let error = refused("create_an_order_line", &Value::Object(unknown(count)));
        let with_fix = error.fields().iter().filter(|field| field.fix.is_some()).count();
        assert_eq!((error.fields().len(), with_fix), (reported, fixed));
    }
    let long = "x".repeat(1 << 20);
    let error = refused("create_an_order_line", &json!({ long: 1 }));
    assert!(problems(&error).iter().any(|problem| problem.contains(" unknown: ")));
}
