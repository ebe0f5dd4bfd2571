//! Meta tools: tools about the tools of the catalog.
//!
//! Each is one file that implements [`MetaTool`](meta_tool::MetaTool), and one line of [`META_TOOLS`]. Everything else
//! follows from that: listing, reserved names, checked arguments, and dispatch.

mod all_pages;
mod call_tool;
mod describe_tools;
mod meta_tool;
mod registry;
mod search_tools;
mod validate;

use call_tool::CallTool;
use describe_tools::DescribeTools;
use meta_tool::MetaTool;
use search_tools::SearchTools;
use toolcrate_executor::Product;

pub(crate) use registry::MetaTools;

/// All meta tools, in the order in which they are listed.
const META_TOOLS: &[&dyn MetaTool] = &[&SearchTools, &DescribeTools, &CallTool];

impl MetaTools {
    /// The meta tools of a product.
    pub(crate) fn new(product: &Product) -> Self {
        Self::from_tools(META_TOOLS, product)
    }
}
