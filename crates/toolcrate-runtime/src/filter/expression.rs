//! A parsed filter.

/// The query parameter that a test goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bucket {
    /// Conditions on the record.
    Record,
    /// Conditions on the items of lists in the record.
    Child,
    /// Conditions on custom fields.
    Custom,
}

/// A parsed filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Test(Test),
}

/// A comparison of a field with a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    pub(super) bucket: Bucket,
    /// The path of the field; for a custom field, its caption.
    pub(super) field: String,
    pub(super) operator: Operator,
    /// The value as the grammar writes it.
    pub(super) literal: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    NotContains,
    Like,
    NotLike,
    In,
    NotIn,
}

/// The buckets of the tests in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BucketUse {
    /// The expression has no test.
    Unused,
    Single(Bucket),
    Mixed,
}

impl Expression {
    /// Returns the buckets of all tests in the expression.
    pub(super) fn bucket_use(&self) -> BucketUse {
        match self {
            Self::Test(test) => BucketUse::Single(test.bucket),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().fold(BucketUse::Unused, |all, part| match (all, part.bucket_use()) {
                    (BucketUse::Unused, part) => part,
                    (all, BucketUse::Unused) => all,
                    (BucketUse::Single(one), BucketUse::Single(other)) if one == other => all,
                    _ => BucketUse::Mixed,
                })
            }
        }
    }

    /// Returns true if and only if the expression has no test.
    pub(super) fn is_empty(&self) -> bool {
        self.bucket_use() == BucketUse::Unused
    }
}
