//! Profile settings for default descriptions of arguments that the spec doesn't describe.

use std::fmt;

use serde::Deserialize;

use super::pattern::matches;

/// The description of arguments with this name, on any record.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArgumentWords {
    /// The arguments that it describes.
    pub name: ArgumentPattern,
    /// The description.
    pub words: String,
}

impl ArgumentWords {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        format!("arguments_by_name.{}", self.name.0)
    }
}

/// A name pattern, optionally preceded by a type: `city`, `*Url`, `number *Hours`, `enum *`.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct ArgumentPattern(pub String);

impl ArgumentPattern {
    /// Returns true if the pattern matches an argument with this name and type.
    pub fn covers(&self, name: &str, ty: &str) -> bool {
        match self.0.split_once(' ') {
            Some((wanted, pattern)) => wanted == ty && matches(pattern, name),
            None => matches(&self.0, name),
        }
    }

    /// Returns how specific the pattern is: a name takes precedence over a pattern, and a longer pattern over
    /// a shorter one.
    pub fn narrowness(&self) -> (bool, usize) {
        (!self.0.contains('*'), self.0.len())
    }
}

impl fmt::Display for ArgumentPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An explanation of a format.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatWords {
    /// The text for a tool's first argument with this format.
    pub first: String,
    /// The text for the other arguments.
    pub others: String,
}

/// An explanation of a record, worded to fit in parentheses after its noun.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Gloss {
    /// The same text for one record and for several.
    Same(String),
    /// Separate text for one record and for several.
    ByNumber {
        /// The text for one record.
        one: String,
        /// The text for several records.
        many: String,
    },
}

impl Gloss {
    /// Returns the text for one record.
    pub fn one(&self) -> &str {
        match self {
            Self::Same(words) | Self::ByNumber { one: words, .. } => words,
        }
    }

    /// Returns the text for several records.
    pub fn many(&self) -> &str {
        match self {
            Self::Same(words) | Self::ByNumber { many: words, .. } => words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ArgumentPattern;

    #[test]
    fn pattern_can_require_a_type() {
        let pattern = ArgumentPattern("number *Hours".to_owned());
        assert!(pattern.covers("budgetHours", "number"));
        assert!(!pattern.covers("budgetHours", "string") && !pattern.covers("hours2", "number"));
        assert!(ArgumentPattern("city".to_owned()).narrowness() > pattern.narrowness());
    }
}
