//! Checks that two runs produce the same bytes, and that reordering the spec's objects doesn't change them.

use serde_json::{Map, Value};
use toolcrate_codegen::emit::Files;
use toolcrate_testing::specs::{RELEASES, read_release};

use crate::support;

/// Runs the pipeline with the real profile.
fn files(release: &str, spec: &[u8]) -> Files {
    let (profile, overlay) = support::settings_for(release);
    support::files(spec, &profile, &overlay).unwrap_or_else(|errors| panic!("{errors}"))
}

fn same(a: &Files, b: &Files) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (path, text) in a {
        assert!(*text == b[path], "{path} differs");
    }
}

/// Shuffles the properties of every object (a list's order is significant and is kept).
fn shuffled(value: Value, seed: &mut u64) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(u64, String, Value)> = members
                .into_iter()
                .map(|(name, value)| {
                    // A linear congruential generator is random enough for shuffling.
                    *seed =
                        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (*seed >> 33, name, value)
                })
                .collect();
            members.sort_by_key(|(order, ..)| *order);
            let shuffle = |(_, name, value)| (name, shuffled(value, seed));
            Value::Object(members.into_iter().map(shuffle).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|item| shuffled(item, seed)).collect()),
        other => other,
    }
}

#[test]
fn two_runs_and_a_shuffled_spec_produce_identical_bytes() {
    for release in RELEASES {
        let spec = read_release(release);
        let first = files(release, &spec);
        same(&first, &files(release, &spec));
        let value: Value = serde_json::from_slice(&spec).unwrap();
        let mut seed = 7;
        let other = serde_json::to_vec(&shuffled(value, &mut seed)).unwrap();
        assert_ne!(spec, other);
        same(&first, &files(release, &other));
        println!("release {release}: {} files are the same bytes three times", first.len());
    }
}
