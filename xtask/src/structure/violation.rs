//! A violation that a check reports.

/// A rule for the structure of the workspace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    FileLength,
    ImportCycle,
    DuplicateType,
    Layering,
    ProductName,
    BannedName,
    BannedPhrase,
}

impl Rule {
    pub(crate) const ALL: [Self; 7] = [
        Self::FileLength,
        Self::ImportCycle,
        Self::DuplicateType,
        Self::Layering,
        Self::ProductName,
        Self::BannedName,
        Self::BannedPhrase,
    ];

    /// Returns the name used in reports and in the list of known violations.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::FileLength => "file-length",
            Self::ImportCycle => "import-cycle",
            Self::DuplicateType => "duplicate-type",
            Self::Layering => "layering",
            Self::ProductName => "product-name",
            Self::BannedName => "banned-name",
            Self::BannedPhrase => "banned-phrase",
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
            Self::BannedPhrase => "text uses the field's words, see xtask/banned_phrases.txt",
        }
    }
}

/// A violation of a rule.
pub(crate) struct Violation {
    pub(crate) rule: Rule,
    /// The subject of the violation, which is the same in each run: a path, a name or an edge.
    pub(crate) subject: String,
    /// The number of times it violates the rule.
    pub(crate) count: usize,
    /// The finding.
    pub(crate) detail: String,
}
