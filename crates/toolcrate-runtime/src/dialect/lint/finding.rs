//! Problems that the linter finds.

/// A rule that a declaration violates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintFinding {
    /// The rule, in one or two words.
    pub rule: &'static str,
    /// JSON pointer into the declaration.
    pub pointer: String,
    /// The problem, in one sentence.
    pub message: String,
}

/// The findings so far.
#[derive(Default)]
pub(in crate::dialect) struct LintFindings(Vec<LintFinding>);

impl LintFindings {
    pub(in crate::dialect) fn add(
        &mut self,
        rule: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.0.push(LintFinding { rule, pointer: pointer.into(), message: message.into() });
    }

    pub(super) fn into_vec(self) -> Vec<LintFinding> {
        self.0
    }
}
