//! Uploaded files.

use bytes::Bytes;

/// An uploaded file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredFile {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) bytes: Bytes,
}
