//! Profile settings for pagination.

use serde::Deserialize;

/// The pointer for rows that are the only list in a response, whatever its name.
pub const ONLY_LIST: &str = "*";

/// How lists are paginated. A `Link` header with `rel="next"` is always followed.
///
/// `items` is the JSON pointer to the rows in a response, or `*` for its only list, whatever its name; without it, the
/// response itself is the list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PagingConfig {
    /// Lists are complete, or continue with a `Link` header.
    #[default]
    None,
    /// Pages are numbered from 1.
    Page {
        /// The query parameter with the page number.
        page: String,
        /// The query parameter with the page size.
        size: String,
        /// The largest page size that the server supports.
        max_size: u32,
        /// JSON pointer to the rows.
        #[serde(default)]
        items: Option<String>,
    },
    /// Pages start at a row, counted from 0.
    Offset {
        /// The query parameter with the first row's position.
        offset: String,
        /// The query parameter with the page size.
        limit: String,
        /// The largest page size that the server supports.
        max_size: u32,
        /// JSON pointer to the rows.
        #[serde(default)]
        items: Option<String>,
    },
    /// A response body contains a cursor.
    Cursor {
        /// The query parameter for the cursor.
        parameter: String,
        /// JSON pointer to the next cursor in the response.
        next: String,
        /// JSON pointer to the rows.
        items: String,
    },
    /// A response header contains a cursor.
    Header {
        /// The query parameter for the cursor.
        parameter: String,
        /// The header with the next cursor.
        header: String,
        /// JSON pointer to the rows.
        #[serde(default)]
        items: Option<String>,
    },
}

impl PagingConfig {
    /// Returns true if lists are paginated.
    pub fn is_paged(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// Returns the names of the query parameters that select a page.
    pub fn parameters(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::Page { page, size, .. } => vec![page, size],
            Self::Offset { offset, limit, .. } => vec![offset, limit],
            Self::Cursor { parameter, .. } | Self::Header { parameter, .. } => vec![parameter],
        }
    }

    /// Returns the JSON pointer to the rows, if a list response is an object that contains them.
    pub fn items(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Page { items, .. } | Self::Offset { items, .. } | Self::Header { items, .. } => {
                items.as_deref()
            }
            Self::Cursor { items, .. } => Some(items),
        }
    }
}
