//! Describes an API as a whole: pagination, the shape of errors, which properties are trimmed. Every generated crate has one
//! static of it.

use toolcrate_catalog::FilterScalar;

/// The properties of an API that hold for all its operations.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// The API's name, for messages.
    pub name: &'static str,
    /// The `User-Agent` header.
    pub user_agent: &'static str,
    /// The `Accept` header of requests that expect JSON.
    pub accept: &'static str,
    /// How lists are paginated.
    pub paging: Paging,
    /// Where the parts of an error response are.
    pub errors: ErrorShape,
    /// How the paths of a JSON Patch are written.
    pub patch_paths: PatchPaths,
    /// Properties that tools drop from responses at every depth.
    pub trim: &'static [&'static str],
    /// The query parameter that lists the properties to return; one that is listed is not trimmed.
    pub fields_parameter: Option<&'static str>,
    /// How a structured filter is sent, if the API has filters.
    pub filter: Option<FilterGrammar>,
    /// How records hold the custom fields of an account, if the API has them.
    pub custom_fields: Option<CustomFields>,
}

/// The argument that takes a structured filter, and the query parameters that it is sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterGrammar {
    /// The argument.
    pub argument: &'static str,
    /// The parameter for conditions on the record.
    pub conditions: &'static str,
    /// The parameter for conditions on the items of lists.
    pub child_conditions: &'static str,
    /// The parameter for conditions on custom fields.
    pub custom_field_conditions: &'static str,
    /// The member of a record that holds its custom fields: `member/caption` asks for one.
    pub custom_fields: &'static str,
    /// Fields that records can be filtered and sorted by although they don't have them.
    pub extra_fields: &'static [ExtraField],
}

/// A field that records can be filtered and sorted by although they don't have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtraField {
    /// The field.
    pub name: &'static str,
    /// The member of all records that have it, such as the one with their metadata.
    pub beside: &'static str,
    /// The type of its values.
    pub kind: FilterScalar,
}

/// How records hold the fields that an account defines for itself: a list of objects, each with the id of a
/// definition, its caption, and the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomFields {
    /// The member of a record that holds them.
    pub member: &'static str,
    /// Within an object of the list, and within a definition: the id.
    pub key: &'static str,
    /// Within both: the caption.
    pub caption: &'static str,
    /// Within an object of the list: the value.
    pub value: &'static str,
    /// How definitions are read; `None` if the API has no operation for it.
    pub definitions: Option<CustomFieldDefinitions>,
}

/// The list of the definitions of an account's custom fields, and the names of their properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomFieldDefinitions {
    /// The path of the list.
    pub path: &'static str,
    /// The property with the type.
    pub kind: &'static str,
    /// The type of values for each type name; others are text.
    pub kinds: &'static [(&'static str, CustomFieldKind)],
    /// The property that tells whether the field is required.
    pub required: &'static str,
    /// The property that tells whether the field is read-only.
    pub read_only: &'static str,
    /// The property with the list of options.
    pub options: &'static str,
    /// In an option: the property with the value.
    pub option: &'static str,
    /// In an option: the property that tells whether it is inactive.
    pub inactive: &'static str,
    /// The properties with the screens that show a field, which determine the records that have it.
    pub screen_fields: &'static [&'static str],
    /// Records by name, with their screens.
    pub records: &'static [(&'static str, &'static [&'static str])],
    /// Words in the name of a screen that don't name the record, lower case.
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

/// The pointer of items that are the only list in a response, whatever it is called.
pub(crate) const ONLY_LIST: &str = "*";

/// How lists are paginated. A `Link` header with `rel="next"` is followed in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// Lists are complete, or continue by a `Link` header.
    None,
    /// Pages are numbered from 1.
    Page {
        /// The query parameter with the page's number.
        page: &'static str,
        /// The query parameter with the number of items on a page.
        size: &'static str,
        /// The maximum number of items on a page.
        max_size: u32,
    },
    /// A response is an object that holds the items and a cursor for the next page.
    Cursor {
        /// The query parameter that takes the cursor.
        parameter: &'static str,
        /// JSON pointer to the cursor: text, a number, or a URL whose query is that of the next page.
        next: &'static str,
        /// JSON pointer to the items, or `*` for the only list in the response.
        items: &'static str,
    },
    /// Pages are numbered from 1, and a response is an object that holds the items.
    PageIn {
        /// The query parameter with the page's number.
        page: &'static str,
        /// The query parameter with the number of items on a page.
        size: &'static str,
        /// The maximum number of items on a page.
        max_size: u32,
        /// JSON pointer to the items, or `*` for the only list in the response.
        items: &'static str,
    },
    /// Pages begin at an item, counted from 0.
    Offset {
        /// The query parameter with the first item.
        offset: &'static str,
        /// The query parameter with the number of items on a page.
        limit: &'static str,
        /// The maximum number of items on a page.
        max_size: u32,
        /// JSON pointer to the items, or `*` for the only list in the response; empty if the response is the list.
        items: &'static str,
    },
    /// A header of the response has a cursor for the next page.
    Header {
        /// The query parameter that takes the cursor.
        parameter: &'static str,
        /// The header, in lower case.
        header: &'static str,
        /// JSON pointer to the items, or `*` for the only list in the response; empty if the response is the list.
        items: &'static str,
    },
}

impl Paging {
    /// Returns the query parameters with the position and the size of a page, if both are numbers.
    #[cfg(feature = "tools")]
    pub(crate) fn numbers(&self) -> Option<(&'static str, &'static str)> {
        match *self {
            Self::Page { page, size, .. } | Self::PageIn { page, size, .. } => Some((page, size)),
            Self::Offset { offset, limit, .. } => Some((offset, limit)),
            Self::None | Self::Cursor { .. } | Self::Header { .. } => None,
        }
    }

    /// Returns true if the items are found by the shape of a response.
    pub(crate) fn is_by_shape(&self) -> bool {
        self.items() == Some(ONLY_LIST)
    }

    /// Returns the JSON pointer to the items of a response that is an object.
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

/// JSON pointers into an error response; of several, the first that leads to text or a number is used.
#[derive(Clone, Copy, Debug)]
pub struct ErrorShape {
    /// The error's code.
    pub code: &'static [&'static str],
    /// The error's message.
    pub message: &'static [&'static str],
    /// The list of single errors.
    pub list: &'static [&'static str],
    /// Within a single error: its code.
    pub item_code: &'static [&'static str],
    /// Within a single error: its message.
    pub item_message: &'static [&'static str],
    /// Within a single error: the member it is about.
    pub item_field: &'static [&'static str],
}

/// How the paths of a JSON Patch are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchPaths {
    /// As the standard says: `/name`.
    Pointer,
    /// Without the slash: `name`.
    Bare,
}
