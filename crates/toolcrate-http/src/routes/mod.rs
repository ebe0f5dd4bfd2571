//! Route handlers.

mod approvals;
mod call_tool;
mod execute;
mod health;
mod metrics;
mod openapi;
mod proxy;
mod tools;

pub(crate) use approvals::{decide_approval, list_approvals};
pub(crate) use call_tool::call_tool;
pub(crate) use health::show_readiness;
pub(crate) use metrics::show_metrics;
pub(crate) use openapi::show_openapi;
pub(crate) use proxy::{proxy_collection, proxy_item};
pub(crate) use tools::{list_capabilities, list_tools};
