//! A filter as a tree of comparisons. Both a tool's JSON arguments and a typed [`Filter`](super::Filter) are
//! converted to this form.

/// The query parameter to which a test belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bucket {
    /// Conditions on the record.
    Record,
    /// Conditions on items of the record's lists.
    Child,
    /// Conditions on custom fields.
    Custom,
}

/// A parsed filter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Test(Test),
}

/// A comparison of a field with a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Test {
    pub(super) bucket: Bucket,
    /// The path of the field or, for a custom field, its caption.
    pub(super) field: String,
    pub(super) operator: Operator,
    /// The value in the grammar's syntax.
    pub(super) literal: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
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

/// Why alternatives can't be written.
pub(super) const MIXED_ALTERNATIVES: &str = "alternatives must all test fields of the record, all test fields of list \
     elements, or all test custom fields, because the API takes each kind in a separate parameter";

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

impl Operator {
    /// Returns the operator that is true exactly when this one isn't.
    pub(super) const fn inverse(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
            Self::Contains => Self::NotContains,
            Self::NotContains => Self::Contains,
            Self::Like => Self::NotLike,
            Self::NotLike => Self::Like,
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
        }
    }

    /// Returns true if and only if the operator compares by order.
    pub(super) const fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }

    /// Returns true if and only if the operator compares part of a string.
    pub(super) const fn is_partial(self) -> bool {
        matches!(self, Self::Contains | Self::NotContains | Self::Like | Self::NotLike)
    }

    /// Returns true if and only if the operator compares with a list of values.
    pub(super) const fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }

    /// Returns the operator in the grammar's syntax.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Contains => "contains",
            Self::NotContains => "not contains",
            Self::Like => "like",
            Self::NotLike => "not like",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}
