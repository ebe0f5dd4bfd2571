//! Tests for compiled typed filters, and for filters that are rejected before they are sent.
