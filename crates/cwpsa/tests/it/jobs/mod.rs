//! The jobs that people hire an agent for, end to end: real processes, a fresh tenant for each run, every job over
//! HTTP and over the Model Context Protocol, and the records that it left read from the tenant itself.

mod agent;
mod budget;
mod callback;
mod each;
mod guide;
mod tenant;
mod work;
