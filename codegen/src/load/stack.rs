//! Starts threads whose stack is large enough to read the most deeply nested document that is allowed.

use std::thread::{Scope, ScopedJoinHandle};

use crate::diagnostic::CodegenError;

/// Stack size for a document with 128 levels. Reading a nested schema takes kilobytes in a debug build.
const STACK_BYTES: usize = 64 << 20;

/// Runs `work` on a thread with a stack of [`STACK_BYTES`].
///
/// # Errors
/// Returns `E001` if there isn't enough memory for the stack.
pub fn run<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, CodegenError> {
    std::thread::scope(|scope| spawn(scope, work).map(finish))
}

/// Runs `first` on this thread and `second` on another one. This thread must have been started by [`run`].
///
/// # Errors
/// Returns `E001` if there isn't enough memory for the stack.
pub fn join<T: Send>(
    first: impl FnOnce() -> T,
    second: impl FnOnce() -> T + Send,
) -> Result<(T, T), CodegenError> {
    std::thread::scope(|scope| {
        let thread = spawn(scope, second)?;
        let first = first();
        Ok((first, finish(thread)))
    })
}

fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, CodegenError> {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
    thread.map_err(|error| CodegenError::new("E001", format!("can't allocate memory for it: {error}")))
}

fn finish<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
