//! The request handlers, one for each kind of operation.

mod action;
mod auth;
mod bulk;
mod context;
mod files;
mod generated;
mod read;
mod record;
mod response;
mod write;

pub(crate) use action::run_action;
pub(crate) use auth::authenticate;
pub(crate) use bulk::write_many;
pub(crate) use context::RequestContext;
pub(crate) use files::upload;
pub(crate) use read::{list, read};
pub(crate) use response::{error, no_content, with_requested_media_type};
pub(crate) use write::write;
