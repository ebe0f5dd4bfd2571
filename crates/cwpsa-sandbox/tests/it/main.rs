//! Integration tests of the sandbox: the engine without a network, and the server over real connections.

mod behavior;
mod callbacks;
mod command;
mod every_tool;
mod fault_injection;
mod large_tenant;
mod lifecycles;
mod malformed_input;
mod persistence;
mod query_speed;
mod reads;
mod recorded_behavior;
mod server;
mod structured_filters;
mod support;
mod tls;
