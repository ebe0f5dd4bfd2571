//! The interface between generated structs and the code that serializes and deserializes them. A generated struct lists
//! its field names and provides access to each field by index; the serialization code is shared by all structs.
//!
//! Derives would generate similar code for every type. Sharing one implementation means that a crate with hundreds of
//! models compiles quickly.

mod access;
mod deserialize;
mod deserialize_error;
mod field_order;
mod filled;
mod json_path;
mod macros;
mod member_name;
mod open_enum;
mod optional_field;
mod raw_number;
mod serialize;
mod skipped;
mod union_macro;
mod values;
mod variant_test;

pub use access::{
    FieldMut, FieldRef, ListValue, MapValue, ModelFields, ModelValue, OptionalValue, ServerFields,
    UnionValue, ValueMut, ValueRef,
};
pub use deserialize::deserialize_into;
pub(crate) use deserialize::deserialize_items;
pub use open_enum::{OpenEnum, OpenEnumMut};
pub(crate) use optional_field::field_index;
pub use optional_field::{OptionalField, SetNull, field_path};
pub(crate) use serialize::WriteMode;
pub use serialize::{fields_absent, fields_equal, fmt_debug, serialize_fields};
pub use skipped::SkippedItem;
pub use variant_test::{VariantTest, complete};
