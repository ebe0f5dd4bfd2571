//! Threads with a stack that is large enough for a document as deeply nested as is allowed.

use crate::diagnostic::CodegenError;

/// Stack for a document of 128 levels. Reading a schema within a schema takes kilobytes in a debug build.
const STACK_BYTES: usize = 64 << 20;

/// Runs `work` on a thread with [`STACK_BYTES`] bytes.
///
/// # Errors
/// `E001`: there is no memory for the stack.
pub fn run<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, CodegenError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        let thread =
            thread.map_err(|error| CodegenError::new("E001", format!("no memory to read it: {error}")))?;
        Ok(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Runs `first` on this thread and `second` on another one. This thread must be one of [`run`].
///
/// # Errors
/// `E001`: there is no memory for the stack.
pub fn join<T: Send>(
    first: impl FnOnce() -> T,
    second: impl FnOnce() -> T + Send,
) -> Result<(T, T), CodegenError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, second);
        let thread =
            thread.map_err(|error| CodegenError::new("E001", format!("no memory to read it: {error}")))?;
        let first = first();
        Ok((first, thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))))
    })
}
