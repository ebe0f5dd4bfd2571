//! Runs CPU-bound work in asynchronous tasks without delaying other tasks, and limits how much of it runs at the same
//! time. A server therefore stays responsive, whatever its clients send.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::OnceLock;
use std::task::Poll;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::block_in_place;

/// Work on less data runs immediately, because moving other tasks to another thread would take longer.
const MIN_BYTES: usize = 4 << 10;

/// Runs CPU-bound work on `bytes` of data.
///
/// For large amounts of data, the work waits for a [permit](cpu_permit), and the thread's other tasks move to another
/// thread first. On a single-threaded runtime, it runs immediately.
pub async fn run_cpu_bound<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    if bytes < MIN_BYTES || !has_other_threads() {
        return work();
    }
    let _permit = cpu_permit().await;
    block_in_place(work)
}

/// Like [`run_cpu_bound`], but for a future that does CPU-bound work on `bytes` of data before it first waits.
pub async fn start_cpu_bound<F: Future>(bytes: usize, future: F) -> F::Output {
    if bytes < MIN_BYTES || !has_other_threads() {
        return future.await;
    }
    let mut future = pin!(future);
    let permit = cpu_permit().await;
    let start = poll_fn(|context| Poll::Ready(block_in_place(|| future.as_mut().poll(context)))).await;
    drop(permit);
    match start {
        Poll::Ready(output) => output,
        Poll::Pending => future.await,
    }
}

/// Waits for a permit to do CPU-bound work. There is at least one permit, and otherwise one fewer than there are cores.
pub async fn cpu_permit() -> SemaphorePermit<'static> {
    static PERMITS: OnceLock<Semaphore> = OnceLock::new();
    let permits = PERMITS.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Semaphore::new(cores.saturating_sub(1).max(1))
    });
    match permits.acquire().await {
        Ok(permit) => permit,
        Err(_) => unreachable!("the semaphore is never closed"),
    }
}

fn has_other_threads() -> bool {
    Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use super::*;

    const LARGE: usize = 1 << 20;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn other_tasks_run_meanwhile_on_a_single_worker() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let receiver = Mutex::new(receiver);
        let receive = move || receiver.lock().unwrap().recv().unwrap();
        // If the other tasks didn't move to another thread, this would wait for them forever.
        let work = tokio::spawn(async move {
            let send = sender.clone();
            tokio::spawn(async move { send.send(1).unwrap() });
            let first = run_cpu_bound(LARGE, &receive).await;
            tokio::spawn(async move { sender.send(2).unwrap() });
            let second = start_cpu_bound(LARGE, async {
                let received = receive();
                tokio::task::yield_now().await;
                received
            });
            (first, second.await)
        });
        assert_eq!(work.await.unwrap(), (1, 2));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn concurrent_runs_are_limited_by_permits() {
        let permits = std::thread::available_parallelism().unwrap().get().saturating_sub(1).max(1);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..32)
            .map(|_| {
                let (running, most) = (Arc::clone(&running), Arc::clone(&most));
                tokio::spawn(run_cpu_bound(LARGE, move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                }))
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert!((1..=permits).contains(&most.load(Ordering::SeqCst)));
    }

    #[tokio::test]
    async fn a_single_thread_does_it_immediately() {
        assert_eq!(run_cpu_bound(LARGE, || 5).await, 5);
        assert_eq!(start_cpu_bound(LARGE, async { 6 }).await, 6);
    }
}
