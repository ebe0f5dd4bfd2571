//! Divides work between two threads. The results don't depend on how it is divided.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The number of items that a thread takes at a time.
const CHUNK: usize = 256;

/// Runs a function on another thread while this one runs the other. Returns both results.
pub(crate) fn join<A, B: Send>(this: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        let this = this();
        (this, other.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// Maps items on another thread, and on this one too after it has run `first`. Returns the results in order, in chunks.
pub(crate) fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    map: impl Fn(&T) -> R + Sync,
    first: impl FnOnce(),
) -> Vec<Vec<R>> {
    let next = AtomicUsize::new(0);
    let take = || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let chunk = items.chunks(CHUNK).nth(number)?;
        Some((number, chunk.iter().map(&map).collect::<Vec<R>>()))
    };
    let map_rest = || std::iter::from_fn(take).collect::<Vec<_>>();
    let this = || {
        first();
        map_rest()
    };
    let (mut chunks, others) = join(this, map_rest);
    chunks.extend(others);
    chunks.sort_by_key(|(number, _)| *number);
    chunks.into_iter().map(|(_, results)| results).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order() {
        let items: Vec<usize> = (0..10 * CHUNK + 3).collect();
        let mut is_first_done = false;
        let chunks = map_chunks(&items, |item| item + 1, || is_first_done = true);
        assert_eq!(chunks.concat(), (1..=items.len()).collect::<Vec<_>>());
        assert!(is_first_done && map_chunks(&[], |item: &usize| *item, || {}).is_empty());
    }

    #[test]
    fn both_results_are_returned() {
        assert_eq!(join(|| 1, || "two"), (1, "two"));
    }

    #[test]
    #[should_panic(expected = "of the other thread")]
    fn panic_is_passed_on() {
        join(|| (), || panic!("of the other thread"));
    }
}
