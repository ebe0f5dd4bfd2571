//! What a check reports.

/// A rule about the shape of the workspace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    FileLength,
    ImportCycle,
    DuplicateType,
    Layering,
    ProductName,
    BannedName,
}

impl Rule {
    pub(crate) const ALL: [Self; 6] = [
        Self::FileLength,
        Self::ImportCycle,
        Self::DuplicateType,
        Self::Layering,
        Self::ProductName,
        Self::BannedName,
    ];

    /// The name that reports and the list of known violations use.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::FileLength => "file-length",
            Self::ImportCycle => "import-cycle",
            Self::DuplicateType => "duplicate-type",
            Self::Layering => "layering",
            Self::ProductName => "product-name",
            Self::BannedName => "banned-name",
        }
    }

    pub(crate) fn summary(self) -> &'static str {
        match self {
            Self::FileLength => "hand-written Rust files have at most 500 lines",
            Self::ImportCycle => "no files of a crate import each other in a circle",
            Self::DuplicateType => "a type name is defined once in the workspace",
            Self::Layering => "dependencies between packages point one way",
            Self::ProductName => "toolcrate-* names no product",
            Self::BannedName => "functions are verbs, types are nouns",
        }
    }
}

/// A violation of a rule.
pub(crate) struct Violation {
    pub(crate) rule: Rule,
    /// What violates the rule, in a form that is the same in each run: a path, a name, an edge.
    pub(crate) subject: String,
    /// What was found there.
    pub(crate) detail: String,
}
