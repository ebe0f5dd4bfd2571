//! What a generated crate says about its API as a whole: how pages are asked for, how errors look, what is
//! trimmed. One static of it stands in every generated crate.

/// The traits of an API that no single operation has.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// The API's name, for messages.
    pub name: &'static str,
    /// The `User-Agent` header.
    pub user_agent: &'static str,
    /// The `Accept` header of requests that expect JSON.
    pub accept: &'static str,
    /// How the pages of a list are asked for.
    pub paging: Paging,
    /// Where an error answer says what.
    pub errors: ErrorShape,
    /// How the paths of a JSON Patch are written.
    pub patch_paths: PatchPaths,
    /// Members that tools drop from answers at every depth.
    pub trim: &'static [&'static str],
    /// The query parameter in which a caller lists members; one listed there is not trimmed.
    pub fields_parameter: Option<&'static str>,
    /// How a structured filter is sent; `None` where the API takes none.
    pub filter: Option<FilterGrammar>,
    /// How records hold the fields that an account defines for itself; `None` where there are none.
    pub custom_fields: Option<CustomFields>,
}

/// The argument that takes a structured filter, and the query parameters that it is sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterGrammar {
    /// The argument.
    pub argument: &'static str,
    /// The parameter for conditions on the record.
    pub conditions: &'static str,
    /// The parameter for conditions on members of lists.
    pub child_conditions: &'static str,
    /// The parameter for conditions on custom fields.
    pub custom_field_conditions: &'static str,
    /// The member of a record that holds its custom fields: `member/caption` asks for one.
    pub custom_fields: &'static str,
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
    /// Where the definitions are; `None` where they can't be read.
    pub definitions: Option<CustomFieldDefinitions>,
}

/// Where an account's definitions of its own fields are, and what their members are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomFieldDefinitions {
    /// The tool that lists them.
    pub tool: &'static str,
    /// The member with the type.
    pub kind: &'static str,
    /// What the types mean; others are text.
    pub kinds: &'static [(&'static str, CustomFieldKind)],
    /// The member that says whether a record must have the field.
    pub required: &'static str,
    /// The member that says whether the field can only be read.
    pub read_only: &'static str,
    /// The member with the list of choices.
    pub options: &'static str,
    /// Within a choice: the value.
    pub option: &'static str,
    /// Within a choice: whether it is no longer offered.
    pub inactive: &'static str,
    /// The members that say where a field is shown, and so which records have it.
    pub places: &'static [&'static str],
    /// Records by name, and the places that are theirs.
    pub records: &'static [(&'static str, &'static [&'static str])],
    /// Words in the name of a place that don't name the record, lower case.
    pub place_words: &'static [&'static str],
}

/// What a field that an account defined takes.
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

/// How the pages of a list are asked for. A `Link` header with `rel="next"` is followed in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// Lists come whole, or say how they go on in a `Link` header.
    None,
    /// Pages are numbered from 1.
    Page {
        /// The query parameter with the page's number.
        page: &'static str,
        /// The query parameter with the number of items on a page.
        size: &'static str,
        /// The most items that a page can have.
        max_size: u32,
    },
    /// The answer is an object that holds the items and a mark for the next page.
    Cursor {
        /// The query parameter that takes the mark.
        parameter: &'static str,
        /// JSON pointer to the mark: text, a number, or an address whose query is the next page's.
        next: &'static str,
        /// JSON pointer to the items.
        items: &'static str,
    },
}

/// JSON pointers into an error answer; of several, the first that leads to text or a number counts.
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
