//! What the integration tests share: models as a generator would write them, and a small server.

#![allow(dead_code, reason = "every test file uses its own part of this")]

pub mod model;
