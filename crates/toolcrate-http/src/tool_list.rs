//! Caches tool lists in Truto's format.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use serde_json::json;
use toolcrate_executor::input_schema_for;
use toolcrate_runtime::{Account, Dialect, NameStyle, Tool, Value, run_cpu_bound};

use crate::truto_filter::MethodFilter;

/// Maximum number of cached lists. The list for a catalog of 3,000 tools is four megabytes.
const MAX_LISTS: usize = 8;
/// The assumed size of a list that hasn't been built yet.
pub(crate) const APPROXIMATE_BYTES: usize = 1 << 20;

/// Caches lists in serialized form, because building the list for a large catalog takes a tenth of a second.
#[derive(Default)]
pub(crate) struct ToolListCache(Mutex<HashMap<ToolListKey, Bytes>>);

/// The inputs that determine a list.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct ToolListKey {
    pub(crate) filter: MethodFilter,
    pub(crate) with_response_schemas: bool,
    /// The account, if its custom fields are in the list.
    pub(crate) account: Option<String>,
    /// The number of changes to the exposed tools so far.
    pub(crate) version: u64,
}

impl ToolListCache {
    /// Returns the list for `key`, built from `tools` if it isn't cached. `account` adds its custom fields.
    pub(crate) async fn get_or_make(
        &self,
        key: ToolListKey,
        account: Option<&Account>,
        tools: impl Iterator<Item = Tool>,
    ) -> Bytes {
        if let Some(list) = self.lock().get(&key) {
            return list.clone();
        }
        let declare = |tool: Tool| {
            let schema = input_schema_for(account, tool, NameStyle::Prefixed);
            let mut value = tool.declaration_with(Dialect::Truto, tool.name(), schema).value;
            if key.with_response_schemas {
                value["response_schema"] = tool.output_schema();
            }
            value
        };
        let make = || Bytes::from(json!({"result": tools.map(declare).collect::<Vec<Value>>()}).to_string());
        let list = run_cpu_bound(APPROXIMATE_BYTES, make).await;
        let mut lists = self.lock();
        if lists.len() >= MAX_LISTS {
            lists.clear();
        }
        lists.insert(key, list.clone());
        list
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ToolListKey, Bytes>> {
        // A panic elsewhere leaves the map consistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
