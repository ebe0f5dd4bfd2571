//! How tools are exposed to clients of the Model Context Protocol: the values of settings by name.

use connectwise_psa::runtime::NameStyle;
use toolcrate_mcp::ExposureMode;

/// The values that a setting can have: name, description and value.
pub type NamedValues<T> = &'static [(&'static str, &'static str, T)];

/// All exposure modes by name.
pub const EXPOSURE_MODES: NamedValues<ExposureMode> = &[
    ("search", "Three tools that find, describe and call all others", ExposureMode::MetaTools),
    ("selected", "Those that --class, --module, --name and --toolset choose", ExposureMode::Filtered),
    ("all", "All 3,053, by pages", ExposureMode::All),
];

/// All name styles by name.
pub const NAME_STYLES: NamedValues<NameStyle> = &[
    ("full", "With the API's name in them", NameStyle::Prefixed),
    ("short", "Without it, for clients that put a server's name in front", NameStyle::Short),
];
