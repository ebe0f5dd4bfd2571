//! The styles of tool names: with or without the API's prefix.

/// The tool name style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// With the API's name as a prefix.
    #[default]
    Prefixed,
    /// Without the prefix, for clients that add the server's name.
    Short,
}
