//! What a tool can do to data.

use std::str::FromStr;

use serde::Deserialize;

/// The class of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToolClass {
    /// The tool reads.
    Read,
    /// The tool creates, updates, replaces or deletes a record.
    Write,
    /// The tool does something else.
    Custom,
}

impl ToolClass {
    /// The word that the catalog and flags use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Custom => "custom",
        }
    }
}

/// A word that isn't the name of a [`ToolClass`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown class \"{0}\" (expected read, write or custom)")]
pub struct UnknownToolClass(String);

impl FromStr for ToolClass {
    type Err = UnknownToolClass;

    fn from_str(word: &str) -> Result<Self, UnknownToolClass> {
        let classes = [Self::Read, Self::Write, Self::Custom];
        let class = classes.into_iter().find(|class| class.as_str() == word);
        class.ok_or_else(|| UnknownToolClass(word.to_owned()))
    }
}
