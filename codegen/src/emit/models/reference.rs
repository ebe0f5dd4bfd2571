//! Emits conversions to references from an ID, from text that identifies a record, and from the record itself.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::emit::context::Context;
use crate::emit::features::SHARED;
use crate::ir::{Field, Shape, Type};
use crate::naming::TypeName;

/// The text fields that identify a record besides its ID.
const KEYS: [&str; 2] = ["identifier", "name"];

/// Emits the constructors and conversions of a reference from an ID, and from text that identifies a record.
pub(super) fn reference(rust: &Ident, fields: &[Field]) -> TokenStream {
    let ids = id_types(fields).iter().map(|ty| match *ty {
        "&str" => quote!(&str),
        ty => {
            let ty = format_ident!("{ty}");
            quote!(#ty)
        }
    });
    let keys = keys(fields).map(|(_, key)| format_ident!("{key}"));
    quote!(toolcrate_runtime::impl_reference!(#rust, [#(#ids),*], [#(#keys),*]);)
}

/// The types of IDs from which a reference can be created.
pub(super) fn id_types(fields: &[Field]) -> &'static [&'static str] {
    match fields.iter().find(|field| field.name == "id").map(|field| &field.ty) {
        Some(Type::Integer) => &["i32"],
        Some(Type::Long) => &["i64"],
        Some(Type::Text(_)) => &["String", "&str"],
        _ => &[],
    }
}

/// Returns the fields that have a constructor with the same name, with their indexes.
pub(super) fn keys(fields: &[Field]) -> impl Iterator<Item = (usize, &'static str)> {
    KEYS.into_iter().filter_map(|key| {
        let is_it = |field: &Field| field.name == key && matches!(field.ty, Type::Text(_));
        fields.iter().position(is_it).map(|index| (index, key))
    })
}

/// Returns the schemas of references to records of type `record`, if the list that supplies the references is known.
pub(super) fn schemas_that_refer_to<'a>(context: &'a Context<'_>, record: &str) -> Vec<&'a str> {
    let is_target = |schema: &&str| {
        let source = context.reference(schema).and_then(|reference| reference.source.as_ref());
        let listed = source.and_then(|source| context.api.operations[source.operation].listed());
        let rows = listed.map(|ty| context.api.resolve(ty));
        matches!(rows, Some(Type::Named(name)) if name.as_str() == record) && *schema != record
    };
    let references = context.related.references.keys().map(|name| name.as_str());
    references.filter(is_target).filter(|schema| has_same_id(context, schema, record)).collect()
}

fn has_same_id(context: &Context<'_>, reference: &str, record: &str) -> bool {
    let [one, other] = [reference, record].map(|schema| {
        let id = context.api.schemas[schema].fields().iter().find(|field| field.name == "id");
        id.map(|id| context.api.resolve(&id.ty))
    });
    matches!(context.api.schemas[record].shape, Shape::Object(_))
        && matches!(one, Some(Type::Integer | Type::Long | Type::Text(_)))
        && one == other
}

/// Emits the conversions from a record to references to it, with the fields that identify it.
pub(super) fn references_to(context: &Context<'_>, record: &str, types: &TypeName) -> TokenStream {
    let home = context.features.home(record);
    let rust = format_ident!("{}", types.rust);
    let conversions = schemas_that_refer_to(context, record).into_iter().map(|schema| {
        let module = context.features.home(schema);
        let condition = (module != SHARED && module != home).then(|| quote!(#[cfg(feature = #module)]));
        let path = format_ident!("{module}");
        let name = format_ident!("{}", context.named.types[schema].rust);
        let values = identifying_fields(context, schema, record).map(|(own, other, is_text)| {
            let own = format_ident!("{own}");
            let other = format_ident!("{other}");
            if is_text { quote!(#own: record.#other.clone()) } else { quote!(#own: record.#other) }
        });
        quote! {
            /// Refers to the record by the fields that identify it.
            #condition
            impl From<&#rust> for crate::#path::#name {
                fn from(record: &#rust) -> Self {
                    Self { #(#values,)* ..Self::default() }
                }
            }
        }
    });
    conversions.collect()
}

/// Returns the fields that a reference and its record have in common: the names in both structs, and true if the value
/// is a string.
fn identifying_fields<'a>(
    context: &'a Context<'_>,
    reference: &'a str,
    record: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str, bool)> {
    let field = |schema: &'a str, key: &str| {
        let fields = context.api.schemas[schema].fields();
        let index = fields.iter().position(|field| field.name == key)?;
        let name = context.named.types[schema].fields[index].rust.as_str();
        Some((name, context.api.resolve(&fields[index].ty)))
    };
    ["id"].into_iter().chain(KEYS).filter_map(move |key| {
        let ((own, ty), (other, other_type)) = (field(reference, key)?, field(record, key)?);
        let is_text = matches!(ty, Type::Text(_));
        (ty == other_type && (key == "id" || is_text)).then_some((own, other, is_text))
    })
}
