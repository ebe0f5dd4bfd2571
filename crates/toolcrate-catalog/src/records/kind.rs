//! Classifies operations by kind and tool class.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Defines an enum whose values are words in JSON and in the index.
macro_rules! words {
    ($(#[$attribute:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident => $word:literal,)+ }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for the value in JSON and in the index.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Parses the word.
            pub fn from_text(text: &str) -> Option<Self> {
                match text {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// The kind of an operation.
    OperationKind {
        /// Returns a page of records.
        List => "list",
        /// Returns one record.
        Get => "get",
        /// Returns the number of matching records.
        Count => "count",
        /// Stores a new record.
        Create => "create",
        /// Changes some fields of a record.
        Update => "update",
        /// Replaces a complete record.
        Replace => "replace",
        /// Removes a record.
        Delete => "delete",
        /// Does something that none of the other kinds covers, such as merging two records.
        Action => "action",
        /// Returns a file.
        Download => "download",
        /// Stores a file.
        Upload => "upload",
    }
}

words! {
    /// The target of an operation.
    OperationTarget {
        /// A collection of records, or the API as a whole.
        Collection => "collection",
        /// The record that the path identifies.
        Item => "item",
        /// A record of which there is only one, such as settings.
        Singleton => "singleton",
    }
}

words! {
    /// The variant of an operation, unless it is the plain operation of its kind.
    OperationVariant {
        /// Lists records, with the filter in the body.
        Search => "search",
        /// Lists where a record is used.
        Usages => "usages",
        /// Returns the default values of a new record.
        Defaults => "defaults",
        /// Works on many records at once.
        Bulk => "bulk",
        /// Copies a record.
        Copy => "copy",
    }
}

words! {
    /// The class by which callers select tools.
    ToolClass {
        /// Changes nothing.
        Read => "read",
        /// Creates, changes or deletes records.
        Write => "write",
        /// Does something else.
        Custom => "custom",
    }
}

/// A word that isn't the name of a [`ToolClass`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown tool class \"{0}\" (expected read, write or custom)")]
pub struct UnknownToolClass(String);

impl FromStr for ToolClass {
    type Err = UnknownToolClass;

    fn from_str(word: &str) -> Result<Self, UnknownToolClass> {
        Self::from_text(word).ok_or_else(|| UnknownToolClass(word.to_owned()))
    }
}

impl OperationKind {
    /// The first word in the names of plain tools of this kind.
    pub const fn verb(self) -> &'static str {
        self.as_str()
    }
}

impl OperationTarget {
    /// Returns true if this is the default, which records omit.
    pub(crate) fn is_collection(&self) -> bool {
        matches!(self, Self::Collection)
    }
}

/// The records that a call of a tool can reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolReach {
    /// Records in the tool's own part of the API.
    #[default]
    Module,
    /// Any records, depending on the arguments.
    Everything,
}

impl ToolReach {
    /// Returns true if and only if the tool stays within its part of the API.
    pub fn is_module(&self) -> bool {
        *self == Self::Module
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_names_match_in_json_and_the_index() {
        for kind in OperationKind::ALL {
            assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{kind}\""));
            assert_eq!(OperationKind::from_text(kind.as_str()), Some(*kind));
        }
        assert_eq!(OperationVariant::from_text("nothing"), None);
    }
}
