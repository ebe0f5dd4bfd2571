//! Divides work between two threads. The results don't depend on how it is divided.

use std::collections::BTreeMap;
use std::iter;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
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

/// Maps items on another thread while this one uses the results, which are in the order of the items. While a result isn't
/// ready, this thread maps items too.
pub(crate) fn map_ahead<T: Sync, R: Send, A>(
    items: &[T],
    map: impl Fn(&T) -> R + Sync,
    use_results: impl FnOnce(&mut dyn Iterator<Item = R>) -> A,
) -> A {
    let next = AtomicUsize::new(0);
    let map_next = || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let chunk = items.chunks(CHUNK).nth(number)?;
        Some((number, chunk.iter().map(&map).collect::<Vec<R>>()))
    };
    let (sender, receiver) = mpsc::channel();
    let map_rest = || {
        let sender = sender;
        iter::from_fn(map_next).all(|chunk| sender.send(chunk).is_ok());
    };
    let use_chunks = || {
        // Dropping it when the results are no longer used stops the other thread.
        let receiver = receiver;
        let mut waiting = BTreeMap::new();
        let mut numbers = 0..;
        let chunks = iter::from_fn(|| {
            let number = numbers.next()?;
            while !waiting.contains_key(&number) {
                let ready = receiver.try_recv().ok().or_else(map_next).or_else(|| receiver.recv().ok());
                waiting.extend([ready?]);
            }
            waiting.remove(&number)
        });
        use_results(&mut chunks.flatten())
    };
    join(use_chunks, map_rest).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order() {
        for count in [0, 1, CHUNK, 10 * CHUNK + 3] {
            let items: Vec<usize> = (0..count).collect();
            let results: Vec<usize> = map_ahead(&items, |item| item + 1, |results| results.collect());
            assert_eq!(results, (1..=count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn results_may_remain_unused() {
        let items: Vec<usize> = (0..10 * CHUNK).collect();
        assert_eq!(map_ahead(&items, |item| item + 1, |results| results.next()), Some(1));
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
