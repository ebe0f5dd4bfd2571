//! The emitters that create tool records.

use super::describe::Describer;
use super::facts::Facts;
use super::filter::Filters;
use super::lifecycle::Lifecycles;
use super::shape::Shapes;
use crate::diagnostic::Errors;
use crate::emit::context::Context;

/// Everything that a record of a tool is assembled from.
pub struct Emitters<'a> {
    /// Sets of arguments that several tools share.
    pub shapes: Shapes<'a>,
    /// Writes descriptions.
    pub describer: Describer,
    /// Steps in the life cycles of records.
    pub lifecycles: Lifecycles<'a>,
    /// Structured filters.
    pub filters: Filters<'a>,
    /// Facts about each operation.
    pub facts: Facts<'a>,
}

impl<'a> Emitters<'a> {
    /// The emitters of one API.
    ///
    /// # Errors
    /// `E031` a template that does not compile, `E032` a life cycle that names an operation the API lacks.
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
