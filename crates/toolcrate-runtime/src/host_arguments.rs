//! Arguments that agent hosts add to their models' calls, and that no tool declares.

use std::sync::Arc;

/// Arguments that known hosts add: workflow engines the id of the call and of the session and the text of the chat, editors an
/// explanation for their user.
const KNOWN: &[&str] = &[
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
    "waitForPreviousTools",
];

/// The names of arguments that a host adds to calls. A tool that has no argument of such a name ignores it. By default,
/// those that known hosts add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostArguments(Arc<[String]>);

impl HostArguments {
    /// These names alone.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl Default for HostArguments {
    fn default() -> Self {
        Self::new(KNOWN.iter().copied())
    }
}
