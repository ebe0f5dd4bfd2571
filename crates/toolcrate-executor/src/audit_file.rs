//! The audit log file, which other programs may rename or remove.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file to which entries are appended.
pub(crate) struct AuditFile {
    path: PathBuf,
    file: File,
}

impl AuditFile {
    /// Opens the file at `path`, creating it with owner-only permissions if it doesn't exist.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: append(path)? })
    }

    /// Opens the file at the path, unless it is already open. Returns true if it was opened.
    pub(crate) fn reopen_if_moved(&mut self) -> io::Result<bool> {
        if self.is_at_path()? {
            return Ok(false);
        }
        self.file = append(&self.path)?;
        Ok(true)
    }

    /// Returns true if the open file has been removed, so its entries are lost.
    #[cfg(unix)]
    pub(crate) fn is_removed(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        // A device, such as /dev/null, always has a name.
        self.file.metadata().is_ok_and(|file| file.nlink() == 0)
    }

    #[cfg(not(unix))]
    pub(crate) fn is_removed(&self) -> bool {
        !self.path.exists()
    }

    #[cfg(unix)]
    fn is_at_path(&self) -> io::Result<bool> {
        use std::os::unix::fs::MetadataExt;
        let open = self.file.metadata()?;
        match std::fs::metadata(&self.path) {
            Ok(found) => Ok((found.dev(), found.ino()) == (open.dev(), open.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    #[cfg(not(unix))]
    fn is_at_path(&self) -> io::Result<bool> {
        self.path.try_exists()
    }
}

impl Write for AuditFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
