//! A change of the tools is called breaking exactly when a call that worked before is refused now: calls are
//! drawn from the old tools' schemas, and checked by the runtime against the new ones.

mod support;

use support::calls::try_calls;
use toolcrate_codegen::diff::{self, Settings, Source};

#[test]
fn of_the_real_pair_exactly_those_tools_break_that_refuse_a_call() {
    let settings = Settings::read(&support::specs().join("toolcrate.yaml")).unwrap();
    let source = |release: &str| Source { file: release.into(), bytes: support::release(release) };
    let (old, new) = diff::read(&source("2022.1"), &source("2025.1"), &settings).unwrap();
    for (old, new) in [(&old, &new), (&new, &old)] {
        let report = diff::compare(old, new, &settings.profile);
        let tried = try_calls(old, new, &report, 20);
        println!("{} tools, {} calls", tried.tools, tried.calls);
        assert!(tried.wrong.is_empty(), "{} tools:\n{}", tried.wrong.len(), tried.wrong.join("\n"));
    }
}
