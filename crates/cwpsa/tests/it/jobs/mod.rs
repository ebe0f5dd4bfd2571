//! Typical agent tasks, end to end: real processes, a fresh tenant for each run, every task over HTTP and over the
//! Model Context Protocol, and the resulting records read directly from the tenant.

mod agent;
mod budget;
mod callback;
mod each;
mod guide;
mod tenant;
mod work;
