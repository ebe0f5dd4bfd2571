//! Checks that a tool change is classified as breaking if and only if a call that worked before is now rejected. Calls
//! are drawn from the old tools' schemas, and the runtime validates them against the new schemas.

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
