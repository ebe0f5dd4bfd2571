//! Lists arguments that agent hosts add to every call although no tool declares them. They are ignored.

use std::sync::Arc;

/// Arguments added by known hosts: workflow engines add IDs of the call and session and the chat's text; editors add an
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

/// The names of arguments that an agent host adds to calls. A tool that has no such argument ignores it. By default,
/// these are the arguments added by known hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostArguments(Arc<[String]>);

impl HostArguments {
    /// Creates a list with only these names.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    /// Returns the names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl Default for HostArguments {
    fn default() -> Self {
        Self::new(KNOWN.iter().copied())
    }
}
