//! Collects an object's properties from the object itself, from `allOf`, and from its alternatives.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use indexmap::IndexMap;
use openapiv3::{
    AdditionalProperties, AnySchema, Components, ReferenceOr, Schema as Source, SchemaData, SchemaKind,
    Type as SourceType,
};

use super::property_merge::{self, DeclaredProperty, is_shapeless};

/// Properties as in the document.
pub type SourceProperties = IndexMap<String, DeclaredProperty>;

/// Maximum depth of objects composed of other objects.
const MAX_DEPTH: usize = 16;

/// An object's properties, and other information about it.
#[derive(Default)]
pub struct ObjectParts {
    /// The properties.
    pub properties: SourceProperties,
    /// The names of the required properties.
    pub required: Vec<String>,
    /// The names of properties that a part declares as read-only.
    pub read_only: BTreeSet<String>,
    /// The names of required properties that the part which requires them declares as writable.
    pub requested: BTreeSet<String>,
    /// The names of required properties that other parts declare.
    pub required_elsewhere: BTreeSet<String>,
    /// The schema of additional properties.
    pub additional: Option<AdditionalProperties>,
    /// True if some of the properties belong to alternatives, so a value has only some of them.
    pub has_alternatives: bool,
    /// Groups of properties of which a value has at least one, because each of its alternatives requires one.
    pub choices: Vec<Vec<String>>,
}

impl ObjectParts {
    /// Returns true if only responses have the property.
    ///
    /// A property that one part declares as read-only is writable if another part redeclares and requires it. If nothing
    /// else could be written, as in a reference to a record, the properties that other parts require are writable.
    pub fn is_read_only(&self, name: &str) -> bool {
        self.is_declared_read_only(name)
            && !(self.required_elsewhere.contains(name)
                && self.properties.keys().all(|name| self.is_declared_read_only(name)))
    }

    fn is_declared_read_only(&self, name: &str) -> bool {
        self.read_only.contains(name) && !self.requested.contains(name)
    }
}

/// Collects the properties of `source`, or returns `None` if it isn't an object with known properties.
pub fn collect(components: &Components, source: &Source, location: &str) -> Option<ObjectParts> {
    Collector { components }.object(source, location, 0)
}

/// Returns the schema in `components` that `reference` points to, directly or through other references.
pub fn component<'a>(components: &'a Components, reference: &str) -> Option<(&'a str, &'a Source)> {
    let name = reference.strip_prefix("#/components/schemas/")?;
    let (mut name, mut source) = components.schemas.get_key_value(name)?;
    for _ in 0..32 {
        match source {
            ReferenceOr::Item(source) => return Some((name, source)),
            ReferenceOr::Reference { reference } => {
                let next = reference.strip_prefix("#/components/schemas/")?;
                (name, source) = components.schemas.get_key_value(next)?;
            }
        }
    }
    None
}

/// Returns `source`, or the schema that it refers to.
pub fn resolve_schema<'a, S: Borrow<Source>>(
    components: &'a Components,
    source: &'a ReferenceOr<S>,
) -> Option<&'a Source> {
    match source {
        ReferenceOr::Item(source) => Some(source.borrow()),
        ReferenceOr::Reference { reference } => component(components, reference).map(|(_, source)| source),
    }
}

/// Returns the parts of the schema's `allOf`.
pub fn all_of(source: &Source) -> &[ReferenceOr<Source>] {
    match &source.schema_kind {
        SchemaKind::AllOf { all_of } => all_of,
        SchemaKind::Any(any) => &any.all_of,
        _ => &[],
    }
}

struct Collector<'a> {
    components: &'a Components,
}

impl Collector<'_> {
    fn object(&self, source: &Source, location: &str, depth: usize) -> Option<ObjectParts> {
        if depth >= MAX_DEPTH {
            return None;
        }
        match &source.schema_kind {
            SchemaKind::Type(SourceType::Object(object)) => {
                let is_map = object.properties.is_empty() && object.additional_properties.is_some();
                // A named object without properties stays an object; an inline one is any value.
                let is_free = object.properties.is_empty() && location.matches('/').count() > 3;
                (!is_map && !is_free).then(|| {
                    let additional = object.additional_properties.clone();
                    let mut parts = ObjectParts { additional, ..ObjectParts::default() };
                    self.declare(&object.properties, &object.required, &mut parts);
                    parts
                })
            }
            SchemaKind::Any(any) if !any.all_of.is_empty() || !any.properties.is_empty() => {
                let mut parts = ObjectParts::default();
                self.merge(&any.all_of, location, depth, &mut parts)?;
                self.declare(&any.properties, &any.required, &mut parts);
                parts.additional = any.additional_properties.clone().or(parts.additional);
                self.alternatives(&any.one_of, location, depth, &mut parts)?;
                self.alternatives(&any.any_of, location, depth, &mut parts)?;
                (!parts.properties.is_empty()).then_some(parts)
            }
            SchemaKind::AllOf { all_of } => {
                let mut parts = ObjectParts::default();
                self.merge(all_of, location, depth, &mut parts)?;
                (!parts.properties.is_empty()).then_some(parts)
            }
            _ => None,
        }
    }

    /// Adds the properties of one object.
    fn declare(&self, properties: &SourceProperties, required: &[String], parts: &mut ObjectParts) {
        let is_read_only =
            |name: &str| properties.get(name).is_some_and(|property| self.is_read_only(property, 0));
        let read_only = properties.keys().filter(|name| is_read_only(name)).cloned();
        parts.read_only.extend(read_only);
        let (declared, others) =
            required.iter().cloned().partition::<Vec<_>, _>(|name| properties.contains_key(name));
        parts.requested.extend(declared.into_iter().filter(|name| !is_read_only(name)));
        parts.required_elsewhere.extend(others);
        parts.required.extend(required.iter().cloned());
        add_properties(&mut parts.properties, properties.clone());
    }

    /// Returns true if a declaration, or the schema that it refers to, is read-only.
    fn is_read_only<S: Borrow<Source>>(&self, declared: &ReferenceOr<S>, depth: usize) -> bool {
        let Some(source) = resolve_schema(self.components, declared).filter(|_| depth < MAX_DEPTH) else {
            return false;
        };
        source.schema_data.read_only || all_of(source).iter().any(|part| self.is_read_only(part, depth + 1))
    }

    /// Adds the properties of all `sources`. A source that only lists required properties, or only has a description,
    /// adds none.
    fn merge(
        &self,
        sources: &[ReferenceOr<Source>],
        location: &str,
        depth: usize,
        parts: &mut ObjectParts,
    ) -> Option<()> {
        for source in sources {
            let source = resolve_schema(self.components, source)?;
            match &source.schema_kind {
                SchemaKind::Any(any) if is_shapeless(any) => {
                    self.declare(&any.properties, &any.required, parts);
                }
                SchemaKind::Type(SourceType::Object(object)) if object.properties.is_empty() => {
                    self.declare(&object.properties, &object.required, parts);
                    parts.additional = parts.additional.take().or(object.additional_properties.clone());
                }
                SchemaKind::OneOf { one_of: alternatives } | SchemaKind::AnyOf { any_of: alternatives } => {
                    self.alternatives(alternatives, location, depth + 1, parts)?;
                }
                _ => {
                    let more = self.object(source, location, depth + 1)?;
                    add_properties(&mut parts.properties, more.properties);
                    parts.required.extend(more.required);
                    parts.read_only.extend(more.read_only);
                    parts.requested.extend(more.requested);
                    parts.required_elsewhere.extend(more.required_elsewhere);
                    parts.choices.extend(more.choices);
                    parts.additional = parts.additional.take().or(more.additional);
                    parts.has_alternatives |= more.has_alternatives;
                }
            }
        }
        Some(())
    }

    /// Adds the properties of all `sources`, none of them required. A property that two of them declare
    /// differently may be any value.
    fn alternatives(
        &self,
        sources: &[ReferenceOr<Source>],
        location: &str,
        depth: usize,
        parts: &mut ObjectParts,
    ) -> Option<()> {
        let mut choice: Vec<String> = Vec::new();
        let mut is_choice = !sources.is_empty();
        for source in sources {
            let source = resolve_schema(self.components, source)?;
            if let SchemaKind::Any(any) = &source.schema_kind
                && is_shapeless(any)
            {
                is_choice &= !any.required.is_empty();
                choice.extend(any.required.first().cloned());
                continue;
            }
            let more = self.object(source, location, depth + 1)?;
            parts.has_alternatives = true;
            parts.read_only.extend(more.read_only);
            is_choice &= !more.required.is_empty();
            choice.extend(more.required.into_iter().next());
            for (name, property) in more.properties {
                match parts.properties.get_mut(&name) {
                    Some(known) if *known != property => *known = ReferenceOr::Item(Box::new(any_value())),
                    Some(_) => {}
                    None => {
                        parts.properties.insert(name, property);
                    }
                }
            }
        }
        if is_choice && !choice.iter().any(|name| parts.required.contains(name)) {
            choice.dedup();
            parts.choices.push(choice);
        }
        Some(())
    }
}

/// Adds properties. A property that is already known then allows the values that both declarations allow.
fn add_properties(known: &mut SourceProperties, more: SourceProperties) {
    for (name, property) in more {
        match known.get_mut(&name) {
            Some(known) if *known != property => *known = property_merge::merge(known, property),
            Some(_) => {}
            None => drop(known.insert(name, property)),
        }
    }
}

fn any_value() -> Source {
    Source { schema_data: SchemaData::default(), schema_kind: SchemaKind::Any(AnySchema::default()) }
}
