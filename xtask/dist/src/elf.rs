//! Reads what a Linux binary requires: its loader, its libraries, and its glibc version.

use anyhow::{Context, bail, ensure};

/// Section types.
const DYNAMIC_SECTION: u32 = 6;
const NEEDED_VERSIONS_SECTION: u32 = 0x6fff_fffe;
/// The dynamic section entry for a required library.
const NEEDED: u64 = 1;
/// The program header for the loader.
const INTERPRETER: u32 = 3;

/// A binary's requirements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ElfNeeds {
    /// The path of the loader; `None` for a library.
    pub(crate) loader: Option<String>,
    /// The names of the libraries.
    pub(crate) libraries: Vec<String>,
    /// The highest glibc version required by a symbol, for example `(2, 34)`.
    pub(crate) glibc: (u32, u32),
}

struct ElfSection {
    kind: u32,
    start: usize,
    size: usize,
    link: usize,
}

impl ElfNeeds {
    /// Reads a 64-bit little-endian ELF file.
    pub(crate) fn read(file: &[u8]) -> anyhow::Result<Self> {
        ensure!(file.get(..6) == Some(b"\x7fELF\x02\x01"), "expected a 64-bit little-endian ELF file");
        let sections = sections(file)?;
        let mut needs = Self { loader: loader(file)?, ..Self::default() };
        for section in &sections {
            let Some(strings) = sections.get(section.link) else { continue };
            let name = |at: usize| string(file, strings.start + at);
            match section.kind {
                DYNAMIC_SECTION => {
                    for at in (section.start..section.start + section.size).step_by(16) {
                        if number(file, at, 8)? == NEEDED {
                            needs.libraries.push(name(usize::try_from(number(file, at + 8, 8)?)?)?);
                        }
                    }
                }
                NEEDED_VERSIONS_SECTION => {
                    for version in needed_versions(file, section.start)? {
                        let version = name(version)?;
                        needs.glibc = needs.glibc.max(glibc_version(&version).unwrap_or_default());
                    }
                }
                _ => {}
            }
        }
        Ok(needs)
    }
}

/// Returns where the names of all required versions start in their string table.
fn needed_versions(file: &[u8], start: usize) -> anyhow::Result<Vec<usize>> {
    let mut names = Vec::new();
    let mut library = start;
    loop {
        let mut version = library + offset(file, library + 8, 4)?;
        for _ in 0..offset(file, library + 2, 2)? {
            names.push(offset(file, version + 8, 4)?);
            version += offset(file, version + 12, 4)?;
        }
        match offset(file, library + 12, 4)? {
            0 => return Ok(names),
            next => library += next,
        }
    }
}

/// Parses a symbol version such as `GLIBC_2.34`.
fn glibc_version(name: &str) -> Option<(u32, u32)> {
    let mut parts = name.strip_prefix("GLIBC_")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn sections(file: &[u8]) -> anyhow::Result<Vec<ElfSection>> {
    let (start, size, count) = (offset(file, 0x28, 8)?, offset(file, 0x3a, 2)?, offset(file, 0x3c, 2)?);
    let section = |index: usize| {
        let at = start + index * size;
        Ok(ElfSection {
            kind: u32::try_from(number(file, at + 4, 4)?)?,
            start: offset(file, at + 0x18, 8)?,
            size: offset(file, at + 0x20, 8)?,
            link: offset(file, at + 0x28, 4)?,
        })
    };
    (0..count).map(section).collect()
}

fn loader(file: &[u8]) -> anyhow::Result<Option<String>> {
    let (start, size, count) = (offset(file, 0x20, 8)?, offset(file, 0x36, 2)?, offset(file, 0x38, 2)?);
    for at in (0..count).map(|index| start + index * size) {
        if number(file, at, 4)? == u64::from(INTERPRETER) {
            return string(file, offset(file, at + 8, 8)?).map(Some);
        }
    }
    Ok(None)
}

fn string(file: &[u8], start: usize) -> anyhow::Result<String> {
    let rest = file.get(start..).context("a name is outside the file")?;
    let end = rest.iter().position(|byte| *byte == 0).context("a name is not terminated")?;
    Ok(String::from_utf8(rest[..end].to_vec())?)
}

/// Returns the little-endian number with `length` bytes.
fn number(file: &[u8], at: usize, length: usize) -> anyhow::Result<u64> {
    let Some(bytes) = file.get(at..at + length) else { bail!("the ELF file is truncated") };
    Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Returns a number that is an offset or a count.
fn offset(file: &[u8], at: usize, length: usize) -> anyhow::Result<usize> {
    Ok(usize::try_from(number(file, at, length)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn this_test_needs_glibc() {
        let needs = ElfNeeds::read(&std::fs::read(std::env::current_exe().unwrap()).unwrap()).unwrap();
        assert!(needs.libraries.iter().any(|library| library == "libc.so.6"), "{needs:?}");
        assert!(needs.loader.unwrap().contains("/ld-linux"));
        assert!(needs.glibc >= (2, 17), "{:?}", needs.glibc);
    }

    #[test]
    fn versions_are_compared_by_number() {
        assert!(glibc_version("GLIBC_2.34") > glibc_version("GLIBC_2.4"));
        assert_eq!(glibc_version("GLIBC_PRIVATE"), None);
        assert_eq!(glibc_version("GCC_3.0"), None);
    }

    #[test]
    fn other_files_are_errors() {
        assert!(ElfNeeds::read(b"#!/bin/sh").is_err());
        assert!(ElfNeeds::read(b"\x7fELF\x02\x01").is_err());
    }
}
