//! Tool name styles.

/// How tools are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// With the API's name in them.
    #[default]
    Prefixed,
    /// Without it, for clients that put the server's name in front.
    Short,
}
