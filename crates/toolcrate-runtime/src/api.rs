//! Describes an API as a whole: pagination, error format, and the properties to remove from results. Every generated
//! crate contains one static with this description.

use toolcrate_catalog::FilterScalar;

/// API properties that apply to all operations.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// The API's name, for messages.
    pub name: &'static str,
    /// The `User-Agent` header.
    pub user_agent: &'static str,
    /// The `Accept` header for requests that expect JSON.
    pub accept: &'static str,
    /// How lists are paginated.
    pub paging: Paging,
    /// The locations of the parts of an error response.
    pub errors: ErrorShape,
    /// The format of JSON Patch paths.
    pub patch_paths: PatchPaths,
    /// Properties that tools drop from responses at every depth.
    pub trim: &'static [&'static str],
    /// The query parameter that lists the properties to return. Properties listed in it aren't trimmed.
    pub fields_parameter: Option<&'static str>,
    /// How a structured filter is sent, if the API has filters.
    pub filter: Option<FilterGrammar>,
    /// How records represent an account's custom fields, if the API has them.
    pub custom_fields: Option<CustomFields>,
    /// The security schemes of operations that declare none of their own: alternatives, each with the schemes that are
    /// sent together.
    pub security: &'static [&'static [&'static str]],
}

impl Api {
    /// Describes an API with unknown list and error formats and without filters or custom fields. Set what differs with
    /// struct update syntax.
    ///
    /// ```
    /// use toolcrate_runtime::{Api, Paging};
    ///
    /// static API: Api = Api {
    ///     paging: Paging::Page { page: "page", size: "pageSize", max_size: 100 },
    ///     ..Api::new("Orders", "orders/1.0")
    /// };
    /// ```
    pub const fn new(name: &'static str, user_agent: &'static str) -> Self {
        Self {
            name,
            user_agent,
            accept: "application/json",
            paging: Paging::None,
            errors: ErrorShape::UNKNOWN,
            patch_paths: PatchPaths::Pointer,
            trim: &[],
            fields_parameter: None,
            filter: None,
            custom_fields: None,
            security: &[],
        }
    }
}

/// The argument for a structured filter, and the query parameters in which it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterGrammar {
    /// The argument.
    pub argument: &'static str,
    /// The parameter for conditions on the record.
    pub conditions: &'static str,
    /// The parameter for conditions on list items.
    pub child_conditions: &'static str,
    /// The parameter for conditions on custom fields.
    pub custom_field_conditions: &'static str,
    /// The record property that contains custom fields: `property/caption` refers to one of them.
    pub custom_fields: &'static str,
    /// Fields by which records can be filtered and sorted although they don't contain them.
    pub extra_fields: &'static [ExtraField],
}

/// A field by which records can be filtered and sorted although they don't contain it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtraField {
    /// The field name.
    pub name: &'static str,
    /// A property that exists on all records that have the field, such as their metadata.
    pub beside: &'static str,
    /// The type of its values.
    pub kind: FilterScalar,
}

/// How records represent an account's custom fields: a list of objects, each with a definition ID, a caption, and a
/// value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomFields {
    /// The record property that contains them.
    pub member: &'static str,
    /// The property with the ID, in both list items and definitions.
    pub key: &'static str,
    /// The property with the caption, in both list items and definitions.
    pub caption: &'static str,
    /// The property with the value, in list items.
    pub value: &'static str,
    /// How definitions are fetched; `None` if the API has no operation for it.
    pub definitions: Option<CustomFieldDefinitions>,
}

/// The list of an account's custom field definitions, and the names of their properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomFieldDefinitions {
    /// The path of the list.
    pub path: &'static str,
    /// The property with the type.
    pub kind: &'static str,
    /// The value type for each type name; other types are text.
    pub kinds: &'static [(&'static str, CustomFieldKind)],
    /// The property that indicates whether the field is required.
    pub required: &'static str,
    /// The property that indicates whether the field is read-only.
    pub read_only: &'static str,
    /// The property with the list of options.
    pub options: &'static str,
    /// The property with the value, in an option.
    pub option: &'static str,
    /// The property that indicates whether an option is inactive.
    pub inactive: &'static str,
    /// The properties with the screens that show a field. The screens determine which records have the field.
    pub screen_fields: &'static [&'static str],
    /// Records by name, with their screens.
    pub records: &'static [(&'static str, &'static [&'static str])],
    /// Words in a screen's name that don't belong to the record's name, in lower case.
    pub screen_words: &'static [&'static str],
}

/// The type of a custom field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomFieldKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A date.
    Date,
}

/// The pointer to items that are the only list in a response, whatever its name.
pub(crate) const ONLY_LIST: &str = "*";

/// How lists are paginated. A `Link` header with `rel="next"` is always followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// Lists are complete, or continue with a `Link` header.
    None,
    /// Pages are numbered from 1.
    Page {
        /// The query parameter with the page number.
        page: &'static str,
        /// The query parameter with the page size.
        size: &'static str,
        /// The maximum page size.
        max_size: u32,
    },
    /// A response is an object that contains the items and a cursor for the next page.
    Cursor {
        /// The query parameter for the cursor.
        parameter: &'static str,
        /// JSON pointer to the cursor: a string, a number, or a URL that contains the query for the next page.
        next: &'static str,
        /// JSON pointer to the items, or `*` for the only list in the response.
        items: &'static str,
    },
    /// Pages are numbered from 1, and a response is an object that contains the items.
    PageIn {
        /// The query parameter with the page number.
        page: &'static str,
        /// The query parameter with the page size.
        size: &'static str,
        /// The maximum page size.
        max_size: u32,
        /// JSON pointer to the items, or `*` for the only list in the response.
        items: &'static str,
    },
    /// Pages start at an item, counted from 0.
    Offset {
        /// The query parameter with the first item's position.
        offset: &'static str,
        /// The query parameter with the page size.
        limit: &'static str,
        /// The maximum page size.
        max_size: u32,
        /// JSON pointer to the items, or `*` for the only list in the response; empty if the response itself is the
        /// list.
        items: &'static str,
    },
    /// A response header contains a cursor for the next page.
    Header {
        /// The query parameter for the cursor.
        parameter: &'static str,
        /// The header, in lower case.
        header: &'static str,
        /// JSON pointer to the items, or `*` for the only list in the response; empty if the response itself is the
        /// list.
        items: &'static str,
    },
}

impl Paging {
    /// Returns the query parameters with a page's position and size, if both are numbers.
    #[cfg(feature = "tools")]
    pub(crate) fn numbers(&self) -> Option<(&'static str, &'static str)> {
        match *self {
            Self::Page { page, size, .. } | Self::PageIn { page, size, .. } => Some((page, size)),
            Self::Offset { offset, limit, .. } => Some((offset, limit)),
            Self::None | Self::Cursor { .. } | Self::Header { .. } => None,
        }
    }

    /// Returns the query parameter with the page size, and the maximum size.
    pub(crate) fn max_page_size(&self) -> Option<(&'static str, u32)> {
        match *self {
            Self::Page { size, max_size, .. }
            | Self::PageIn { size, max_size, .. }
            | Self::Offset { limit: size, max_size, .. } => Some((size, max_size)),
            Self::None | Self::Cursor { .. } | Self::Header { .. } => None,
        }
    }

    /// Returns true if the items are located by the structure of a response.
    pub(crate) fn is_by_shape(&self) -> bool {
        self.items() == Some(ONLY_LIST)
    }

    /// Returns the JSON pointer to the items in a response that is an object.
    pub(crate) fn items(&self) -> Option<&'static str> {
        match *self {
            Self::None | Self::Page { .. } => None,
            Self::Cursor { items, .. }
            | Self::PageIn { items, .. }
            | Self::Offset { items, .. }
            | Self::Header { items, .. } => Some(items).filter(|items| !items.is_empty()),
        }
    }
}

/// JSON pointers into an error response. The first one in each list that resolves to a string or a number is used.
#[derive(Clone, Copy, Debug)]
pub struct ErrorShape {
    /// The error's code.
    pub code: &'static [&'static str],
    /// The error's message.
    pub message: &'static [&'static str],
    /// The list of individual errors.
    pub list: &'static [&'static str],
    /// The code of an individual error.
    pub item_code: &'static [&'static str],
    /// The message of an individual error.
    pub item_message: &'static [&'static str],
    /// The affected field of an individual error.
    pub item_field: &'static [&'static str],
}

impl ErrorShape {
    /// The shape of error responses of unknown format, from which only the status is read.
    pub const UNKNOWN: Self =
        Self { code: &[], message: &[], list: &[], item_code: &[], item_message: &[], item_field: &[] };
}

/// The format of JSON Patch paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchPaths {
    /// As in the standard: `/name`.
    Pointer,
    /// Without the leading slash: `name`.
    Bare,
}
