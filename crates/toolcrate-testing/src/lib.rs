//! Helpers shared by the workspace's tests; every crate uses it as a dev-dependency.
//!
//! * [`random`], [`sample`] and [`draw`] create arguments for a tool from its input schema, [`mutate`] makes one of
//!   them invalid, and [`planner`] creates arguments that fit a server's records.
//! * [`scripted_server`] is an HTTP server that sends scripted responses byte for byte.
//! * [`stdio`] speaks JSON-RPC with a process over its standard streams.
//! * [`process`] starts servers and reads their logs, [`redis_server`] starts a Redis server, and [`ports`] finds free
//!   ports for servers that can't choose one.
//! * [`old_database`] writes a database file as an older release did.
//! * [`wait`] waits for a condition, never for a fixed time.
//! * [`cases`] runs property tests with the same cases each time, [`specs`] finds the workspace's specs without the
//!   generator, and [`tool_checks`] checks every tool in a catalog.

pub mod cases;
pub mod draw;
pub mod mutate;
pub mod old_database;
pub mod planner;
pub mod ports;
pub mod process;
pub mod random;
pub mod redis_server;
pub mod sample;
pub mod scripted_server;
pub mod specs;
pub mod stdio;
pub mod tool_checks;
pub mod wait;
