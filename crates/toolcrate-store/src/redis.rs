//! A store in Redis (or Valkey), shared by any number of replicas. Its durability depends on the Redis server's
//! configuration: with `appendonly yes`, queues survive a Redis restart.
//!
//! All times are taken from Redis's clock, so the replicas' clocks don't have to agree. Operations that consist of
//! several commands are scripts, which Redis runs atomically.

use std::time::Duration;

use async_trait::async_trait;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, IntoConnectionInfo};
use url::Url;

use crate::error::StoreError;
use crate::store::{QueueItem, Store};

/// How long to wait for a connection or a response.
const TIMEOUT: Duration = Duration::from_secs(5);

const PUT_NEW: &str = "local v = redis.call('GET', KEYS[1]) \
    if v then return v end \
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return false";
const TAKE: &str = "local v = redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[1]) return v";
/// A queue's keys are: ready times by ID, items by ID, attempts by ID, and the last ID.
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
const COMPLETE: &str = "redis.call('ZREM', KEYS[1], ARGV[1]) \
    redis.call('HDEL', KEYS[2], ARGV[1]) redis.call('HDEL', KEYS[3], ARGV[1]) return 1";
const DEFER: &str = "local t = redis.call('TIME') \
    redis.call('ZADD', KEYS[1], 'XX', t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2], ARGV[1]) return 1";

/// A store in Redis.
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
    location: String,
    namespace: String,
}

impl std::fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RedisStore").field(&self.location).finish()
    }
}

impl RedisStore {
    /// Connects to `redis://[user:password@]host[:port][/database]`, or to `rediss://…` over TLS. All keys start with
    /// `namespace` and a colon, because other programs may use the same server.
    ///
    /// # Errors
    /// Returns an error if the URL is invalid, the server can't be reached, or it rejects the password.
    pub async fn connect(url: &str, namespace: &str) -> Result<Self, StoreError> {
        let location = location(url);
        let failed = |error: redis::RedisError| StoreError::unavailable(&*location, error);
        let information = url.into_connection_info().map_err(failed)?;
        let client = Client::open(information).map_err(failed)?;
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT))
            .set_number_of_retries(2);
        let connection = ConnectionManager::new_with_config(client, settings).await.map_err(failed)?;
        let store = Self { connection, location: location.clone(), namespace: format!("{namespace}:") };
        // Connecting succeeds even without the password; only a command reveals the problem.
        store.query::<String>(&redis::cmd("PING")).await?;
        Ok(store)
    }

    fn value_command(&self, name: &'static str, key: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(self.value_key(key));
        command
    }

    fn value_key(&self, key: &str) -> String {
        format!("{}{key}", self.namespace)
    }

    /// Returns a queue's keys. The braces make a cluster store them on the same node.
    fn queue_keys(&self, queue: &str) -> [String; 4] {
        ["ready", "items", "attempts", "last"]
            .map(|part| format!("{}{{queue:{queue}}}:{part}", self.namespace))
    }

    async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        let mut connection = self.connection.clone();
        command
            .query_async(&mut connection)
            .await
            .map_err(|error| StoreError::unavailable(&*self.location, error))
    }
}

/// Returns the server's host and port, without user name and password.
fn location(url: &str) -> String {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port().unwrap_or(6379))));
    host.map_or_else(|| "Redis".to_owned(), |(host, port)| format!("Redis at {host}:{port}"))
}

fn expiry_milliseconds(ttl: Duration) -> u64 {
    // Redis accepts neither a zero expiry nor one beyond the range of its clock.
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 50)
}

fn script(text: &str, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(text).arg(keys.len()).arg(keys);
    command
}

/// Returns the prefix as a glob pattern that matches it literally.
fn pattern(prefix: &str) -> String {
    let mut pattern = String::new();
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
impl Store for RedisStore {
    async fn put_new(&self, key: &str, value: &[u8], ttl: Duration) -> Result<Option<Vec<u8>>, StoreError> {
        let mut command = script(PUT_NEW, &[self.value_key(key)]);
        self.query(command.arg(value).arg(expiry_milliseconds(ttl))).await
    }

    async fn put(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), StoreError> {
        self.query(self.value_command("SET", key).arg(value).arg("PX").arg(expiry_milliseconds(ttl))).await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.query(&self.value_command("GET", key)).await
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.query(&script(TAKE, &[self.value_key(key)])).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.query(&self.value_command("DEL", key)).await
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let (mut cursor, mut keys) = (0_u64, Vec::new());
        loop {
            let mut command = redis::cmd("SCAN");
            command.arg(cursor).arg("MATCH").arg(pattern(&self.value_key(prefix))).arg("COUNT").arg(1000);
            let (next, some): (u64, Vec<String>) = self.query(&command).await?;
            keys.extend(some.iter().filter_map(|key| key.strip_prefix(&*self.namespace)).map(str::to_owned));
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        // A scan may return a key twice.
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    async fn push(&self, queue: &str, item: &[u8], delay: Duration) -> Result<String, StoreError> {
        let mut command = script(PUSH, &self.queue_keys(queue));
        self.query(command.arg(item).arg(delay_milliseconds(delay))).await
    }

    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<QueueItem>, StoreError> {
        let mut command = script(CLAIM, &self.queue_keys(queue));
        let claimed: Option<(String, Vec<u8>, u32)> =
            self.query(command.arg(delay_milliseconds(lease))).await?;
        Ok(claimed.map(|(id, item, attempts)| QueueItem { id, item, attempts }))
    }

    async fn complete(&self, queue: &str, id: &str) -> Result<(), StoreError> {
        self.query(script(COMPLETE, &self.queue_keys(queue)).arg(id)).await
    }

    async fn defer(&self, queue: &str, id: &str, delay: Duration) -> Result<(), StoreError> {
        self.query(script(DEFER, &self.queue_keys(queue)).arg(id).arg(delay_milliseconds(delay))).await
    }

    async fn queue_len(&self, queue: &str) -> Result<usize, StoreError> {
        let [ready, ..] = self.queue_keys(queue);
        self.query(redis::cmd("ZCARD").arg(ready)).await
    }
}

/// Unlike an expiry, a delay may be zero.
fn delay_milliseconds(delay: Duration) -> u64 {
    u64::try_from(delay.as_millis()).unwrap_or(u64::MAX).min(1 << 50)
}
