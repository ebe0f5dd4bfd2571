//! Pagination settings.

use serde::Deserialize;

/// The pointer of rows that are the only list of a response, whatever it is called.
pub const ONLY_LIST: &str = "*";

/// How lists are paged. A `Link` header with `rel="next"` is followed in any case.
///
/// `items` is the JSON pointer of the rows in a response, or `*` for the only list in it, whatever it is called; without
/// it the response is the list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PagingConfig {
    /// Lists are complete, or continue by a `Link` header.
    #[default]
    None,
    /// Pages are numbered from 1.
    Page {
        /// Query parameter of the page's number.
        page: String,
        /// Query parameter of the page's size.
        size: String,
        /// The largest page that the server returns.
        max_size: u32,
        /// JSON pointer of the rows.
        #[serde(default)]
        items: Option<String>,
    },
    /// Pages begin at a row, counted from 0.
    Offset {
        /// Query parameter of the first row.
        offset: String,
        /// Query parameter of the page's size.
        limit: String,
        /// The largest page that the server returns.
        max_size: u32,
        /// JSON pointer of the rows.
        #[serde(default)]
        items: Option<String>,
    },
    /// A cursor in the response's body.
    Cursor {
        /// Query parameter that takes the cursor.
        parameter: String,
        /// JSON pointer of the next cursor in the response.
        next: String,
        /// JSON pointer of the rows.
        items: String,
    },
    /// A cursor in a header of the response.
    Header {
        /// Query parameter that takes the cursor.
        parameter: String,
        /// The header with the next cursor.
        header: String,
        /// JSON pointer of the rows.
        #[serde(default)]
        items: Option<String>,
    },
}

impl PagingConfig {
    /// Returns true if lists come in pages.
    pub fn is_paged(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// Returns the names of the query parameters that choose a page.
    pub fn parameters(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::Page { page, size, .. } => vec![page, size],
            Self::Offset { offset, limit, .. } => vec![offset, limit],
            Self::Cursor { parameter, .. } | Self::Header { parameter, .. } => vec![parameter],
        }
    }

    /// Returns the JSON pointer of the rows, if the response of a list is an object that holds them.
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
