//! Writes `ustar` archives.

use anyhow::Context;

use super::entry::{ArchiveEntry, EntryKind};

/// The block size; every entry fills complete blocks.
const BLOCK: usize = 512;
/// The lengths of the fields for an entry's name and its folder.
const NAME_LENGTH: usize = 100;
const PREFIX_LENGTH: usize = 155;

/// Returns an archive of `entries`, sorted by path. All have the timestamp `epoch`, in seconds since 1970.
pub(crate) fn tar(entries: &[ArchiveEntry], epoch: u64) -> anyhow::Result<Vec<u8>> {
    let mut sorted: Vec<&ArchiveEntry> = entries.iter().collect();
    sorted.sort_by_key(|entry| &entry.path);
    let mut archive = Vec::new();
    for entry in sorted {
        let content: &[u8] = if let EntryKind::File(bytes) = &entry.kind { bytes } else { &[] };
        archive.extend(header(entry, content.len(), epoch).with_context(|| entry.path.clone())?);
        archive.extend(content);
        archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    }
    archive.resize(archive.len() + 2 * BLOCK, 0);
    Ok(archive)
}

fn header(entry: &ArchiveEntry, size: usize, epoch: u64) -> anyhow::Result<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    let (flag, slash) = match &entry.kind {
        EntryKind::File(_) => (b'0', ""),
        EntryKind::Directory => (b'5', "/"),
    };
    let path = format!("{}{slash}", entry.path);
    let (prefix, name) = split(&path)?;
    put(0, name.as_bytes());
    put(100, format!("{:07o}\0", entry.mode).as_bytes());
    put(108, format!("{:07o}\0", entry.owner).as_bytes());
    put(116, format!("{:07o}\0", entry.owner).as_bytes());
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, format!("{epoch:011o}\0").as_bytes());
    // The checksum is computed as if its own field were blank.
    put(148, b"        ");
    put(156, &[flag]);
    put(257, b"ustar\x0000");
    put(345, prefix.as_bytes());
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

/// Splits a path into the folder and name for the header fields.
fn split(path: &str) -> anyhow::Result<(&str, &str)> {
    if path.len() <= NAME_LENGTH {
        return Ok(("", path));
    }
    let mut slashes = path.match_indices('/').map(|(at, _)| at);
    let at = slashes
        .find(|at| path.len() - at - 1 <= NAME_LENGTH && *at <= PREFIX_LENGTH)
        .context("the path is too long for a tar archive")?;
    Ok((&path[..at], &path[at + 1..]))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn tar_lists_what_was_written() {
        let long = format!("{}/{}", "folder".repeat(15), "name".repeat(20));
        let entries = [
            ArchiveEntry::program("b", "two"),
            ArchiveEntry::directory("a", 0o700, 65532),
            ArchiveEntry::file(long.clone(), ""),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tar");
        std::fs::write(&path, tar(&entries, 86_400).unwrap()).unwrap();
        let output =
            Command::new("tar").env("TZ", "UTC").arg("--numeric-owner").arg("-tvf").arg(&path).output();
        let listed = String::from_utf8(output.unwrap().stdout).unwrap();
        let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0][..5], ["drwx------", "65532/65532", "0", "1970-01-02", "00:00"]);
        assert_eq!((lines[0][5], lines[1][5]), ("a/", "b"));
        assert_eq!((lines[1][0], lines[1][2]), ("-rwxr-xr-x", "3"));
        assert_eq!(lines[2].last(), Some(&long.as_str()));
    }

    #[test]
    fn a_path_that_fits_nowhere_is_an_error() {
        let error = tar(&[ArchiveEntry::file("x".repeat(101), "")], 0).unwrap_err();
        assert!(format!("{error:#}").ends_with("the path is too long for a tar archive"));
    }
}
