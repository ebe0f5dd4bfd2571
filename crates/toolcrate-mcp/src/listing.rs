//! Settings for how tools are listed.

use toolcrate_runtime::NameStyle;

/// How tools are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolListing {
    /// The listed tools.
    pub mode: ExposureMode,
    /// The tool name style.
    pub names: NameStyle,
    /// True if lists contain output schemas.
    pub output_schemas: bool,
}

impl Default for ToolListing {
    /// Returns a listing with meta-tools under short names, because clients add the server's name as a
    /// prefix.
    fn default() -> Self {
        Self { mode: ExposureMode::MetaTools, names: NameStyle::Short, output_schemas: false }
    }
}

/// The listed tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExposureMode {
    /// Tools that find, describe and call any other tool.
    #[default]
    MetaTools,
    /// The tools that a filter allows.
    Filtered,
    /// All tools, paginated.
    All,
}
