//! Compiled typed filters, and filters that are rejected before they are sent.
