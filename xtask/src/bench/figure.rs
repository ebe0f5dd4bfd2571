//! A measured figure and its limit.

use serde::Serialize;

/// The older of two releases, to compare the newer one with.
pub(crate) const OLDER_SPEC: &str = "specs/connectwise-psa-2022.1.json";
/// The release from which the crate is generated.
pub(crate) const NEWER_SPEC: &str = "specs/connectwise-psa-2025.1.json";

/// A figure and its limit.
#[derive(Serialize)]
pub(crate) struct Figure {
    /// The measured quantity.
    pub(crate) what: String,
    /// The result, with its unit.
    pub(crate) value: String,
    pub(crate) bound: String,
    pub(crate) met: bool,
}

impl Figure {
    /// Creates a figure that must not exceed `bound`.
    pub(crate) fn at_most(what: &str, value: f64, bound: f64, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            value: format!("{value:.2} {unit}"),
            bound: format!("≤ {bound} {unit}"),
            met: value <= bound,
        }
    }
}
