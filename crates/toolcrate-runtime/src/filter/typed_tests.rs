//! Tests for compiled typed filters, and for filters that are rejected before the request is sent.
