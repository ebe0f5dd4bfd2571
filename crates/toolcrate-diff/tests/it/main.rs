//! Tests the comparison of releases: every kind of change, general properties, and two real releases.

mod calls;
mod kinds;
mod mutations;
mod other_tool;
mod properties;
mod release_notes;
mod rust_items;
mod semver_checks;
mod support;
