use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use toolcrate_store::{FileStore, Store};
use toolcrate_testing::old_database::write_redb_2_file;

use crate::contract;

#[tokio::test]
async fn file_store_passes_the_contract() {
    let directory = tempfile::tempdir().unwrap();
    contract::check(Arc::new(FileStore::open(&directory.path().join("state")).unwrap())).await;
}

#[tokio::test]
async fn file_store_keeps_everything_when_it_is_reopened() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let minute = Duration::from_secs(60);
    {
        let store = FileStore::open(&path).unwrap();
        store.put("key", b"value", minute).await.unwrap();
        store.push("q", b"first", Duration::ZERO).await.unwrap();
        store.push("q", b"second", Duration::ZERO).await.unwrap();
        store.claim("q", Duration::ZERO).await.unwrap().unwrap();
        let error = FileStore::open(&path).unwrap_err().to_string();
        assert!(error.starts_with(path.to_str().unwrap()) && error.contains("already open"), "{error}");
    }
    let store = FileStore::open(&path).unwrap();
    assert_eq!(store.get("key").await.unwrap().as_deref(), Some(&b"value"[..]));
    assert_eq!(store.queue_len("q").await.unwrap(), 2);
    let items = [store.claim("q", minute).await.unwrap(), store.claim("q", minute).await.unwrap()];
    let mut items: Vec<_> = items.into_iter().flatten().map(|item| (item.item, item.attempts)).collect();
    items.sort_unstable();
    assert_eq!(items, [(b"first".to_vec(), 2), (b"second".to_vec(), 1)]);
    assert_ne!(store.push("q", b"third", Duration::ZERO).await.unwrap(), "1", "ids are never reused");
}

#[test]
fn file_of_an_older_release_is_rejected_and_unchanged() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    write_redb_2_file(&path);
    let written = std::fs::read(&path).unwrap();
    let error = FileStore::open(&path).unwrap_err().to_string();
    let message = "expected a state file in the current format, found an older format (redb file format 2); \
                   move the file to start with an empty state, or keep running the older release";
    assert_eq!(error, format!("{}: {message}", path.display()));
    assert!(std::fs::read(&path).unwrap() == written, "the older release can still open it");
}

#[test]
fn file_that_is_not_a_store_is_rejected_and_unchanged() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "some text of somebody else").unwrap();
    assert!(FileStore::open(file.path()).is_err());
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "some text of somebody else");
    let error = FileStore::open(Path::new("/nowhere/state")).unwrap_err().to_string();
    assert!(error.starts_with("/nowhere/state: "), "{error}");
}
