//! How tools are exposed to clients of the Model Context Protocol.

/// The values that a setting can have: name, description and value.
pub type NamedValues<T> = &'static [(&'static str, &'static str, T)];

/// Which tools are listed.
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

impl ExposureMode {
    /// All modes by name.
    pub const VALUES: NamedValues<Self> = &[
        ("search", "Three tools that find, describe and call all others", Self::MetaTools),
        ("selected", "Those that --class, --module, --name and --toolset choose", Self::Filtered),
        ("all", "All 3,053, by pages", Self::All),
    ];
}

/// How tools are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// With the API's name in them.
    #[default]
    Prefixed,
    /// Without it, for clients that put the server's name in front.
    Short,
}

impl NameStyle {
    /// All styles by name.
    pub const VALUES: NamedValues<Self> = &[
        ("full", "With the API's name in them", Self::Prefixed),
        ("short", "Without it, for clients that put a server's name in front", Self::Short),
    ];
}
