//! Generates cases for property tests. CI uses the same cases each time, so it never fails by chance;
//! `PROPTEST_CASES=1000` runs 1,000 random cases instead.

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Returns a runner for `PROPTEST_CASES` random cases, or for the `usual` number of fixed ones, and the number of
/// cases.
pub fn runner(usual: u32, config: Config) -> (TestRunner, u32) {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config { cases: asked.unwrap_or(usual), failure_persistence: None, ..config };
    let cases = config.cases;
    let runner = match asked {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    (runner, cases)
}
