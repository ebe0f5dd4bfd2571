//! Generates a typed Rust client and a catalog of LLM tools from an OpenAPI document.
//!
//! The input is an OpenAPI 3 or Swagger 2.0 document, a *profile* (`toolcrate.yaml`) with the conventions of the API,
//! such as authentication and pagination, and an optional *overlay* with facts that the document lacks. The
//! output is a crate: one module for each area of the API, one file for each schema, and a catalog in which
//! each operation is a tool. Nothing in this crate is specific to one API.
//!
//! # Example
//!
//! [`generate`] runs the whole pipeline. It writes nothing; [`WritePlan`](write::WritePlan) compares the
//! result with the disk and applies it as a whole or not at all.
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
//! Data flows one way, and each stage is a module with one entry function:
//!
//! | stage | input | output |
//! | --- | --- | --- |
//! | [`load`] | the bytes of a document | [`load::Document`] |
//! | [`repair`] | a document | [`repair::RepairedDocument`] |
//! | [`lower`] | a repaired document | [`ir::ApiDefinition`] |
//! | [`naming`] | the API | [`naming::Names`] |
//! | [`relate`] | the API | [`relate::Relations`] |
//! | [`emit`] | the [`model::Model`] of all three | [`emit::Files`] |
//! | [`mod@write`] | files | [`write::WritePlan`] |
//!
//! Stages never print. Errors that stop a run, and the [`Report`](diagnostic::Report) of what was repaired
//! or left out, are values with a code, a location and a sentence. Only a document that cannot be read is
//! refused; a part of it that cannot be expressed is left out or untyped, unless [`Options::strict`] is set.

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
