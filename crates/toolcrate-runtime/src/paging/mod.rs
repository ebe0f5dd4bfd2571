//! Pagination: how a list continues after a page, and streams that follow it to its end.

mod link;
mod next;
mod walk;

pub use next::Next;
pub(crate) use next::{list_items, next_page};
pub use walk::Page;
pub(crate) use walk::Walk;
