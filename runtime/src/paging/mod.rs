//! Paging: how an answer says where the list goes on.
use crate::QueryPairs;
/// How to ask for the next page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next(pub(crate) QueryPairs);
