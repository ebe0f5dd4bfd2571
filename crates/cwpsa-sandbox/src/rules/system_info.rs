//! Returns the server's version and configuration, which clients request as a health check.

use serde_json::{Value, json};

use crate::connectwise::error::ApiError;
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::transaction::Transaction;

pub(super) struct SystemInfoRule;

impl SandboxRule for SystemInfoRule {
    type CarryOver = ();

    fn run(
        &self,
        _tx: &mut Transaction<'_>,
        _request: &ActionRequest<'_>,
    ) -> Result<Option<Value>, ApiError> {
        Ok(Some(json!({
            "version": "v2025.1.100000", "isCloud": true, "serverTimeZone": "UTC", "cloudRegion": "NA",
            "licenseBits": [], "maxWorkFlowRecordsAllowed": 1000,
        })))
    }
}
