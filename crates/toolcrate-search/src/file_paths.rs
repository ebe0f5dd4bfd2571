//! Finds file paths in queries such as "save it as `/reports/june.xlsx`".

/// Maximum length of a file extension.
const MAX_EXTENSION_CHARS: usize = 5;

/// A file path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FilePath<'t> {
    /// The file extension, such as `xlsx`.
    pub(crate) extension: &'t str,
    /// True if the preceding word indicates that something is written to the file.
    pub(crate) is_target: bool,
}

/// Returns the file paths in a text.
pub(crate) fn find_file_paths(text: &str) -> Vec<FilePath<'_>> {
    let mut before = "";
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        if let Some(extension) = file_extension(word) {
            let is_target = ["in", "to", "as", "at", "on", "into", "under"].contains(&before);
            found.push(FilePath { extension, is_target });
        }
        before = word;
    }
    found
}

/// Returns the extension if a word is a file path. File names without a folder, and URLs, don't count as paths.
pub(crate) fn file_extension(word: &str) -> Option<&str> {
    let path = word.trim_matches(|c: char| !c.is_alphanumeric() && !['/', '~', '.'].contains(&c));
    let (folder, name) = path.trim_end_matches(['.', '/']).rsplit_once('/')?;
    let extension = name.rsplit_once('.').map(|(_, extension)| extension)?;
    let is_extension =
        (2..=MAX_EXTENSION_CHARS).contains(&extension.len()) && extension.chars().all(char::is_alphanumeric);
    (is_extension && !folder.contains(':')).then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_a_folder_and_an_extension() {
        for (word, extension) in
            [("/reports/june.xlsx,", Some("xlsx")), ("~/a/b.md.", Some("md")), ("(docs/c.txt)", Some("txt"))]
        {
            assert_eq!(file_extension(word), extension, "{word}");
        }
        for word in ["and/or", "https://example.com/a.html", "june.xlsx", "/service/tickets/{id}", "1/2"] {
            assert_eq!(file_extension(word), None, "{word}");
        }
    }

    #[test]
    fn a_preposition_makes_a_path_the_target() {
        let is_target = |text| find_file_paths(text).first().map(|path| path.is_target);
        assert_eq!(is_target("save it to /a/b.md"), Some(true));
        assert_eq!(is_target("read the log /a/b.log"), Some(false));
        assert_eq!(is_target("read the log"), None);
    }
}
