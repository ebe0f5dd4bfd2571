//! Everything that is specific to ConnectWise: error bodies and their wording, header names, the API's base path, the
//! date format, fields with a fixed meaning, and the format and signature of callbacks.
//!
//! The rest of the sandbox's behavior comes from the catalog and the rules. Nothing in this module depends on the
//! engine.

pub(crate) mod bodies;
pub(crate) mod callback_payload;
pub(crate) mod callback_signature;
pub mod callback_types;
pub(crate) mod date;
pub(crate) mod document;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod headers;
pub(crate) mod messages;
pub(crate) mod paths;
