//! `tools/list`, paginated. The pages of a walk are those of one list: the cursor says which tools are listed and whether
//! the account's custom fields are in their schemas, and later pages stay with that.
//!
//! No replica remembers a walk, so each of them can answer any page, or report that the list has changed.

use std::fmt;

use rmcp::model::{ListToolsResult, Tool as McpTool};
use toolcrate_executor::{ToolExecutor, custom_fields_version, short_fingerprint};
use toolcrate_runtime::{Account, NameStyle, Tool};

use crate::error::McpError;
use crate::listing::ExposureMode;
use crate::tool_context::ToolContext;
use crate::tool_definition::to_mcp_tool;

/// Tools on a page, which then takes a few milliseconds.
const PAGE_SIZE: usize = 250;

/// A cursor, as `start-list` or `start-list-fields`. It is opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ListCursor {
    /// How many tools were listed.
    start: usize,
    /// The version of the list.
    list: String,
    /// The version of the account's custom fields, if the walk shows them.
    custom_fields: Option<String>,
}

impl ListCursor {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let start = parts.next()?.parse().ok()?;
        let list = parts.next()?.to_owned();
        let custom_fields = parts.next().map(str::to_owned);
        // What `Display` would not write was not written here.
        Some(Self { start, list, custom_fields }).filter(|cursor| cursor.to_string() == text)
    }
}

impl fmt::Display for ListCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.list)?;
        self.custom_fields.as_ref().map_or(Ok(()), |version| write!(f, "-{version}"))
    }
}

/// The page at `cursor`, or the first one, which begins with `meta_tools` where those are listed.
///
/// # Errors
/// Returns an error for a cursor that this server did not issue, or whose list has changed.
pub(crate) async fn list_page(
    context: &ToolContext,
    meta_tools: impl Iterator<Item = &McpTool>,
    tools: &[Tool],
    cursor: Option<&str>,
) -> Result<ListToolsResult, McpError> {
    let listing = context.listing;
    let list = list_version(tools, listing.names);
    let (start, account) = match cursor {
        None => (0, first_page_account(context).await),
        Some(text) => {
            let cursor = ListCursor::parse(text).ok_or_else(|| McpError::InvalidCursor(text.to_owned()))?;
            if cursor.list != list {
                return Err(McpError::ListChanged);
            }
            let account = match &cursor.custom_fields {
                Some(version) => Some(later_page_account(&context.executor, version).await?),
                None => None,
            };
            (cursor.start, account)
        }
    };
    // Fields that change meanwhile may be on this page already. The next cursor does not fit then, and a client at the
    // end of its walk is notified that the list has changed.
    let custom_fields = account.as_ref().and_then(custom_fields_version);
    let with_meta_tools = start == 0 && listing.mode == ExposureMode::MetaTools;
    let mut page: Vec<McpTool> = meta_tools.filter(|_| with_meta_tools).cloned().collect();
    page.extend(
        tools
            .iter()
            .skip(start)
            .take(PAGE_SIZE)
            .map(|tool| to_mcp_tool(*tool, listing.names, listing.output_schemas, account.as_ref())),
    );
    let mut result = ListToolsResult::with_all_items(page);
    let start = start.saturating_add(PAGE_SIZE);
    let next = ListCursor { start, list, custom_fields };
    result.next_cursor = (start < tools.len()).then(|| next.to_string());
    Ok(result)
}

/// The account whose custom fields a new walk shows. A list waits for them: a client that got a list without them would be
/// notified a moment later that it has changed, while it makes its first call or leaves. If they can't be had in time, the
/// list goes without them.
pub(crate) async fn first_page_account(context: &ToolContext) -> Option<Account> {
    let executor = &context.executor;
    let account = match context.listing.mode {
        ExposureMode::MetaTools => executor.custom_fields().cached(),
        ExposureMode::Filtered | ExposureMode::All => executor.account().await,
    };
    account.filter(|account| custom_fields_version(account).is_some())
}

/// The version of the list as it would be shown now, with what is known of the account. It differs if and only if a client
/// should list again.
pub(crate) fn shown_version(context: &ToolContext, tools: &[Tool]) -> String {
    let names = list_version(tools, context.listing.names);
    let account = context.executor.custom_fields().cached();
    let fields = match (context.listing.mode, &account) {
        (_, None) => None,
        // Few tools are listed, and most of them don't have custom fields.
        (ExposureMode::MetaTools, Some(account)) => {
            let differs = |tool: &Tool| account.input_schema(*tool) != tool.input_schema_value();
            tools.iter().any(differs).then(|| custom_fields_version(account)).flatten()
        }
        (ExposureMode::Filtered | ExposureMode::All, Some(account)) => custom_fields_version(account),
    };
    format!("{names}-{}", fields.unwrap_or_default())
}

/// The account with this version of its custom fields. Unlike the first page, a later one waits for them: the walk may
/// have begun at another replica, and a client that was refused here would begin again at either, to be refused by the
/// other, until both know the fields. A replica that knows another version may have the old one, so it asks too.
async fn later_page_account(executor: &ToolExecutor, version: &str) -> Result<Account, McpError> {
    let has_version = |account: &Account| custom_fields_version(account).as_deref() == Some(version);
    if let Some(account) = executor.custom_fields().cached().filter(has_version) {
        return Ok(account);
    }
    executor.refresh_account().await.filter(has_version).ok_or(McpError::ListChanged)
}

/// The version of a list: the same for the same tools under the same names.
fn list_version(tools: &[Tool], names: NameStyle) -> String {
    let mut text = String::new();
    for tool in tools {
        text.push_str(tool.name_in(names));
        text.push('\n');
    }
    short_fingerprint(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip_and_others_are_rejected() {
        for custom_fields in [None, Some("0123456789abcdef".to_owned())] {
            let cursor = ListCursor { start: 250, list: "fedcba9876543210".to_owned(), custom_fields };
            assert_eq!(ListCursor::parse(&cursor.to_string()), Some(cursor));
        }
        for text in ["", "x", "250", "+250-a", "0250-a", "-250-a", "250-a-b-c", "99999999999999999999999-a"] {
            assert_eq!(ListCursor::parse(text), None, "{text}");
        }
    }
}
