//! The API as described by the catalog: its operations, their collections, and the routes from paths to operations.
//!
//! It is loaded once per process. The details of an operation are parsed on its first call.

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
