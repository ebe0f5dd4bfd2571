//! Tests which faults are injected into which requests.

use std::time::Duration;

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::{from_value, json};
use http::Method;

use super::injector::FaultInjector;
use super::plan::FaultEnding;
use super::settings::{FaultKind, FaultRule, FaultSettings};

fn faults(settings: Value) -> FaultInjector {
    let settings = from_value(settings).expect("settings");
    FaultInjector::new(settings).expect("rules that make sense")
}

/// Returns a word for the effect on a request.
fn word(faults: &FaultInjector, method: &str, path: &str) -> String {
    let plan = faults.plan(&method.parse().expect("a verb"), path);
    match plan.ending {
        None if plan.delay.is_zero() => "nothing".to_owned(),
        None => format!("{:?}", plan.delay),
        Some(FaultEnding::Response { response, effect: false }) => response.status.as_u16().to_string(),
        Some(FaultEnding::Response { response, effect: true }) => {
            format!("{} after", response.status.as_u16())
        }
        Some(FaultEnding::Cut { effect }) => if effect { "cut after" } else { "cut before" }.to_owned(),
        Some(FaultEnding::Damaged(damage)) => format!("{damage:?}"),
    }
}

#[test]
fn rules_match_by_verb_path_and_count() {
    let faults = faults(json!({"rules": [
        {"fault": "cut_after", "method": "post", "path": "/service/tickets/*/notes", "count": 1},
        {"fault": "timeout", "path": "/Service/**", "skip": 1, "after_effect": true},
        {"fault": "truncated_body", "path": "/time/entries", "bytes": 10},
    ]}));
    for (method, path, expected) in [
        ("POST", "/service/tickets/1/notes", "cut after"),
        ("POST", "/service/tickets/1/notes", "nothing"),
        ("POST", "/service/tickets/1/notes", "500 after"),
        ("GET", "/service", "nothing"),
        ("GET", "/time/entries", "Truncated(Some(10))"),
        ("GET", "/time/entries/1", "nothing"),
    ] {
        assert_eq!(word(&faults, method, path), expected, "{method} {path}");
    }
    let report = faults.report();
    assert_eq!(report["rules"][0]["matched"], 3);
    assert_eq!(report["rules"][0]["fired"], 1);
}

#[test]
fn latency_adds_up_and_does_not_hide_other_faults() {
    let faults = faults(json!({"rules": [
        {"fault": "latency", "milliseconds": 10},
        {"fault": "empty_error"},
        {"fault": "latency", "milliseconds": 5, "jitter_milliseconds": 0},
    ]}));
    let plan = faults.plan(&Method::GET, "/");
    assert_eq!(plan.delay, Duration::from_millis(15));
    assert!(matches!(plan.ending, Some(FaultEnding::Response { response, .. }) if response.status == 503));
}

#[test]
fn seed_reproduces_a_run() {
    let run = |seed: u64| {
        let faults = faults(json!({"seed": seed, "rules": [
            {"fault": "html_error", "probability": 0.3},
            {"fault": "latency", "milliseconds": 1, "jitter_milliseconds": 1000, "probability": 0.5},
        ]}));
        (0..200).map(|_| word(&faults, "GET", "/x")).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    let errors = run(3).iter().filter(|word| *word == "502").count();
    assert!((30..=90).contains(&errors), "{errors}");
}

#[test]
fn budget_is_checked_before_any_rule() {
    let faults = faults(json!({"budget": {"requests": 2}, "rules": [{"fault": "timeout"}]}));
    assert_eq!(word(&faults, "GET", "/x"), "500");
    assert_eq!(word(&faults, "GET", "/x"), "500");
    let Some(FaultEnding::Response { response, .. }) = faults.plan(&Method::GET, "/x").ending else {
        panic!("the budget is spent");
    };
    assert_eq!(response.status, 429);
    assert_eq!(response.headers["retry-after"], "60");
    let text = String::from_utf8(response.body.to_vec()).expect("text");
    assert_eq!(
        text,
        "{\r\n  \"error\": \"ConnectWiseAPI\",\r\n  \"message\": \"Too many requests. Please try again in 60 \
         seconds.\"\r\n}"
    );
    assert_eq!(faults.report()["rules"][0]["fired"], 2);
    faults.replace(FaultSettings::default()).expect("none");
    assert_eq!(word(&faults, "GET", "/x"), "nothing");
}

#[test]
fn invalid_rules_change_nothing() {
    let faults = faults(json!({"rules": [{"fault": "cut_before"}]}));
    let wrong = [
        FaultRule { probability: 1.5, ..FaultRule::new(FaultKind::Timeout) },
        FaultRule { status: Some(200), ..FaultRule::new(FaultKind::HtmlError) },
        FaultRule { method: Some("not a verb".to_owned()), ..FaultRule::new(FaultKind::Timeout) },
        FaultRule { content_type: Some("a\nb".to_owned()), ..FaultRule::new(FaultKind::WrongContentType) },
        FaultRule::new(FaultKind::Latency),
    ];
    for rule in wrong {
        assert!(faults.add(rule.clone()).is_err(), "{rule:?}");
        assert!(faults.replace(FaultSettings { rules: vec![rule], ..FaultSettings::default() }).is_err());
    }
    assert_eq!(word(&faults, "GET", "/x"), "cut before");
    let text = json!({"rules": [{"fault": "timeout", "pth": "/x"}]});
    assert!(from_value::<FaultSettings>(text).is_err());
}
