//! Writes zip archives.

use std::io::Write;

use anyhow::bail;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::entry::{ArchiveEntry, EntryKind};

/// 1980-01-01, the earliest date that the format can express.
const DATE: u16 = 0x21;
/// Version 2.0, which introduced deflate.
const VERSION: u16 = 20;
/// Attributes are Unix permissions.
const UNIX: u16 = 3 << 8;
/// Names are UTF-8.
const UTF_8: u16 = 1 << 11;
const DEFLATE: u16 = 8;
/// A regular file, in the attributes.
const REGULAR_FILE: u32 = 0o100_000;

/// Returns an archive of the files `entries`, in that order.
pub(crate) fn zip(entries: &[ArchiveEntry]) -> anyhow::Result<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let EntryKind::File(bytes) = &entry.kind else { bail!("{}: only files are supported", entry.path) };
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes)?;
        let compressed = encoder.finish()?;
        let mut crc = Crc::new();
        crc.update(bytes);
        let offset = u32::try_from(archive.len())?;
        // The fields shared by the local header and the directory.
        let mut common = Vec::new();
        for number in [VERSION, UTF_8, DEFLATE, 0, DATE] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), u32::try_from(compressed.len())?, u32::try_from(bytes.len())?] {
            common.extend(number.to_le_bytes());
        }
        common.extend(u16::try_from(entry.path.len())?.to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(entry.path.as_bytes());
        archive.extend(&compressed);
        directory.extend(b"PK\x01\x02");
        directory.extend((UNIX | VERSION).to_le_bytes());
        directory.extend(&common);
        // No comment, first disk, no internal attributes.
        directory.extend([0; 6]);
        directory.extend(((REGULAR_FILE | entry.mode) << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.path.as_bytes());
    }
    let (start, count) = (u32::try_from(archive.len())?, u16::try_from(entries.len())?);
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06");
    archive.extend([0; 4]);
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(u32::try_from(directory.len())?.to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0; 2]);
    Ok(archive)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn python_reads_what_was_written() {
        let entries = [ArchiveEntry::program("bin/é", "run".repeat(50)), ArchiveEntry::file("b", "")];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, zip(&entries).unwrap()).unwrap();
        let script = "import sys, zipfile\n\
            z = zipfile.ZipFile(sys.argv[1])\n\
            assert z.testzip() is None\n\
            for i in z.infolist(): print(i.filename, oct(i.external_attr >> 16), len(z.read(i)), i.date_time)";
        let output = Command::new("python3").args(["-X", "utf8", "-c", script]).arg(&path).output().unwrap();
        let expected = "bin/é 0o100755 150 (1980, 1, 1, 0, 0, 0)\nb 0o100644 0 (1980, 1, 1, 0, 0, 0)\n";
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{:?}", output.stderr);
    }
}
