//! Words for arguments that a document leaves without a description.

use std::fmt;

use serde::Deserialize;

use super::pattern::matches;

/// The description of arguments of this name, whatever record they belong to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArgumentWords {
    /// The arguments that it describes.
    pub name: ArgumentPattern,
    /// The description.
    pub words: String,
}

impl ArgumentWords {
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        format!("arguments_by_name.{}", self.name.0)
    }
}

/// A pattern of names, optionally with a type before it: `city`, `*Url`, `number *Hours`, `enum *`.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct ArgumentPattern(pub String);

impl ArgumentPattern {
    /// Returns true if the pattern matches an argument of this name and type.
    pub fn covers(&self, name: &str, ty: &str) -> bool {
        match self.0.split_once(' ') {
            Some((wanted, pattern)) => wanted == ty && matches(pattern, name),
            None => matches(&self.0, name),
        }
    }

    /// How narrow it is: a name takes precedence over a pattern, and a longer pattern over a shorter one.
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
    /// The words for the first argument of a tool.
    pub first: String,
    /// The words for the others.
    pub others: String,
}

/// An explanation of a record, in words that fit in parentheses after its noun.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Gloss {
    /// The same words for one record and for several.
    Same(String),
    /// Words for one record, and words for several.
    ByNumber {
        /// For one record.
        one: String,
        /// For several.
        many: String,
    },
}

impl Gloss {
    /// The words for one record.
    pub fn one(&self) -> &str {
        match self {
            Self::Same(words) | Self::ByNumber { one: words, .. } => words,
        }
    }

    /// The words for several records.
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
