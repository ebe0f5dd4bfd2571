//! Names the Rust enums for responses whose content depends on the status.

use std::collections::HashSet;

use super::identifiers::{split, unused, upper_camel};
use super::lock::{Additions, Lock};
use super::names::OperationName;
use crate::id::OperationTable;
use crate::ir::ApiDefinition;

/// Names the enums of all operations that have one. `keys` are the operations' in the lock, and `taken` has the names of
/// all types. The enum of an operation whose own name is pending is pending, too.
pub fn name(
    api: &ApiDefinition,
    keys: &OperationTable<String>,
    lock: &Lock,
    taken: &mut HashSet<String>,
    operations: &mut OperationTable<OperationName>,
    [additions, pending]: [&mut Additions; 2],
) {
    for (id, _) in api.operations.iter().filter(|(_, operation)| !operation.response.by_status.is_empty()) {
        let (key, name) = (&keys[id], &mut operations[id]);
        let rust = lock.response(key).map(str::to_owned).unwrap_or_else(|| {
            let function = upper_camel(&split(&name.function));
            let own = format!("{function}Response");
            let own = if taken.contains(&own) {
                format!("{}{own}", upper_camel(&split(&name.module)))
            } else {
                own
            };
            let rust = unused(&own, &[], "Alt", taken);
            let new = if pending.operations.contains_key(key) { &mut *pending } else { &mut *additions };
            new.responses.insert(key.clone(), rust.clone());
            rust
        });
        taken.insert(rust.clone());
        name.response = Some(rust);
    }
}
