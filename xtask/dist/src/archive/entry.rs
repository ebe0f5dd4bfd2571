//! The entries of an archive.

/// The kind of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A file with these contents.
    File(Vec<u8>),
    /// A folder.
    Directory,
}

/// An archive entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArchiveEntry {
    /// The path, with `/` as the separator and without a leading one.
    pub(crate) path: String,
    /// The permissions.
    pub(crate) mode: u32,
    /// User and group ID, which are the same.
    pub(crate) owner: u32,
    /// The kind.
    pub(crate) kind: EntryKind,
}

impl ArchiveEntry {
    /// Creates a world-readable file.
    pub(crate) fn file(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), mode: 0o644, owner: 0, kind: EntryKind::File(bytes.into()) }
    }

    /// Creates a world-executable program.
    pub(crate) fn program(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { mode: 0o755, ..Self::file(path, bytes) }
    }

    /// Creates a folder.
    pub(crate) fn directory(path: impl Into<String>, mode: u32, owner: u32) -> Self {
        Self { path: path.into(), mode, owner, kind: EntryKind::Directory }
    }

    /// Returns the same entry inside a folder.
    pub(crate) fn below(mut self, folder: &str) -> Self {
        self.path = format!("{folder}/{}", self.path);
        self
    }
}
