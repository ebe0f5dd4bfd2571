//! How many cases a test of properties tries, and which. CI tries the same ones each time, so that it fails by what was
//! changed and not by chance; `PROPTEST_CASES=1000` tries so many new ones, to look for what nobody thought of.

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Returns a runner of `PROPTEST_CASES` random cases, or of the `usual` number of fixed ones, and the number of cases.
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
