//! Reads and writes values through the models in the `kinds-api` crate.

use kinds_api::shapes::{Circle, Drawing, Figure, Labels, Measure};
use serde_json::{Value, json};

pub fn check() {
    let sent = json!({
        "border": {"kind": "Square", "side": 2.0},
        "main": {"kind": "disc", "radius": 1.5, "color": "red"},
        "title": "t",
    });
    let drawing: Drawing = serde_json::from_value(sent.clone()).unwrap();
    let Some(Figure::Circle(circle)) = &drawing.main else { panic!("{drawing:?}") };
    assert_eq!((circle.radius, circle.kind.as_deref()), (Some(1.5.into()), Some("disc")));
    assert_eq!(serde_json::to_value(&drawing).unwrap(), sent);

    for unknown in [json!({"kind": "hexagon", "sides": 6}), json!({"sides": 6})] {
        let figure: Figure = serde_json::from_value(unknown.clone()).unwrap();
        assert!(matches!(figure, Figure::Other(_)), "{figure:?}");
        assert_eq!(serde_json::to_value(figure).unwrap(), unknown);
    }
    // A value whose type differs from the spec doesn't hide what the object is.
    let odd = json!({"kind": "round", "radius": "wide"});
    let figure: Figure = serde_json::from_value(odd.clone()).unwrap();
    assert!(matches!(figure, Figure::Circle(_)), "{figure:?}");
    assert_eq!(serde_json::to_value(figure).unwrap(), odd);
    let nested = json!({"kind": "Other", "parts": [{"kind": "square", "side": 1.0}, {"kind": "?"}]});
    let figure: Figure = serde_json::from_value(nested.clone()).unwrap();
    assert!(matches!(figure, Figure::OtherModel(_)));
    assert_eq!(serde_json::to_value(figure).unwrap(), nested);
    let mut circle = Circle::default();
    circle.radius = Some(2.0.into());
    let named = Figure::from(circle);
    assert_eq!(serde_json::to_value(named).unwrap(), json!({"kind": "round", "radius": 2}));

    let sent = json!({"big": u64::MAX, "exact": 9_007_199_254_740_993_i64, "mixed": 1, "words": "yes"});
    let measure: Measure = serde_json::from_value(sent.clone()).unwrap();
    assert_eq!(measure.big, Some(u64::MAX));
    assert_eq!(serde_json::to_value(&measure).unwrap(), sent);
    let negative: Measure = serde_json::from_value(json!({"big": -1})).unwrap();
    assert_eq!((negative.big, negative.extra.get("big")), (None, Some(&Value::from(-1))));

    let sent = json!({"name": "n", "color": "red", "inner": {"a": "b", "c": true}});
    let labels: Labels = serde_json::from_value(sent.clone()).unwrap();
    assert_eq!(labels.extra.get("color"), Some(&Value::from("red")));
    assert_eq!(serde_json::to_value(labels).unwrap(), sent);
}
