//! Lowers security requirements: determines which of the security schemes described in the profile each operation uses.

use openapiv3::SecurityRequirement;

use super::schemas::SchemaLowering;
use crate::config::{Profile, UsageTracker};
use crate::ir::Security;
use crate::repair::RawOperation;

/// Returns the requirements of operations that have none of their own.
pub fn lower_shared(
    requirements: &[SecurityRequirement],
    schemas: &mut SchemaLowering<'_>,
    profile: &Profile,
    usage: &UsageTracker,
) -> Security {
    if profile.auth.schemes.is_empty() || is_open(requirements) {
        return Security::new();
    }
    described(requirements, "/security", schemas, profile, usage)
}

/// Returns an operation's requirements, if they differ from `shared`.
pub fn lower_own(
    raw: &RawOperation,
    shared: &Security,
    schemas: &mut SchemaLowering<'_>,
    profile: &Profile,
    usage: &UsageTracker,
) -> Option<Security> {
    let requirements = raw.operation.security.as_deref()?;
    if is_open(requirements) {
        return Some(Security::new());
    }
    if profile.auth.schemes.is_empty() {
        return None;
    }
    let location = format!("{}/security", raw.pointer);
    let own = described(requirements, &location, schemas, profile, usage);
    (own != *shared).then_some(own)
}

/// Returns true if no scheme is required.
fn is_open(requirements: &[SecurityRequirement]) -> bool {
    requirements.iter().all(|schemes| schemes.is_empty())
}

/// Returns the alternatives whose schemes are all in the profile. If there are none, returns the first alternative's
/// schemes that are.
fn described(
    requirements: &[SecurityRequirement],
    location: &str,
    schemas: &mut SchemaLowering<'_>,
    profile: &Profile,
    usage: &UsageTracker,
) -> Security {
    let is_known = |name: &String| profile.auth.schemes.contains_key(name);
    let alternatives = requirements.iter().filter(|schemes| schemes.keys().all(is_known));
    let mut found: Security = alternatives.map(|schemes| schemes.keys().cloned().collect()).collect();
    if found.is_empty() {
        let first = requirements.iter().find(|schemes| !schemes.is_empty());
        let (known, missing): (Vec<_>, Vec<_>) =
            first.into_iter().flat_map(|schemes| schemes.keys().cloned()).partition(is_known);
        let message = format!(
            "the profile does not describe the security scheme `{}`; requests are sent without it",
            missing.join("`, `")
        );
        schemas.repaired("R045", location, message);
        found = vec![known];
    }
    for name in found.iter().flatten() {
        usage.mark(format!("auth.schemes.{name}"));
    }
    found
}
