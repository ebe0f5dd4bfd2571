//! Resolves references to the document's components.

use indexmap::IndexMap;
use openapiv3::ReferenceOr;

/// Returns `source`, or the entry it refers to in `entries`, which is the `section` of the components. Returns
/// the reference if it can't be resolved.
pub(super) fn resolve<'a, T>(
    source: &'a ReferenceOr<T>,
    entries: &'a IndexMap<String, ReferenceOr<T>>,
    section: &str,
) -> Result<&'a T, &'a str> {
    match source {
        ReferenceOr::Item(item) => Ok(item),
        ReferenceOr::Reference { reference } => {
            let path = reference.strip_prefix("#/components/").and_then(|path| path.strip_prefix(section));
            let name = path.and_then(|path| path.strip_prefix('/')).unwrap_or_default();
            entries.get(name).and_then(ReferenceOr::as_item).ok_or(reference)
        }
    }
}
