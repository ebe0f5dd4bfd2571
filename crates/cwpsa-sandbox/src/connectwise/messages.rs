//! The wording of the API's error messages.

use super::error::{ApiError, INVALID_DATE, InvalidField};

/// Names of .NET types, which the API's JSON reader uses for the types of values.
pub(crate) mod type_names {
    pub(crate) const BOOLEAN: &str = "System.Boolean";
    pub(crate) const DECIMAL: &str = "System.Decimal";
    pub(crate) const ENUM: &str = "enum";
    pub(crate) const INTEGER: &str = "System.Int32";
    pub(crate) const LIST: &str = "System.Collections.Generic.List";
    pub(crate) const OBJECT: &str = "Object";
    pub(crate) const PATCH: &str = "Microsoft.AspNetCore.JsonPatch.JsonPatchDocument";
    pub(crate) const SEARCH: &str = "FilterValues";
    pub(crate) const STRING: &str = "System.String";
}

impl ApiError {
    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "Unauthorized", "Authentication failed.")
    }

    pub(crate) fn missing_client_id() -> Self {
        Self::general(403, "The clientId header is missing or not a known integration.")
    }

    pub(crate) fn method_not_allowed(method: &str) -> Self {
        Self::general(405, format!("The requested resource does not support http method '{method}'."))
    }

    pub(crate) fn unsupported_media_type(media_type: &str) -> Self {
        Self::general(415, format!("The media type '{media_type}' is not supported for this resource."))
    }

    pub(crate) fn invalid_page_size(max: usize) -> Self {
        let message = format!("The field pageSize must be between 1 and {max}.");
        Self::invalid_field("OutOfRange", "pageSize", "pageSize", message)
    }

    pub(crate) fn body_required() -> Self {
        Self::general(400, "A body is required.")
    }

    pub(crate) fn invalid_json(line: usize, column: usize) -> Self {
        Self::general(400, format!("Error reading JSON. Line {line}, position {column}."))
    }

    pub(crate) fn invalid_form(reason: &str) -> Self {
        Self::general(400, format!("The form can't be read: {reason}"))
    }

    /// Returns a 400 for a body that attaches a record without identifying it.
    pub(crate) fn attachment_without_id(resource: &str, has_device: bool) -> Self {
        let message = match has_device {
            true => "id or deviceIdentifier is required.",
            false => "The id field is required.",
        };
        Self::invalid_field("MissingRequiredField", resource, "id", message)
    }

    pub(crate) fn id_required() -> Self {
        Self::new(400, "InvalidObject", "The id field is required.")
    }

    /// Returns a 409 for a record to which others refer. `user` is the kind of these records.
    pub(crate) fn in_use(noun: &str, id: i64, count: usize, user: &str) -> Self {
        Self::new(409, "Conflict", format!("{noun} {id} is in use by {count} {user} and cannot be deleted."))
    }

    /// Returns a 500 for a write that the database rejected.
    pub(crate) fn not_stored(reason: &str) -> Self {
        Self::general(500, format!("The change could not be saved: {reason}"))
    }

    pub(crate) fn patch_without_path() -> Self {
        Self::general(400, "A patch operation has no path.")
    }

    pub(crate) fn patch_path_without_field(path: &str) -> Self {
        Self::general(400, format!("The path '{path}' doesn't name a property."))
    }

    pub(crate) fn unknown_patch_segment(segment: &str) -> Self {
        let message = format!("The target location specified by path segment '{segment}' was not found.");
        Self::general(400, message)
    }

    pub(crate) fn unknown_patch_path(path: &str) -> Self {
        Self::general(400, format!("The target location specified by path '{path}' was not found."))
    }

    pub(crate) fn invalid_patch_operation(operation: &str) -> Self {
        Self::general(400, format!("Invalid JsonPatch operation '{operation}'."))
    }
}

impl InvalidField {
    pub(crate) fn missing(resource: &str, field: &str) -> Self {
        Self::new("MissingRequiredField", resource, field, format!("The {field} field is required."))
    }

    pub(crate) fn out_of_range(resource: &str, field: &str) -> Self {
        Self::new("OutOfRange", resource, field, format!("The {field} field is out of range."))
    }

    pub(crate) fn invalid_date(resource: &str, field: &str) -> Self {
        let message = format!("The {field} field must be a date in the format yyyy-MM-ddTHH:mm:ssZ.");
        Self::new(INVALID_DATE, resource, field, message)
    }

    pub(crate) fn too_long(resource: &str, field: &str, max_length: usize) -> Self {
        let message = format!("The field {field} must be a string with a maximum length of {max_length}.");
        Self::new("InvalidField", resource, field, message)
    }

    /// Returns the error for a reference whose target doesn't exist, or not within the given parent.
    pub(crate) fn unknown_reference(
        resource: &str,
        field: &str,
        target: &str,
        key: &str,
        parent: Option<(String, i64)>,
    ) -> Self {
        let message = match parent {
            Some((parent, id)) => format!("{target} not found for {parent} {id}"),
            None => format!("{target} {key} not found"),
        };
        Self::new("NotFound", resource, field, message)
    }
}
