//! Writes gzip data that contains no file name, time or operating system.

use std::io::Write;

use flate2::{Compression, GzBuilder};

/// The header value for an unknown operating system.
const UNKNOWN_SYSTEM: u8 = 255;

/// Compresses `bytes`.
pub(crate) fn gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let builder = GzBuilder::new().mtime(0).operating_system(UNKNOWN_SYSTEM);
    let mut writer = builder.write(Vec::new(), Compression::default());
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_has_no_time_and_no_name() {
        let bytes = gzip(b"text").unwrap();
        assert_eq!(bytes[..3], [0x1f, 0x8b, 8]);
        assert_eq!(bytes[3..8], [0; 5], "no optional field, no time");
        assert_eq!(bytes[9], UNKNOWN_SYSTEM);
    }
}
