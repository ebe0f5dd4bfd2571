//! Pagination: determines where the next page of a list starts, and provides streams that fetch pages until the list
//! ends.

mod link;
mod next;
mod pages;
mod walk;
mod window;

pub use next::{Next, ParseNextError};
pub(crate) use next::{list_items, next_page};
#[cfg(feature = "tools")]
pub(crate) use pages::request_largest_pages;
pub(crate) use pages::whole_list;
pub use pages::{Items, Page, Pages};
#[cfg(feature = "tools")]
pub(crate) use walk::Walk;
