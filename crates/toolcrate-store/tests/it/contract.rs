//! Tests the contract that every store implementation must meet.

use std::sync::Arc;
use std::time::Duration;

use toolcrate_store::Store;
use toolcrate_testing::wait::wait_for;

const MINUTE: Duration = Duration::from_secs(60);
/// A time to live that expires while a test waits.
const SHORT: Duration = Duration::from_millis(1);

/// Checks an empty store.
pub async fn check(store: Arc<dyn Store>) {
    values(&*store).await;
    values_run_out(&*store).await;
    evictable_values(&*store).await;
    queues(&*store).await;
    one_of_many_wins(store).await;
}

async fn values(store: &dyn Store) {
    // A value may contain any byte, and a key any text.
    let (key, first, second) = ("a/key: with *[?]\u{e9}", &b"\0one\xff"[..], &b"two"[..]);
    assert_eq!(store.get(key).await.unwrap(), None);
    assert_eq!(store.put_new(key, first, MINUTE).await.unwrap(), None);
    assert_eq!(store.put_new(key, second, MINUTE).await.unwrap().as_deref(), Some(first));
    assert_eq!(store.get(key).await.unwrap().as_deref(), Some(first));
    store.put(key, second, MINUTE).await.unwrap();
    assert_eq!(store.get(key).await.unwrap().as_deref(), Some(second));
    store.put("a/other", b"", MINUTE).await.unwrap();
    store.put("b/other", b"", MINUTE).await.unwrap();
    assert_eq!(store.keys("a/").await.unwrap(), [key, "a/other"]);
    assert_eq!(store.keys("a/key: with *[?").await.unwrap(), [key]);
    assert_eq!(store.keys("a/*").await.unwrap(), [""; 0]);
    assert_eq!(store.take(key).await.unwrap().as_deref(), Some(second));
    assert_eq!(store.take(key).await.unwrap(), None);
    assert_eq!(store.get("a/other").await.unwrap().as_deref(), Some(&b""[..]), "an empty value is one");
    store.remove("a/other").await.unwrap();
    store.remove("a/other").await.unwrap();
    assert_eq!(store.keys("a/").await.unwrap(), [""; 0]);
}

async fn values_run_out(store: &dyn Store) {
    store.put("longer", b"1", SHORT).await.unwrap();
    store.put("longer", b"2", MINUTE).await.unwrap();
    for key in ["got", "taken", "listed", "put"] {
        store.put(key, b"1", MINUTE).await.unwrap();
        assert!(store.get(key).await.unwrap().is_some());
        store.put(key, b"1", SHORT).await.unwrap();
    }
    let expired = async |key: &str| store.get(key).await.unwrap().is_none().then_some(());
    wait_for("the last value to expire", async || expired("put").await).await;
    assert_eq!(store.get("got").await.unwrap(), None);
    assert_eq!(store.take("taken").await.unwrap(), None);
    assert_eq!(store.keys("listed").await.unwrap(), [""; 0]);
    assert_eq!(store.put_new("put", b"new", MINUTE).await.unwrap(), None, "its place is free");
    assert_eq!(store.get("longer").await.unwrap().as_deref(), Some(&b"2"[..]), "the last put counts");
}

async fn queues(store: &dyn Store) {
    assert_eq!(store.claim("q", MINUTE).await.unwrap(), None);
    let one = store.push("q", b"one\0\xff", Duration::ZERO).await.unwrap();
    let two = store.push("q", b"two", Duration::ZERO).await.unwrap();
    store.push("other", b"other", Duration::ZERO).await.unwrap();
    assert_ne!(one, two);
    assert_eq!(store.queue_len("q").await.unwrap(), 2);
    let first = store.claim("q", MINUTE).await.unwrap().unwrap();
    assert_eq!((&first.id, &first.item[..], first.attempts), (&one, &b"one\0\xff"[..], 1));
    let second = store.claim("q", MINUTE).await.unwrap().unwrap();
    assert_eq!((&second.id, &second.item[..]), (&two, &b"two"[..]));
    assert_eq!(store.claim("q", MINUTE).await.unwrap(), None, "both are being worked on");
    assert_eq!(store.queue_len("q").await.unwrap(), 2);
    store.complete("q", &two).await.unwrap();
    store.complete("q", &two).await.unwrap();
    store.defer("q", &two, Duration::ZERO).await.unwrap();
    assert_eq!(store.queue_len("q").await.unwrap(), 1, "what is done does not come back");
    let claim = async |lease| {
        let item = wait_for("an item", async || store.claim("q", lease).await.unwrap()).await;
        (item.id, item.attempts)
    };
    store.defer("q", &one, Duration::ZERO).await.unwrap();
    assert_eq!(claim(SHORT).await, (one.clone(), 2));
    assert_eq!(claim(MINUTE).await, (one.clone(), 3), "its lease ran out");
    store.defer("q", &one, MINUTE).await.unwrap();
    assert_eq!(store.claim("q", MINUTE).await.unwrap(), None, "it was put off");
    store.defer("q", &one, SHORT).await.unwrap();
    assert_eq!(claim(MINUTE).await, (one.clone(), 4));
    store.complete("q", &one).await.unwrap();
    let much_later = store.push("q", b"much later", MINUTE).await.unwrap();
    let later = store.push("q", b"later", SHORT).await.unwrap();
    assert_eq!(claim(MINUTE).await, (later.clone(), 1));
    assert_eq!(store.claim("q", MINUTE).await.unwrap(), None, "the other one is not ready");
    store.complete("q", &later).await.unwrap();
    store.complete("q", &much_later).await.unwrap();
    assert_eq!((store.queue_len("q").await.unwrap(), store.queue_len("other").await.unwrap()), (0, 1));
    store.complete("q", "no id").await.unwrap();
}

async fn one_of_many_wins(store: Arc<dyn Store>) {
    let mut tasks = tokio::task::JoinSet::new();
    store.put("taken", b"x", MINUTE).await.unwrap();
    for number in 0..20_u8 {
        store.push("many", &[number], Duration::ZERO).await.unwrap();
    }
    for number in 0..20_u8 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let new = store.put_new("new", &[number], MINUTE).await.unwrap().is_none();
            let taken = store.take("taken").await.unwrap().is_some();
            let claimed = store.claim("many", MINUTE).await.unwrap().unwrap();
            (new, taken, claimed.item[0])
        });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|(new, ..)| *new).count(), 1);
    assert_eq!(results.iter().filter(|(_, taken, _)| *taken).count(), 1);
    let mut claimed: Vec<u8> = results.iter().map(|(.., item)| *item).collect();
    claimed.sort_unstable();
    assert_eq!(claimed, (0..20).collect::<Vec<u8>>(), "each item is handed out once");
}

async fn evictable_values(store: &dyn Store) {
    store.put_evictable("e/one", b"1", MINUTE).await.unwrap();
    assert_eq!(store.get("e/one").await.unwrap().as_deref(), Some(&b"1"[..]));
    store.put_evictable("e/one", b"2", MINUTE).await.unwrap();
    assert_eq!(store.take("e/one").await.unwrap().as_deref(), Some(&b"2"[..]));
    store.check().await.unwrap();
}
