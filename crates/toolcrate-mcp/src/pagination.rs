//! Paginates `tools/list`. All pages that a client fetches one after another come from the same list: the cursor
//! records which tools are listed and whether their schemas include the account's custom fields, and later pages follow
//! it.
//!
//! Replicas keep no pagination state, so any replica can return any page, or report that the list has changed.

use std::fmt;

use rmcp::model::{ListToolsResult, Tool as McpTool};
use toolcrate_executor::{ToolExecutor, custom_fields_version, short_fingerprint};
use toolcrate_runtime::{Account, NameStyle, Tool};

use crate::error::McpError;
use crate::listing::ExposureMode;
use crate::tool_context::ToolContext;
use crate::tool_definition::to_mcp_tool;

/// Number of tools on a page, which takes a few milliseconds to build.
const PAGE_SIZE: usize = 250;

/// A cursor, written as `start-list` or `start-list-fields`. It is opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ListCursor {
    /// The number of tools listed so far.
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
        // Text that `Display` wouldn't produce wasn't issued here.
        Some(Self { start, list, custom_fields }).filter(|cursor| cursor.to_string() == text)
    }
}

impl fmt::Display for ListCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.list)?;
        self.custom_fields.as_ref().map_or(Ok(()), |version| write!(f, "-{version}"))
    }
}

/// Returns the page at `cursor`, or the first one, which begins with `meta_tools` if those are listed.
///
/// # Errors
/// Returns an error for a cursor that this server didn't issue, or whose list has changed.
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
    // Fields that change in the meantime may already be on this page. In that case, the next cursor no longer matches,
    // and a client at the end of its walk is notified that the list has changed.
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

/// Returns the account whose custom fields a new walk shows. A list waits for them: a client that got a list without
/// them would immediately be notified of a change, while it makes its first call or disconnects. If they can't be
/// fetched in time, the list is returned without them.
pub(crate) async fn first_page_account(context: &ToolContext) -> Option<Account> {
    let executor = &context.executor;
    let account = match context.listing.mode {
        ExposureMode::MetaTools => executor.custom_fields().cached(),
        ExposureMode::Filtered | ExposureMode::All => executor.account().await,
    };
    account.filter(|account| custom_fields_version(account).is_some())
}

/// Returns the version of the list as it would be shown now, with what is known about the account. It changes if and
/// only if a client should list again.
pub(crate) fn shown_version(context: &ToolContext, tools: &[Tool]) -> String {
    let names = list_version(tools, context.listing.names);
    let account = context.executor.custom_fields().cached();
    let fields = match (context.listing.mode, &account) {
        (_, None) => None,
        // Few tools are listed, and most of them have no custom fields.
        (ExposureMode::MetaTools, Some(account)) => {
            let differs = |tool: &Tool| account.input_schema(*tool) != tool.input_schema_value();
            tools.iter().any(differs).then(|| custom_fields_version(account)).flatten()
        }
        (ExposureMode::Filtered | ExposureMode::All, Some(account)) => custom_fields_version(account),
    };
    format!("{names}-{}", fields.unwrap_or_default())
}

/// Returns the account with this version of its custom fields. Unlike the first page, a later page must have them: the
/// walk may have begun on another replica, and a client rejected here would restart on either replica and be rejected
/// by the other until both know the fields. A replica that knows another version may have an outdated one, so it
/// fetches them too.
async fn later_page_account(executor: &ToolExecutor, version: &str) -> Result<Account, McpError> {
    let has_version = |account: &Account| custom_fields_version(account).as_deref() == Some(version);
    if let Some(account) = executor.custom_fields().cached().filter(has_version) {
        return Ok(account);
    }
    executor.refresh_account().await.filter(has_version).ok_or(McpError::ListChanged)
}

/// Returns the version of a list, which is the same for the same tools under the same names.
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
