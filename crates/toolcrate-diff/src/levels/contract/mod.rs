//! Compares the parts of the OpenAPI documents that the generator's model leaves out: servers, credentials, styles,
//! media types, additional responses, headers, and schema keywords.
//!
//! The other levels report differences within the model, with more specific change kinds. This level reports everything
//! else, so no change goes unnoticed just because the generator ignores a keyword.

mod access;
mod document;
mod found_changes;
mod operation_comparison;
mod schema_comparison;

use serde_json::Value;

use crate::change::Change;
use crate::release_pair::ReleasePair;
use document::{Direction, directions};
use found_changes::{Area, FoundChanges};
use operation_comparison::OperationPair;
use schema_comparison::{KeywordComparison, SchemaPlace};
use toolcrate_codegen::diagnostic::pointer;
use toolcrate_codegen::ir::Operation;

/// Compares the documents. `found` contains the changes from the other HTTP levels.
pub fn compare(pair: &ReleasePair<'_>, found: &mut Vec<Change>) {
    let (old, new) = (&pair.old.document, &pair.new.document);
    access::compare_servers(old, new, found);
    access::compare_security(old, new, found);
    let keys: Vec<(&Operation, &Operation, String)> = pair
        .operations
        .pairs()
        .map(|(a, b, _)| (&pair.old.api().operations[a], &pair.new.api().operations[b]))
        .map(|(a, b)| (a, b, b.key()))
        .collect();
    for (a, b, key) in &keys {
        let (a, b) = (operation(old, a), operation(new, b));
        access::compare_operation_security((old, new), (a.1, b.1), key, "/security", found);
        if !a.1["servers"].is_null() || !b.1["servers"].is_null() {
            access::compare_server_lists(&a.1["servers"], &b.1["servers"], key, "/servers", found);
        }
    }
    let is_named =
        |name: &str| [old, new].iter().any(|document| document["components"]["schemas"].get(name).is_some());
    let found = FoundChanges::new(found, is_named);
    let mut schemas = KeywordComparison { schemas: pair.schemas, documents: (old, new), found };
    for (a, b, key) in &keys {
        let (old_item, old_operation) = operation(old, a);
        let (new_item, new_operation) = operation(new, b);
        // A path that was changed by a repair isn't in the document.
        if old_operation.is_null() || new_operation.is_null() {
            continue;
        }
        let pair = OperationPair {
            old_document: old,
            new_document: new,
            old_item,
            new_item,
            old: old_operation,
            new: new_operation,
            key,
            pointer: &b.pointer,
        };
        pair.compare(&mut schemas);
    }
    compare_schemas(pair, &mut schemas);
}

/// Returns an operation and its path item.
fn operation<'a>(document: &'a Value, operation: &Operation) -> (&'a Value, &'a Value) {
    let item = &document["paths"][&operation.spec_path];
    (item, &item[operation.method.as_str().to_ascii_lowercase()])
}

fn compare_schemas(pair: &ReleasePair<'_>, schemas: &mut KeywordComparison<'_, '_>) {
    let (old, new) = (&pair.old.document, &pair.new.document);
    let (old_directions, new_directions) = (directions(old), directions(new));
    for (a, b) in pair.schemas.pairs() {
        let (before, after) = (&old["components"]["schemas"][a], &new["components"]["schemas"][b]);
        if before.is_null() || after.is_null() {
            continue;
        }
        let used = [old_directions.get(a), new_directions.get(b)];
        let is_used = |direction: fn(&Direction) -> bool| used.iter().flatten().any(|used| direction(used));
        let place = SchemaPlace {
            area: Area::Schema,
            subject: b.to_owned(),
            member: None,
            pointer: pointer(&["components", "schemas", b]),
            sent: is_used(|direction| direction.sent),
            returned: is_used(|direction| direction.returned),
        };
        schemas.compare(before, after, &place);
    }
}
