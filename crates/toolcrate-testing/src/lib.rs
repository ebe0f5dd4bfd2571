//! Helpers shared by the workspace's tests. Every crate depends on this crate as a dev-dependency.
//!
//! * [`random`], [`sample`] and [`draw`] create arguments for a tool from its input schema, [`mutate`] makes one of the
//!   arguments invalid, and [`planner`] creates arguments that fit a server's records.
//! * [`scripted_server`] is an HTTP server that sends scripted responses byte for byte.
//! * [`stdio`] speaks JSON-RPC with a process over its standard streams.
//! * [`process`] starts servers and reads their logs, [`redis_server`] starts a Redis server, and [`ports`] finds free
//!   ports for servers that can't choose a port themselves.
//! * [`old_database`] writes a database file in the format of an older release.
//! * [`wait`] waits for a condition rather than for a fixed time.
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
