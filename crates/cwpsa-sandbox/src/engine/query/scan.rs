//! Evaluates a search against many records.
//!
//! Many records share the same referenced values, so results for equal values are cached as long as this saves time.
//! Large tables are split between threads.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;
use std::sync::Arc;
use std::thread;

use super::search::RecordSearch;
use crate::engine::store::{ProjectionBuffer, RecordValue, StoredRow};

/// Tables of at least this many rows are split between threads.
const MIN_PARALLEL_ROWS: usize = 8192;
const MAX_THREADS: usize = 8;
/// Number of records after which the search decides whether caching pays off.
const CACHE_TRIAL: usize = 512;

/// Returns the rows that match a search. `paths` are the fields that it reads.
pub(super) fn filter<'s>(
    rows: Vec<&'s StoredRow>,
    search: &RecordSearch,
    paths: &[String],
) -> Vec<&'s StoredRow> {
    if rows.len() < MIN_PARALLEL_ROWS {
        return filter_part(&rows, search, paths);
    }
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MAX_THREADS);
    let size = rows.len().div_ceil(threads);
    thread::scope(|scope| {
        let parts: Vec<_> =
            rows.chunks(size).map(|rows| scope.spawn(|| filter_part(rows, search, paths))).collect();
        let found = parts.into_iter().flat_map(|part| match part.join() {
            Ok(found) => found,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        found.collect()
    })
}

fn filter_part<'s>(rows: &[&'s StoredRow], search: &RecordSearch, paths: &[String]) -> Vec<&'s StoredRow> {
    let mut buffer = ProjectionBuffer::new(paths);
    let mut cache: HashMap<Vec<(u8, u64)>, bool, BuildHasherDefault<DefaultHasher>> = HashMap::default();
    let mut identity = Vec::new();
    let mut caching = true;
    let mut found = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if at == CACHE_TRIAL {
            caching = cache.len() < CACHE_TRIAL / 4;
        }
        let matches = if caching {
            identity.clear();
            buffer.visit_roots(&row.record, |node| identity.push(node.map_or((0, 0), self::identity)));
            match cache.get(&identity) {
                Some(matches) => *matches,
                None => {
                    let matches = search.matches(buffer.fill(&row.record));
                    cache.insert(identity.clone(), matches);
                    matches
                }
            }
        } else {
            search.matches(buffer.fill(&row.record))
        };
        if matches {
            found.push(*row);
        }
    }
    found
}

/// Identifies a stored value: equal values may have different identities, but different values never share
/// one.
fn identity(node: &RecordValue) -> (u8, u64) {
    match node {
        RecordValue::Null => (0, 0),
        RecordValue::Boolean(value) => (1, u64::from(*value)),
        RecordValue::Integer(value) => (2, value.cast_unsigned()),
        RecordValue::Float(value) => (3, value.to_bits()),
        RecordValue::Text(value) => (4, Arc::as_ptr(value).cast::<u8>() as u64),
        RecordValue::List(value) => (5, Arc::as_ptr(value).cast::<u8>() as u64),
        RecordValue::Object(value) => (6, Arc::as_ptr(value).cast::<u8>() as u64),
    }
}
