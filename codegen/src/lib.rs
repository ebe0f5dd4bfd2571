//! Generates a typed Rust client and a catalog of LLM tools from an OpenAPI document.
//!
//! The input is an OpenAPI 3 or Swagger 2.0 document, a *profile* (`toolcrate.yaml`) with API conventions such as
//! authentication and pagination, and an optional *overlay* with information that the document lacks. The output is a
//! crate that contains one module per area of the API, one file per schema, and a catalog in which each operation is a
//! tool. Nothing in the generator is specific to one API.
//!
//! # Example
//!
//! [`generate`] runs the whole pipeline but writes nothing; [`WritePlan`](write::WritePlan) compares the result with
//! the files on disk and applies it atomically.
//!
//! ```no_run
//! use toolcrate_codegen::{Options, generate};
//!
//! # fn main() -> Result<(), toolcrate_codegen::diagnostic::Errors> {
//! let options = Options { profile: "specs/toolcrate.yaml".into(), ..Options::default() };
//! let generated = generate(&options)?;
//! let changes = generated.plan.changes()?;
//! generated.plan.apply(&changes)?;
//! println!("{} operations, {} files added", generated.operations, changes.added.len());
//! # Ok(())
//! # }
//! ```
//!
//! # Stages
//!
//! Data flows in one direction, and each stage is a module with one entry function:
//!
//! | stage | input | output |
//! | --- | --- | --- |
//! | [`load`] | the document's bytes | [`load::Document`] |
//! | [`repair`] | a document | [`repair::RepairedDocument`] |
//! | [`lower`] | a repaired document | [`ir::ApiDefinition`] |
//! | [`naming`] | the API | [`naming::Names`] |
//! | [`relate`] | the API | [`relate::Relations`] |
//! | [`emit`] | the [`model::Model`] of all three | [`emit::Files`] |
//! | [`mod@write`] | files | [`write::WritePlan`] |
//!
//! Stages never print. They return errors that stop a run, and add repairs and omissions to the
//! [`Report`](diagnostic::Report). Each of these has a code, a location and a message. Only an unreadable document is
//! rejected; a part that can't be expressed is omitted or left untyped, unless [`Options::strict`] is set.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub mod config;
pub mod diagnostic;
pub mod draft;
pub mod emit;
mod format_cache;
mod generate;
pub mod id;
pub mod ir;
pub mod load;
pub mod lower;
pub mod model;
pub mod naming;
mod normalize;
pub mod relate;
pub mod repair;
mod template;
pub mod write;

pub use format_cache::FormatCache;
pub use generate::{Generated, LockUpdate, Options, generate};
