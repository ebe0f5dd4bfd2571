//! Limits on the size and duration of calls.

use std::time::Duration;

use toolcrate_runtime::ExecuteOptions;

/// Default maximum size of a result in bytes.
const MAX_BYTES: usize = 16 << 20;

/// Limits on results.
#[derive(Clone, Copy, Debug)]
pub struct ExecutionLimits {
    /// Maximum number of rows in a list.
    pub max_rows: usize,
    /// Maximum size of a result in bytes of JSON. Without a limit, each transport applies its own default.
    pub max_bytes: Option<usize>,
    /// How long the API may take to respond.
    pub upstream_timeout: Duration,
}

impl ExecutionLimits {
    /// Applies these limits, keeping any stricter limit already set.
    pub(crate) fn apply(self, options: &ExecuteOptions) -> ExecuteOptions {
        let max_bytes = self.max_bytes.unwrap_or(MAX_BYTES);
        ExecuteOptions {
            max_rows: Some(options.max_rows.map_or(self.max_rows, |rows| rows.min(self.max_rows))),
            max_bytes: options.max_bytes.or(Some(max_bytes)),
            ..*options
        }
    }
}
