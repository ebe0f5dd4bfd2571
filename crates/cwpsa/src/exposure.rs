//! The possible values of the settings that control how tools are listed for MCP clients.

use connectwise_psa::runtime::NameStyle;
use toolcrate_mcp::ExposureMode;

/// The possible values of a setting: name, description and value.
pub type NamedValues<T> = &'static [(&'static str, &'static str, T)];

/// All exposure modes by name.
pub const EXPOSURE_MODES: NamedValues<ExposureMode> = &[
    ("search", "Meta-tools for finding, describing, and calling any tool", ExposureMode::MetaTools),
    ("selected", "Tools selected with --class, --module, --name, or --toolset", ExposureMode::Filtered),
    ("all", "All tools, paginated", ExposureMode::All),
];

/// All name styles by name.
pub const NAME_STYLES: NamedValues<NameStyle> = &[
    ("full", "Names that include the API's name", NameStyle::Prefixed),
    ("short", "Names without the API's name, for clients that add a server prefix", NameStyle::Short),
];
