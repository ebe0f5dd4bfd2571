//! What the catalog says about the API, made ready to be served: its operations, the collections that they
//! are about, and the way from a path to an operation. Read once a process; what an operation takes and
//! returns is parsed when it is first called.

mod collection_id;
mod collections;
mod details;
mod index;
mod operation;
mod queried_fields;
mod resource;
mod routes;

pub(crate) use connectwise_psa::runtime::catalog::{BodyFormat, ResponseContent};

pub(crate) use collection_id::CollectionId;
pub(crate) use details::{BodySchema, Link, OperationDetails, ResponseSchema};
pub(crate) use index::api;
pub(crate) use operation::{ApiOperation, Purpose};
pub(crate) use queried_fields::QueriedFields;
pub(crate) use resource::{Member, Resource, resource};
pub(crate) use routes::RouteMatch;
