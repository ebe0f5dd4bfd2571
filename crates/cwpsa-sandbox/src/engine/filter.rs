//! Asking a search about many records. Records share what they refer to, so most searches ask about few
//! different values: what was answered for the same values is remembered, as long as that pays. Large tables
//! are gone through by several threads.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;
use std::sync::Arc;
use std::thread;

use crate::query::Search;
use crate::store::{Node, Probe, Row};

/// Tables from this size on are split between threads.
const LARGE: usize = 8192;
/// After so many records it is known whether remembering pays.
const TRIAL: usize = 512;

/// The rows that a search finds. `paths` are those that it looks at.
pub(super) fn filter<'s>(rows: Vec<&'s Row>, search: &Search, paths: &[String]) -> Vec<&'s Row> {
    if rows.len() < LARGE {
        return part(&rows, search, paths);
    }
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8);
    let size = rows.len().div_ceil(threads);
    thread::scope(|scope| {
        let parts: Vec<_> = rows.chunks(size).map(|rows| scope.spawn(|| part(rows, search, paths))).collect();
        let found = parts.into_iter().flat_map(|part| match part.join() {
            Ok(found) => found,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        found.collect()
    })
}

fn part<'s>(rows: &[&'s Row], search: &Search, paths: &[String]) -> Vec<&'s Row> {
    let mut probe = Probe::new(paths);
    let mut known: HashMap<Vec<(u8, u64)>, bool, BuildHasherDefault<DefaultHasher>> = HashMap::default();
    let mut identity = Vec::new();
    let mut remembers = true;
    let mut found = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if at == TRIAL {
            remembers = known.len() < TRIAL / 4;
        }
        let matches = if remembers {
            identity.clear();
            probe.nodes(&row.record, |node| identity.push(node.map_or((0, 0), self::identity)));
            match known.get(&identity) {
                Some(matches) => *matches,
                None => {
                    let matches = search.matches(probe.of(&row.record));
                    known.insert(identity.clone(), matches);
                    matches
                }
            }
        } else {
            search.matches(probe.of(&row.record))
        };
        if matches {
            found.push(*row);
        }
    }
    found
}

/// What tells a value from others, while it is stored: equal values may have several, different ones never
/// have the same.
fn identity(node: &Node) -> (u8, u64) {
    match node {
        Node::Null => (0, 0),
        Node::Boolean(value) => (1, u64::from(*value)),
        Node::Integer(value) => (2, value.cast_unsigned()),
        Node::Float(value) => (3, value.to_bits()),
        Node::Text(value) => (4, Arc::as_ptr(value).cast::<u8>() as u64),
        Node::List(value) => (5, Arc::as_ptr(value).cast::<u8>() as u64),
        Node::Object(value) => (6, Arc::as_ptr(value).cast::<u8>() as u64),
    }
}
