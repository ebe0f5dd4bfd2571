//! Helpers that the tests of the workspace share; a dev-dependency everywhere.
//!
//! * [`random`], [`sample`] and [`draw`] make arguments for a tool from its input schema, [`mutate`] makes one of them
//!   wrong, and [`planner`] makes arguments that fit the records of a server.
//! * [`scripted_server`] is an HTTP server that sends scripted responses byte for byte.
//! * [`stdio`] talks JSON-RPC to a process over its standard streams.
//! * [`process`] starts servers and reads their logs, [`redis_server`] starts a Redis server, and [`ports`] finds free
//!   ports for servers that can't choose one.
//! * [`old_database`] writes a database file as an older release did.
//! * [`wait`] waits for a condition, never for an amount of time.
//! * [`cases`] runs property tests with the same cases each time, [`specs`] finds the specs of the workspace without
//!   the generator, and [`tool_checks`] checks every tool of a catalog.

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
