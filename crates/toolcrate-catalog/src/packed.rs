//! A catalog's files as one compressed block, which makes a program several megabytes smaller.

/// The separator between a file's path and its size, and between its size and the next path.
const SEPARATOR: char = '\t';

/// Compresses files, each with its path and text. The result begins with the paths and sizes.
pub fn pack<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Vec<u8> {
    let (mut head, mut texts) = (String::new(), String::new());
    for (path, text) in files {
        head.push_str(&format!("{path}{SEPARATOR}{}{SEPARATOR}", text.len()));
        texts.push_str(text);
    }
    lz4_flex::compress_prepend_size(format!("{head}\n{texts}").as_bytes())
}

/// Decompresses files. Their texts are never freed.
///
/// # Panics
/// Panics if [`pack`] didn't return `packed`.
pub fn unpack(packed: &[u8]) -> Vec<(&'static str, &'static str)> {
    let text = lz4_flex::decompress_size_prepended(packed).ok();
    let text = text.and_then(|text| String::from_utf8(text).ok()).map(|text| &*text.leak());
    text.and_then(files).expect("a packed catalog")
}

fn files(text: &'static str) -> Option<Vec<(&'static str, &'static str)>> {
    let (head, mut rest) = text.split_once('\n')?;
    let mut head = head.split_terminator(SEPARATOR);
    let mut files = Vec::new();
    while let Some(path) = head.next() {
        let (text, after) = rest.split_at_checked(head.next()?.parse().ok()?)?;
        files.push((path, text));
        rest = after;
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_packed_and_unpacked() {
        let text = "{\"name\":\"Zürich\"}\n".repeat(500);
        let files = [("index/tools.tsv", "a\tb\n"), ("tools/sales.jsonl", &*text), ("aliases.jsonl", "")];
        let packed = pack(files);
        assert!(packed.len() * 10 < text.len(), "{} bytes", packed.len());
        assert_eq!(unpack(&packed), files);
        assert_eq!(unpack(&pack([])), []);
    }
}
