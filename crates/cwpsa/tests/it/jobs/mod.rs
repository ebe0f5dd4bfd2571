//! Runs typical agent tasks end to end, over HTTP and over the Model Context Protocol, with real processes and a fresh
//! tenant for each run. The resulting records are read directly from the tenant.

mod agent;
mod budget;
mod callback;
mod each;
mod guide;
mod tenant;
mod work;
