use std::sync::Arc;

use toolcrate_store::MemoryStore;

use crate::contract;

#[tokio::test]
async fn memory_store_passes_the_contract() {
    contract::check(Arc::new(MemoryStore::default())).await;
}
