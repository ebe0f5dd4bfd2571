//! Arguments that hosts add to the calls of their models, and that no tool has.

/// The names of arguments that a host adds to calls. A tool that has no argument of such a name ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostArguments(&'static [&'static str]);

impl HostArguments {
    /// What known hosts add: workflow engines the id of the call and of the session and the text of the chat, editors an
    /// explanation for their user.
    pub const KNOWN: Self = Self(&[
        "_meta",
        "action",
        "callbacks",
        "chatId",
        "chatInput",
        "explanation",
        "run_manager",
        "sessionId",
        "toolAction",
        "toolCallId",
        "toolSummary",
        "tool_call_id",
        "waitForPreviousTools",
    ]);
    /// Nothing is ignored.
    pub const NONE: Self = Self(&[]);

    /// These names alone.
    pub const fn new(names: &'static [&'static str]) -> Self {
        Self(names)
    }

    /// The names.
    pub fn names(self) -> &'static [&'static str] {
        self.0
    }

    /// Returns true if and only if `name` is one of the names.
    pub fn contains(self, name: &str) -> bool {
        self.0.contains(&name)
    }
}

impl Default for HostArguments {
    fn default() -> Self {
        Self::KNOWN
    }
}
