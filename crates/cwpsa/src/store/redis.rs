//! A store in Redis (or Valkey), for any number of servers behind one address. How safe from loss it is, that server's
//! own settings say: `appendonly yes` keeps a queue over its restart.
//!
//! Times are counted by Redis's clock, so those of the servers need not agree. What must be done whole is a script.

use std::time::Duration;

use async_trait::async_trait;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, IntoConnectionInfo};
use url::Url;

use super::{Claimed, Error, Store};

/// What an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// All keys begin with it, as others may use the same server.
const OURS: &str = "cwpsa:";

const PUT_NEW: &str = "local v = redis.call('GET', KEYS[1]) \
    if v then return v end \
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return false";
const TAKE: &str = "local v = redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[1]) return v";
/// The keys of a queue: when items are ready by id, items, how often they were handed out, the last id.
const PUSH: &str = "local t = redis.call('TIME') \
    local id = string.format('%016d', redis.call('INCR', KEYS[4])) \
    redis.call('HSET', KEYS[2], id, ARGV[1]) \
    redis.call('ZADD', KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2], id) return id";
const CLAIM: &str = "local t = redis.call('TIME') \
    local now = t[1] * 1000 + math.floor(t[2] / 1000) \
    local id = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1] \
    if not id then return false end \
    redis.call('ZADD', KEYS[1], now + ARGV[1], id) \
    return {id, redis.call('HGET', KEYS[2], id), redis.call('HINCRBY', KEYS[3], id, 1)}";
const DONE: &str = "redis.call('ZREM', KEYS[1], ARGV[1]) \
    redis.call('HDEL', KEYS[2], ARGV[1]) redis.call('HDEL', KEYS[3], ARGV[1]) return 1";
const AGAIN: &str = "local t = redis.call('TIME') \
    redis.call('ZADD', KEYS[1], 'XX', t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2], ARGV[1]) return 1";

/// Values and queues in Redis.
#[derive(Clone)]
pub struct Redis {
    connection: ConnectionManager,
    place: String,
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Redis").field(&self.place).finish()
    }
}

impl Redis {
    /// Connects to the server at `redis://[user:password@]host[:port][/database]`, or `rediss://` over TLS.
    ///
    /// # Errors
    /// The address is none, or the server can't be reached or refuses the password.
    pub async fn connect(address: &str) -> Result<Self, Error> {
        let place = place(address);
        let failed = |error: redis::RedisError| Error::new(&*place, error);
        let information = address.into_connection_info().map_err(failed)?;
        let client = Client::open(information).map_err(failed)?;
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(2);
        let connection = ConnectionManager::new_with_config(client, settings).await.map_err(failed)?;
        let store = Self { connection, place: place.clone() };
        // A server that asks for a password answers nothing else without it.
        store.ask::<String>(&redis::cmd("PING")).await?;
        Ok(store)
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Error> {
        let mut connection = self.connection.clone();
        command.query_async(&mut connection).await.map_err(|error| Error::new(&*self.place, error))
    }
}

/// Where the server is, without user and password.
fn place(address: &str) -> String {
    let url = Url::parse(address).ok();
    let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port().unwrap_or(6379))));
    host.map_or_else(|| "Redis".to_owned(), |(host, port)| format!("Redis at {host}:{port}"))
}

fn milliseconds(time: Duration) -> u64 {
    // Redis takes no value that is kept for no time, and no more than its clock can hold.
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 50)
}

fn of_value(name: &'static str, key: &str) -> Cmd {
    let mut command = redis::cmd(name);
    command.arg(format!("{OURS}{key}"));
    command
}

fn script(text: &str, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(text).arg(keys.len()).arg(keys);
    command
}

/// The keys of a queue. The braces have a cluster keep them together.
fn of_queue(queue: &str) -> [String; 4] {
    ["ready", "items", "attempts", "last"].map(|part| format!("{OURS}{{queue:{queue}}}:{part}"))
}

/// The prefix as a pattern that stands for nothing else.
fn pattern(prefix: &str) -> String {
    let mut pattern = String::from(OURS);
    for character in prefix.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('*');
    pattern
}

#[async_trait]
impl Store for Redis {
    async fn put_new(&self, key: &str, value: &[u8], keep: Duration) -> Result<Option<Vec<u8>>, Error> {
        let mut command = script(PUT_NEW, &[format!("{OURS}{key}")]);
        self.ask(command.arg(value).arg(milliseconds(keep))).await
    }

    async fn put(&self, key: &str, value: &[u8], keep: Duration) -> Result<(), Error> {
        self.ask(of_value("SET", key).arg(value).arg("PX").arg(milliseconds(keep))).await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.ask(&of_value("GET", key)).await
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.ask(&script(TAKE, &[format!("{OURS}{key}")])).await
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        self.ask(&of_value("DEL", key)).await
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let (mut cursor, mut keys) = (0_u64, Vec::new());
        loop {
            let mut command = redis::cmd("SCAN");
            command.arg(cursor).arg("MATCH").arg(pattern(prefix)).arg("COUNT").arg(1000);
            let (next, some): (u64, Vec<String>) = self.ask(&command).await?;
            keys.extend(some.iter().filter_map(|key| key.strip_prefix(OURS)).map(str::to_owned));
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        // A scan may tell a key twice.
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    async fn push(&self, queue: &str, item: &[u8], ready_after: Duration) -> Result<String, Error> {
        let mut command = script(PUSH, &of_queue(queue));
        self.ask(command.arg(item).arg(wait(ready_after))).await
    }

    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<Claimed>, Error> {
        let mut command = script(CLAIM, &of_queue(queue));
        let claimed: Option<(String, Vec<u8>, u32)> = self.ask(command.arg(wait(lease))).await?;
        Ok(claimed.map(|(id, item, attempts)| Claimed { id, item, attempts }))
    }

    async fn done(&self, queue: &str, id: &str) -> Result<(), Error> {
        self.ask(script(DONE, &of_queue(queue)).arg(id)).await
    }

    async fn again(&self, queue: &str, id: &str, after: Duration) -> Result<(), Error> {
        self.ask(script(AGAIN, &of_queue(queue)).arg(id).arg(wait(after))).await
    }

    async fn len(&self, queue: &str) -> Result<usize, Error> {
        let [ready, ..] = of_queue(queue);
        self.ask(redis::cmd("ZCARD").arg(ready)).await
    }
}

/// A time to wait, which may be none.
fn wait(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).min(1 << 50)
}

#[cfg(test)]
#[path = "../../tests/support/redis.rs"]
mod server;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::contract;

    #[tokio::test]
    async fn it_keeps_the_contract() {
        let Some(server) = server::Redis::start(Some("pass word")).await else { return };
        let store = Redis::connect(&server.address).await.unwrap();
        assert!(!format!("{store:?}").contains("word"));
        contract::check(Arc::new(store)).await;
    }

    #[tokio::test]
    async fn errors_say_where_and_no_password() {
        let error = Redis::connect("redis://ada:hush@127.0.0.1:1/").await.unwrap_err().to_string();
        assert!(error.starts_with("Redis at 127.0.0.1:1: ") && !error.contains("hush"), "{error}");
        let Some(server) = server::Redis::start(Some("right")).await else { return };
        let address = server.address.replace("right", "hush");
        let error = Redis::connect(&address).await.unwrap_err().to_string();
        assert!(error.starts_with("Redis at 127.0.0.1:") && !error.contains("hush"), "{error}");
    }

    #[tokio::test]
    async fn a_server_that_comes_back_is_used_again() {
        let Some(mut server) = server::Redis::start(None).await else { return };
        let store = Redis::connect(&server.address).await.unwrap();
        let minute = Duration::from_secs(60);
        store.put("key", b"value", minute).await.unwrap();
        store.push("q", b"item", Duration::ZERO).await.unwrap();
        server.restart().await;
        let mut found = Err(Error::new("", ""));
        for _ in 0..50 {
            found = store.get("key").await;
            if found.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(found.unwrap().as_deref(), Some(&b"value"[..]), "it is kept by appendonly");
        assert_eq!(store.claim("q", minute).await.unwrap().unwrap().item, b"item");
    }
}
