//! Tests the generator on golden crates, the real specs, and mutated specs.

mod bad_input;
mod constructs;
mod determinism;
mod golden;
mod invariants;
mod lowering;
mod mutations;
mod naming;
mod real_specs;
mod relations;
mod support;
