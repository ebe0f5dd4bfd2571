//! Tool list settings.

use toolcrate_runtime::NameStyle;

/// In which form tools are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolListing {
    /// The tools that are listed.
    pub mode: ExposureMode,
    /// How tools are named.
    pub names: NameStyle,
    /// True if lists contain the schemas of results.
    pub output_schemas: bool,
}

impl Default for ToolListing {
    /// Meta tools under short names, since clients put the server's name in front.
    fn default() -> Self {
        Self { mode: ExposureMode::MetaTools, names: NameStyle::Short, output_schemas: false }
    }
}

/// The tools that are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExposureMode {
    /// Tools that find, describe and call all others.
    #[default]
    MetaTools,
    /// The tools that a filter allows.
    Filtered,
    /// All tools, paginated.
    All,
}
