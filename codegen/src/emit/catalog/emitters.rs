//! The emitters for the parts of a tool record, such as arguments, descriptions and lifecycles.

use super::describe::Describer;
use super::facts::Facts;
use super::filter::Filters;
use super::lifecycle::Lifecycles;
use super::shape::Shapes;
use crate::diagnostic::Errors;
use crate::emit::context::Context;

/// Everything needed to assemble a tool record.
pub struct Emitters<'a> {
    /// Sets of arguments shared by several tools.
    pub shapes: Shapes<'a>,
    /// Writes descriptions.
    pub describer: Describer,
    /// Steps in record lifecycles.
    pub lifecycles: Lifecycles<'a>,
    /// Structured filters.
    pub filters: Filters<'a>,
    /// Facts about each operation.
    pub facts: Facts<'a>,
}

impl<'a> Emitters<'a> {
    /// Creates the emitters for one API.
    ///
    /// # Errors
    /// Returns `E031` if a template can't be compiled, and `E032` if a lifecycle refers to an operation that
    /// the API lacks.
    pub fn new(context: &'a Context<'a>) -> Result<Self, Errors> {
        Ok(Self {
            shapes: Shapes::new(context),
            describer: Describer::new()?,
            lifecycles: Lifecycles::new(context)?,
            filters: Filters::new(context),
            facts: Facts::new(context),
        })
    }
}
