//! Normalizes names for comparison by keeping only letters and digits, in lowercase.

/// Returns the ASCII letters and digits in `name`, in lower case.
pub fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
