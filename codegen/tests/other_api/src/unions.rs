//! Tests alternatives without a discriminator: each value must be read as the right alternative, and no part of it may
//! be lost.

use kinds_api::jobs::{Message, MessageId, MessageSetting, MessageTags, Payment, TextBlock};
use kinds_api::runtime::Value;
use serde_json::json;

fn message(value: &Value) -> Message {
    let message: Message = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(&serde_json::to_value(&message).unwrap(), value);
    message
}

fn variant<T: std::fmt::Debug>(value: Option<T>) -> String {
    format!("{value:?}")
}

pub fn check() {
    for (name, value, expected) in [
        ("id", json!("a"), "Text(\"a\")"),
        ("id", json!(5), "Integer(5)"),
        ("id", json!(5.5), "Other(Number(5.5))"),
        ("id", json!({"a": null}), "Other("),
    ] {
        assert!(variant(message(&json!({name: value})).id).contains(expected), "{value}");
    }
    let tags = message(&json!({"tags": ["a", "b"], "mode": "c", "level": "none", "size": 1.5}));
    assert!(matches!(&tags.tags, Some(MessageTags::List(items)) if items.len() == 2), "{tags:?}");
    assert_eq!(tags.mode.as_deref(), Some("c"));
    assert_eq!(tags.level.as_ref().unwrap().as_str(), "none");
    assert!(matches!(message(&json!({"tags": [1]})).tags, Some(MessageTags::Other(_))));

    for (value, expected) in [
        (json!(true), "Boolean"),
        (json!(1.25), "Number"),
        (json!("2026-03-04T05:06:07Z"), "Timestamp"),
        (json!("soon"), "Other"),
        (json!([{"ticket": "t", "more": 1}]), "List"),
        (json!({"on": "yes", "off": [null]}), "MessageSetting"),
    ] {
        let setting = variant(message(&json!({"setting": value})).setting);
        assert!(setting.starts_with(&format!("Some({expected}")), "{value}: {setting}");
    }
    let blocks = json!({"blocks": [
        {"type": "text", "text": "t", "more": {}}, {"type": "picture", "url": "u", "text": "odd"}, {"type": "rule", "width": 3},
        {"type": "video", "url": "v"}, {"text": "t"}, "plain", null, [1],
    ]});
    let read = variant(message(&blocks).blocks);
    let order = ["TextBlock(", "ImageBlock(", "Rule(", "Other(", "Other(", "Other(", "Other(", "Other("];
    let mut rest = read.as_str();
    for name in order {
        let at = rest.find(name).unwrap_or_else(|| panic!("{name} in {read}"));
        rest = &rest[at + name.len()..];
    }
    for value in [json!("a"), json!(["a", ["b", ["c"]], 1])] {
        message(&json!({"rule": value, "either": {"id": 1, "name": "n"}, "same": {"a": 1, "b": 2}, "free": {"x": [1]}}));
    }
    message(&json!({"figure": {"kind": "square", "side": 1.0, "x": 1}, "either": {"ticket": "t", "id": 1}}));
    message(&json!({"figure": "round", "either": {}, "free": "x", "same": null_free()}));

    for (value, expected) in [
        (json!({"number": "1", "holder": "h", "note": "n"}), "PaymentCard"),
        (json!({"iban": "i", "x": 1}), "PaymentTransfer"),
        (json!({"note": "n"}), "PaymentVoucher"),
        (json!({"iban": "i", "number": "1", "holder": "h"}), "Other"),
        (json!({"holder": "h"}), "Other"),
        (json!({}), "Other"),
        (json!("cash"), "Other"),
    ] {
        let payment: Payment = serde_json::from_value(value.clone()).unwrap();
        assert!(format!("{payment:?}").starts_with(expected), "{payment:?}");
        assert_eq!(serde_json::to_value(&payment).unwrap(), value);
    }
    // What names the variant is set.
    let mut text = TextBlock::default();
    text.text = Some("t".to_owned());
    let block = kinds_api::jobs::MessageBlocksItem::from(text);
    assert_eq!(serde_json::to_value(block).unwrap(), json!({"type": "text", "text": "t"}));
    assert_eq!(MessageId::from(5), MessageId::Integer(5));
    assert!(matches!(MessageSetting::from(true), MessageSetting::Boolean(true)));
}

fn null_free() -> Value {
    json!({"c": {"d": [1, "2"]}})
}
