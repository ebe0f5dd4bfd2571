//! Text of one JSON object a line, each beginning with `{"name":"`, sorted by these names as the generator writes
//! it. A name is found by halving the text itself: a process that needs one line reads a few, and keeps no index.

use std::cmp::Ordering;

/// Lines sorted by name.
#[derive(Clone, Copy)]
pub(super) struct Lines(pub &'static str);

impl Lines {
    /// The line of `name`.
    pub fn get(self, name: &str) -> Option<&'static str> {
        let (mut from, mut to) = (0, self.0.len());
        while from < to {
            // The line that the middle is in.
            let middle = (from + to) / 2;
            let bytes = &self.0.as_bytes()[from..to];
            let start = bytes[..middle - from]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(from, |at| from + at + 1);
            let end =
                bytes[middle - from..].iter().position(|byte| *byte == b'\n').map_or(to, |at| middle + at);
            let line = self.0.get(start..end)?;
            match own_name(line)?.cmp(name) {
                Ordering::Equal => return Some(line),
                Ordering::Less => from = end + 1,
                Ordering::Greater => to = start,
            }
        }
        None
    }

    /// All lines.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        self.0.lines()
    }
}

/// The name that a line begins with.
pub(super) fn own_name(line: &'static str) -> Option<&'static str> {
    Some(cut(line, "{\"name\":\"")?.0)
}

/// Cuts the text that follows `before`, up to its closing quote, and what comes after.
pub(super) fn cut(line: &'static str, before: &str) -> Option<(&'static str, &'static str)> {
    line.strip_prefix(before)?.split_once('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `shapes.jsonl` has a name that begins with another one, followed by a space, which sorts before a quote.
    const TEXT: &str = "{\"name\":\"Board\",\"n\":1}\n{\"name\":\"Board note\",\"n\":2}\n{\"name\":\"Boards\",\"n\":3}\n\
                        {\"name\":\"Ünit\",\"n\":4}\n";

    #[test]
    fn each_line_is_found_by_its_name_and_no_other() {
        for lines in [Lines(TEXT), Lines(TEXT.trim_end())] {
            assert_eq!(lines.iter().count(), 4);
            for line in lines.iter() {
                assert_eq!(lines.get(own_name(line).unwrap()), Some(line));
            }
            for name in ["", "A", "Boar", "Board n", "Board notes", "Boardz", "Z", "Ü"] {
                assert_eq!(lines.get(name), None, "{name}");
            }
        }
        assert_eq!(Lines("").get("Board"), None);
    }
}
