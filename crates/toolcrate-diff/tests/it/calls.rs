//! A tool change is classified as breaking exactly when a call that worked before is now rejected: calls are
//! drawn from the old tools' schemas, and checked by the runtime against the new ones.

use toolcrate_diff::{compare, read};
use toolcrate_testing::specs::RELEASES;

use crate::support::calls::try_calls;
use crate::support::{settings, source};

#[test]
fn exactly_the_tools_that_reject_a_call_are_breaking() {
    let settings = settings();
    let [old, new] = RELEASES.map(source);
    let (old, new) = read(&old, &new, &settings).unwrap();
    for (old, new) in [(&old, &new), (&new, &old)] {
        let report = compare(old, new, &settings.profile);
        let tried = try_calls(old, new, &report, 20);
        println!("{} tools, {} calls", tried.tools, tried.calls);
        assert!(tried.wrong.is_empty(), "{} tools:\n{}", tried.wrong.len(), tried.wrong.join("\n"));
    }
}
