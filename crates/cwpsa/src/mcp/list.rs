//! `tools/list` by pages. A walk over them shows one list from beginning to end: its cursors hold which tools are
//! listed and whether the account's own fields are in their schemas, and later pages keep to that.
//!
//! No copy of the server remembers a walk, so any of them can answer any page, or says that the list has changed.

use std::fmt;

use connectwise_psa::runtime::{self, Account};
use rmcp::ErrorData;
use rmcp::model::ListToolsResult;

use toolcrate_executor::{ToolExecutor, custom_fields_version, short_fingerprint};

use super::offer;
use super::server::Shape;
use crate::exposure::{ExposureMode, NameStyle};

/// Tools on one page of a list: a page is made in a few milliseconds.
const PAGE: usize = 250;

/// Where a walk goes on, as `start-list` or `start-list-own`. Clients pass it on unread.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cursor {
    /// How many tools were shown.
    start: usize,
    /// Which tools are listed.
    list: String,
    /// The version of the account's own fields, if the walk shows them.
    own: Option<String>,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let start = parts.next()?.parse().ok()?;
        let list = parts.next()?.to_owned();
        let own = parts.next().map(str::to_owned);
        // What `Display` would not write was not written here.
        Some(Self { start, list, own }).filter(|cursor| cursor.to_string() == text)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.list)?;
        self.own.as_ref().map_or(Ok(()), |own| write!(f, "-{own}"))
    }
}

/// The page of `listed` at `cursor`, the first one if there is none.
///
/// # Errors
/// -32602, as the protocol has it, for a cursor that is none of ours, or one of a list that has changed since.
pub async fn page(
    runner: &ToolExecutor,
    shape: Shape,
    listed: &[runtime::Tool],
    cursor: Option<&str>,
) -> Result<ListToolsResult, ErrorData> {
    let Shape { offer, names, output_schemas } = shape;
    let list = version(listed, names);
    let (start, account) = match cursor {
        None => (0, begin(runner, offer)),
        Some(text) => {
            let cursor = Cursor::parse(text).ok_or_else(|| {
                ErrorData::invalid_params(format!("\"{text}\" is no cursor of this server"), None)
            })?;
            if cursor.list != list {
                return Err(changed());
            }
            let account = match &cursor.own {
                Some(own) => Some(keep(runner, own).await?),
                None => None,
            };
            (cursor.start, account)
        }
    };
    // Fields that change while a page is made may be on it already. Then the next cursor does not fit, and a client at
    // the end of its walk hears that the list has changed.
    let own = account.as_ref().and_then(custom_fields_version);
    let mut tools = if start == 0 && offer == ExposureMode::MetaTools { offer::three() } else { Vec::new() };
    tools.extend(
        listed
            .iter()
            .skip(start)
            .take(PAGE)
            .map(|tool| offer::of_catalog(*tool, names, output_schemas, account.as_ref())),
    );
    let mut result = ListToolsResult::with_all_items(tools);
    let start = start.saturating_add(PAGE);
    result.next_cursor = (start < listed.len()).then(|| Cursor { start, list, own }.to_string());
    Ok(result)
}

/// The account whose fields a walk that begins now shows.
fn begin(runner: &ToolExecutor, offer: ExposureMode) -> Option<Account> {
    if offer != ExposureMode::MetaTools {
        // A list does not wait for the account. If it has fields of its own, or others than before, the client hears
        // that the list has changed; the walk that has begun goes on without them.
        let runner = runner.clone();
        tokio::spawn(async move { runner.account().await });
    }
    runner.custom_fields().cached().filter(|account| custom_fields_version(account).is_some())
}

/// The account with this version of its fields. Unlike a first page, a later one waits for them, for a few seconds: the
/// walk may have begun at another copy, and one that were refused there would begin again at either, to be refused by
/// the other, until both know them. A copy that knows another version may have the old one, so it asks too.
async fn keep(runner: &ToolExecutor, own: &str) -> Result<Account, ErrorData> {
    let is_it = |account: &Account| custom_fields_version(account).as_deref() == Some(own);
    if let Some(account) = runner.custom_fields().cached().filter(is_it) {
        return Ok(account);
    }
    runner.refresh_account().await.filter(is_it).ok_or_else(changed)
}

/// NameStyle a list: alike for the same tools under the same names.
fn version(listed: &[runtime::Tool], names: NameStyle) -> String {
    let mut text = String::new();
    for tool in listed {
        text.push_str(offer::shown(*tool, names));
        text.push('\n');
    }
    short_fingerprint(&text)
}

fn changed() -> ErrorData {
    let message = "the list of tools has changed since this cursor was given: begin again, without a cursor";
    ErrorData::invalid_params(message, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is() {
        for own in [None, Some("0123456789abcdef".to_owned())] {
            let cursor = Cursor { start: 250, list: "fedcba9876543210".to_owned(), own };
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        for text in ["", "x", "250", "+250-a", "0250-a", "-250-a", "250-a-b-c", "99999999999999999999999-a"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
