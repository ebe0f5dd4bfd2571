//! Mutates specs by removing properties, swapping types, garbling text or nesting deeply. The result must always be an
//! error with a location, or a valid Rust crate with valid tools, but never a panic.

use std::cell::Cell;
use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::Value;
use toolcrate_codegen::config::{self, Overlay, Profile};
use toolcrate_testing::specs::{parse_release, slice};
use toolcrate_testing::{cases, tool_checks};

use crate::support;
use crate::support::mutate::{any_mutation, mutate};

/// A spec to mutate, and its configuration.
struct Original {
    spec: Value,
    profile: Profile,
    overlay: Overlay,
}

/// The golden specs, and slices of the real one with the real profile.
fn originals() -> &'static [Original] {
    static ORIGINALS: OnceLock<Vec<Original>> = OnceLock::new();
    ORIGINALS.get_or_init(|| {
        let mut originals: Vec<Original> = support::golden_cases()
            .iter()
            .map(|folder| {
                let (profile, overlay) = support::golden(folder);
                Original { spec: config::read_yaml(&folder.join("spec.yaml")).unwrap(), profile, overlay }
            })
            .collect();
        let real = parse_release("2025.1");
        for start in [100, 700, 1200] {
            let (profile, overlay) = support::settings();
            // Overlay entries about individual operations or other records wouldn't apply to most slices.
            let overlay = Overlay {
                reference_suffix: overlay.reference_suffix,
                not_writable: overlay.not_writable,
                ..Overlay::default()
            };
            originals.push(Original { spec: slice(&real, start, 40), profile, overlay });
        }
        originals
    })
}

/// Returns true if `spec` can be generated. Fails on a panic, an error without a location, or code that isn't Rust.
fn is_crate(spec: &[u8], original: &Original) -> Result<bool, TestCaseError> {
    let files = match support::files(spec, &original.profile, &original.overlay) {
        Ok(files) => files,
        Err(errors) => {
            prop_assert!(!errors.0.is_empty());
            for error in errors.0 {
                prop_assert!(error.code != "E030", "a defect of the generator: {error}");
                prop_assert!(
                    error.location.is_some() || error.code == "E002",
                    "it does not say where: {error}"
                );
                prop_assert!(!error.message.is_empty());
            }
            return Ok(false);
        }
    };
    for (path, text) in &files {
        if path.ends_with(".rs") {
            prop_assert!(syn::parse_file(text).is_ok(), "{path} is no Rust:\n{text}");
        } else if path.ends_with(".jsonl") {
            for line in text.lines() {
                prop_assert!(serde_json::from_str::<Value>(line).is_ok(), "{path} is no JSON: {line}");
            }
        }
    }
    let problems = tool_checks::problems(tool_checks::catalog(&files));
    prop_assert!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(true)
}

/// Runs the `usual` number of cases, or as many as requested; returns how many of them could be generated, and the
/// total.
fn run<S: Strategy>(
    usual: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<bool, TestCaseError>,
) -> (u32, u32) {
    let (mut runner, cases) = cases::runner(usual, ProptestConfig::default());
    let crates = Cell::new(0);
    let result = runner.run(strategy, |value| {
        crates.set(crates.get() + u32::from(test(value)?));
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    println!("{} of {cases} mutated specs gave a crate, the others an error", crates.get());
    (crates.get(), cases)
}

#[test]
fn mutated_specs_produce_an_error_or_a_crate() {
    let strategy = (any::<prop::sample::Index>(), prop::collection::vec(any_mutation(), 1..5), any::<bool>());
    let (crates, cases) = run(200, &strategy, |(original, mutations, yaml)| {
        let original = original.get(originals());
        let mut spec = original.spec.clone();
        for mutation in &mutations {
            mutate(&mut spec, mutation);
        }
        let json = serde_json::to_vec(&spec).unwrap();
        let bytes = if yaml { serde_yaml::to_string(&spec).unwrap().into_bytes() } else { json };
        is_crate(&bytes, original)
    });
    // On average, a fifth can be generated; half of that is far below random variation.
    assert!(crates * 10 > cases, "too few get to the end to say something of what is emitted");
    assert!(crates < cases);
}

#[test]
fn truncated_or_garbled_text_produces_an_error_or_a_crate() {
    let strategy = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>(), any::<bool>());
    run(60, &strategy, |(original, at, byte, yaml)| {
        // The slices are long, and this test is only about their text.
        let originals = &originals()[..support::golden_cases().len()];
        let original = original.get(originals);
        let mut bytes = serde_json::to_vec(&original.spec).unwrap();
        if yaml {
            bytes = serde_yaml::to_string(&original.spec).unwrap().into_bytes();
        }
        let at = at.index(bytes.len());
        is_crate(&bytes[..at], original)?;
        bytes[at] = byte;
        is_crate(&bytes, original)
    });
}
