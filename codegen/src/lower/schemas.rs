//! Lowers named schemas and the inline objects found in them, which get generated names.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use openapiv3::{
    AdditionalProperties, AnySchema, Components, IntegerFormat, ReferenceOr, Schema as Source, SchemaKind,
    Type as SourceType, VariantOrUnknownOrEmpty,
};
use serde_json::Value;

use super::alternatives::{Alternative, alternatives};
use super::description_constraints::DescriptionConstraints;
use super::extensions;
use super::limits::limits;
use super::object_parts::{self, ObjectParts, all_of};
use super::property_merge::is_shapeless;
use super::scalar_types::{integer_type, text_type};
use super::unions;
use crate::config::EmptyObjects;
use crate::diagnostic::{CodegenError, Repair, Report, pointer};
use crate::id::SchemaId;
use crate::ir::{Field, JsonKind, Limits, Schema, Shape, Type, Union, UnionVariant, VariantSignature};

/// Groups of properties of which a value has at least one, by schema.
type PropertyChoices = BTreeMap<SchemaId, Vec<Vec<String>>>;

/// Collects lowered schemas.
pub struct SchemaLowering<'a> {
    components: &'a Components,
    constraints: DescriptionConstraints<'a>,
    empty_objects: EmptyObjects,
    done: BTreeMap<SchemaId, Schema>,
    /// Groups of properties of which a value of a schema has at least one.
    choices: PropertyChoices,
    report: Report,
}

impl<'a> SchemaLowering<'a> {
    /// Creates a collector for the schemas in `components`.
    pub fn new(
        components: &'a Components,
        constraints: DescriptionConstraints<'a>,
        empty_objects: EmptyObjects,
    ) -> Self {
        let (done, choices) = (BTreeMap::new(), BTreeMap::new());
        Self { components, constraints, empty_objects, done, choices, report: Report::default() }
    }

    /// Returns the document's components.
    pub fn components(&self) -> &'a Components {
        self.components
    }

    /// Records a repair.
    pub fn repaired(&mut self, code: &'static str, location: &str, message: impl Into<String>) {
        self.report.repairs.push(Repair::new(code, location, message));
    }

    /// Records that `problem` causes the affected value to be untyped.
    pub fn untype(&mut self, problem: CodegenError) {
        self.report.untype(problem);
    }

    /// Records that `problem` leaves the affected value to the caller, as text or bytes.
    pub fn leave_raw(&mut self, problem: CodegenError) {
        self.report.leave_raw(problem);
    }

    /// Records that `problem` causes the affected operation to be left out.
    pub fn omit(&mut self, problem: CodegenError) {
        self.report.omit(problem);
    }

    /// Returns the lowered schemas, the groups of properties of which a value has at least one, and the repairs and
    /// degradations.
    pub fn finish(self) -> (BTreeMap<SchemaId, Schema>, PropertyChoices, Report) {
        (self.done, self.choices, self.report)
    }

    /// Returns the schema with this name, if it has been lowered.
    pub fn get(&self, name: &str) -> Option<&Schema> {
        self.done.get(name)
    }

    /// Follows aliases from `ty` to a type that isn't an alias, or until they form a cycle.
    pub fn resolve<'t>(&'t self, ty: &'t Type) -> &'t Type {
        let mut ty = ty;
        for _ in 0..16 {
            let Type::Named(name) = ty else { break };
            match self.get(name).map(|schema| &schema.shape) {
                Some(Shape::Alias(inner)) => ty = inner,
                _ => break,
            }
        }
        ty
    }

    /// Lowers all named schemas.
    pub fn lower_components(&mut self) {
        for (name, source) in &self.components.schemas {
            let location = pointer(&["components", "schemas", name]);
            let schema = match source {
                ReferenceOr::Reference { reference } => {
                    let ty = self.reference(reference, &location);
                    Schema {
                        description: String::new(),
                        shape: Shape::Alias(ty),
                        additional: None,
                        inline: false,
                    }
                }
                ReferenceOr::Item(source) => {
                    self.report_extensions(name, source, &location);
                    self.named(name, source, &location)
                }
            };
            self.done.insert(name.as_str().into(), schema);
        }
    }

    /// Reports the schemas that extend one with a discriminator. Its values may have their properties.
    fn report_extensions(&mut self, name: &str, source: &Source, location: &str) {
        let names = extensions::extensions(self.components, name, source);
        if !names.is_empty() {
            let message = format!(
                "the schemas that extend it (`{}`) aren't alternatives of it; their own properties are unnamed ones",
                names.join("`, `")
            );
            self.repaired("R047", location, message);
        }
    }

    fn named(&mut self, name: &str, source: &Source, location: &str) -> Schema {
        let description = source.schema_data.description.clone().unwrap_or_default();
        if let Some(union) = unions::union(self.components, source) {
            return Schema { description, shape: Shape::Union(union), additional: None, inline: false };
        }
        if let Some(found) = alternatives(self.components, source) {
            let shape = self.alternatives(found, name, location);
            return Schema { description, shape, additional: None, inline: false };
        }
        let (shape, additional) = match self.object_parts(source, location) {
            Some(parts) => {
                self.note_choices(name, &parts);
                let additional = self.additional(&parts, name, location);
                let fields = self.fields(name, &parts, location);
                (Shape::Object(fields), additional)
            }
            None => (Shape::Alias(self.lower(source, name, location)), None),
        };
        Schema { description, shape, additional, inline: false }
    }

    /// Returns the properties of `source` if it is an object with known properties.
    fn object_parts(&mut self, source: &Source, location: &str) -> Option<ObjectParts> {
        let parts = object_parts::collect(self.components, source, location)?;
        if parts.has_alternatives {
            let message = "the object has alternatives; it includes the properties of all alternatives, none of them required";
            self.repaired("R038", location, message);
        }
        Some(parts)
    }

    /// Records the groups of properties of which a value of a schema has at least one.
    fn note_choices(&mut self, name: &str, parts: &ObjectParts) {
        if !parts.choices.is_empty() {
            self.choices.insert(name.into(), parts.choices.clone());
        }
    }

    /// Returns the type of an object's additional properties, if the document explicitly allows them.
    fn additional(&mut self, parts: &ObjectParts, name: &str, location: &str) -> Option<Type> {
        match parts.additional.as_ref()? {
            AdditionalProperties::Any(true) => Some(Type::Any),
            AdditionalProperties::Any(false) => None,
            AdditionalProperties::Schema(values) => {
                let location = format!("{location}/additionalProperties");
                Some(self.lower_or_reference(values.as_ref(), &format!("{name}Value"), &location))
            }
        }
    }

    fn fields(&mut self, owner: &str, parts: &ObjectParts, location: &str) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::with_capacity(parts.properties.len());
        for (name, property) in &parts.properties {
            let location = format!("{location}/properties{}", pointer(&[name]));
            let inline_name = format!("{owner} {name}");
            let ty = self.lower_or_reference(property, &inline_name, &location);
            let mut field = Field {
                required: parts.required.contains(name),
                read_only: parts.is_read_only(name),
                ..Field::new(name, ty)
            };
            if let ReferenceOr::Item(source) = property {
                let data = &source.schema_data;
                field.nullable = data.nullable;
                field.write_only = data.write_only;
                field.limits = limits(source);
                self.check_pattern(&mut field.limits, &location);
                let description = data.description.as_deref().unwrap_or_default();
                field.description = self.constraints.apply(description, &mut field.limits);
            }
            fields.push(field);
        }
        // The ID comes first, then required fields, then the rest; fields with an underscore are metadata.
        fields.sort_by_key(|field| {
            (field.name != "id", field.name.starts_with('_'), !field.required, field.name.clone())
        });
        fields
    }

    /// An unreadable pattern would make every tool with the field unusable.
    pub fn check_pattern(&mut self, limits: &mut Limits, location: &str) {
        let Some(pattern) = &limits.pattern else { return };
        if fancy_regex::Regex::new(pattern).is_err() {
            let message = format!("`{pattern}` is not a valid regular expression; any string is accepted");
            self.repaired("R029", location, message);
            limits.pattern = None;
        }
    }

    /// Returns the type of `source`, which may be a reference; `name` is used for an inline object.
    pub fn lower_or_reference<S: Borrow<Source>>(
        &mut self,
        source: &ReferenceOr<S>,
        name: &str,
        location: &str,
    ) -> Type {
        match source {
            ReferenceOr::Reference { reference } => self.reference(reference, location),
            ReferenceOr::Item(source) => self.lower(source.borrow(), name, location),
        }
    }

    fn reference(&mut self, reference: &str, location: &str) -> Type {
        match reference.strip_prefix("#/components/schemas/") {
            Some(name) if self.components.schemas.contains_key(name) => Type::Named(name.into()),
            _ => {
                let mut message = format!("the reference `{reference}` does not resolve");
                let names = self.components.schemas.keys().map(String::as_str);
                let wanted = reference.rsplit('/').next().unwrap_or_default();
                if let Some(near) = crate::diagnostic::nearest(wanted, names, 1).first() {
                    message.push_str(&format!("; the nearest schema is `{near}`"));
                }
                self.report.untype(CodegenError::new("E006", message).at(location));
                Type::Any
            }
        }
    }

    fn lower(&mut self, source: &Source, name: &str, location: &str) -> Type {
        if let Some(union) = unions::union(self.components, source) {
            return self.hoist_union(name, source, union);
        }
        if let Some(found) = alternatives(self.components, source) {
            return match self.alternatives(found, name, location) {
                Shape::Alias(ty) => ty,
                Shape::Union(union) => self.hoist_union(name, source, union),
                Shape::Object(_) => Type::Any,
            };
        }
        match &source.schema_kind {
            SchemaKind::Type(SourceType::Boolean(_)) => Type::Boolean,
            SchemaKind::Type(SourceType::Number(_)) => Type::Number,
            SchemaKind::Type(SourceType::Integer(integer)) => match integer.format {
                VariantOrUnknownOrEmpty::Item(IntegerFormat::Int32) => Type::Integer,
                VariantOrUnknownOrEmpty::Unknown(ref format) if format == "uint64" => Type::Unsigned,
                _ => Type::Long,
            },
            SchemaKind::Type(SourceType::String(text)) => text_type(text),
            SchemaKind::Type(SourceType::Array(array)) => {
                let items = array.items.as_ref().map(|items| {
                    self.lower_or_reference(items, &format!("{name}Item"), &format!("{location}/items"))
                });
                Type::List(Box::new(items.unwrap_or(Type::Any)))
            }
            SchemaKind::Type(SourceType::Object(object)) if object.properties.is_empty() => {
                match &object.additional_properties {
                    Some(AdditionalProperties::Schema(values)) => {
                        let location = format!("{location}/additionalProperties");

                        let values =
                            self.lower_or_reference(values.as_ref(), &format!("{name}Value"), &location);
                        Type::Map(Box::new(values))
                    }
                    Some(AdditionalProperties::Any(true)) => Type::Map(Box::new(Type::Any)),
                    _ if self.empty_objects == EmptyObjects::Object => Type::Map(Box::new(Type::Any)),
                    _ => Type::Any,
                }
            }
            SchemaKind::Any(any) if any.properties.is_empty() && any.all_of.is_empty() => {
                self.untyped(any, name, location)
            }
            SchemaKind::Type(SourceType::Object(_)) | SchemaKind::AllOf { .. } | SchemaKind::Any(_) => {
                if let Some(only) = only_part(source) {
                    return self.lower_or_reference(only, name, location);
                }
                match self.object_parts(source, location) {
                    Some(parts) => self.hoist(name, source, &parts, location),
                    None => self.several_shapes(location),
                }
            }
            SchemaKind::OneOf { one_of: only } | SchemaKind::AnyOf { any_of: only } if only.len() == 1 => {
                self.lower_or_reference(&only[0], name, location)
            }
            SchemaKind::OneOf { .. } | SchemaKind::AnyOf { .. } | SchemaKind::Not { .. } => {
                self.several_shapes(location)
            }
        }
    }

    /// Returns the union of alternatives that can be distinguished, or their type if they were merged into one.
    fn alternatives(&mut self, found: Vec<Alternative<'_>>, name: &str, location: &str) -> Shape {
        let mut variants = Vec::with_capacity(found.len());
        for (index, alternative) in found.into_iter().enumerate() {
            variants.push(match alternative {
                Alternative::Schema { source, signature } => {
                    // An inline schema is named after what distinguishes it from the others.
                    let values = signature.values.as_ref().and_then(|(_, values)| values.first());
                    let title = match source {
                        ReferenceOr::Item(source) => source.schema_data.title.as_ref(),
                        ReferenceOr::Reference { .. } => None,
                    };
                    let own = values.or(title).or(signature.present.first()).map_or("value", String::as_str);
                    let location = format!("{location}/{index}");
                    let ty = self.lower_or_reference(source, &format!("{name} {own}"), &location);
                    UnionVariant { ty: self.variant_type(ty, signature.kind), signature }
                }
                Alternative::Merged { ty, kind } => {
                    let words = match &ty {
                        Type::Boolean => "booleans",
                        Type::List(_) => "lists",
                        Type::Long | Type::Number => "numbers",
                        _ => "strings",
                    };
                    let message = format!("alternatives that are all {words} were merged into one type");
                    self.repaired("R041", location, message);
                    UnionVariant { ty, signature: VariantSignature::new(kind) }
                }
            });
        }
        match &mut variants[..] {
            [only] => Shape::Alias(std::mem::replace(&mut only.ty, Type::Any)),
            _ => Shape::Union(Union { discriminator: None, variants }),
        }
    }

    /// Returns a variant's type. A variant has no name for an enum of choices, so these become text, and an object or
    /// list without a type becomes a map or list of any values.
    fn variant_type(&self, ty: Type, kind: JsonKind) -> Type {
        match (ty, kind) {
            (Type::Choice(_), _) => Type::Text(None),
            (Type::Any, JsonKind::Object) => Type::Map(Box::new(Type::Any)),
            (Type::Any, JsonKind::List) => Type::List(Box::new(Type::Any)),
            (ty, _) => ty,
        }
    }

    /// Returns the type with alternatives replaced by any JSON value, because parameters can't be written as
    /// alternatives.
    pub fn without_alternatives(&self, ty: Type) -> Type {
        let is_open = |ty: &Type| match self.resolve(ty) {
            Type::Named(name) => self.get(name).is_some_and(
                |schema| matches!(&schema.shape, Shape::Union(union) if union.discriminator.is_none()),
            ),
            _ => false,
        };
        match self.resolve(&ty) {
            _ if is_open(&ty) => Type::Any,
            Type::List(item) if is_open(item) => Type::List(Box::new(Type::Any)),
            _ => ty,
        }
    }

    fn several_shapes(&mut self, location: &str) -> Type {
        self.repaired("R027", location, "the schema has several alternatives; any JSON value is allowed");
        Type::Any
    }

    fn untyped(&mut self, any: &AnySchema, name: &str, location: &str) -> Type {
        if let Some(items) = &any.items {
            return Type::List(Box::new(self.lower_or_reference(
                items,
                &format!("{name}Item"),
                &format!("{location}/items"),
            )));
        }
        if let Some(ty) = self.enumerated(any, location) {
            return ty;
        }
        if !any.one_of.is_empty() || !any.any_of.is_empty() || any.not.is_some() {
            return self.several_shapes(location);
        }
        // `openapiv3` can't read a type with keywords that don't belong to it.
        match any.typ.as_deref() {
            Some("string") => Type::Text(any.format.clone()),
            Some("integer") => integer_type(any),
            Some("number") => Type::Number,
            Some("boolean") => Type::Boolean,
            Some("array") => Type::List(Box::new(Type::Any)),
            _ => Type::Any,
        }
    }

    /// Returns the type of an enumerated value.
    fn enumerated(&mut self, any: &AnySchema, location: &str) -> Option<Type> {
        let values: Vec<&Value> = any.enumeration.iter().filter(|value| !value.is_null()).collect();
        let all =
            |is_type: fn(&Value) -> bool| !values.is_empty() && values.iter().all(|value| is_type(value));
        if all(Value::is_string) {
            return Some(Type::Choice(values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()));
        }
        let is_scalar = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
        match any.typ.as_deref() {
            // YAML parses `yes` and `10` as something other than text.
            Some("string") if all(is_scalar) => {
                self.repaired("R032", location, "the values of a string enum are read as strings");
                let text = |value: &&Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                Some(Type::Choice(values.iter().map(text).collect()))
            }
            Some(_) => None,
            None if all(Value::is_i64) => Some(Type::Long),
            None if all(Value::is_number) => Some(Type::Number),
            None if all(Value::is_boolean) => Some(Type::Boolean),
            None => None,
        }
    }

    /// Names an inline object.
    fn hoist(&mut self, name: &str, source: &Source, parts: &ObjectParts, location: &str) -> Type {
        let id = self.unused_name(name);
        let description = source.schema_data.description.clone().unwrap_or_default();
        let shape = Shape::Object(Vec::new());
        self.done.insert(id.clone(), Schema { description, shape, additional: None, inline: true });
        self.note_choices(&id, parts);
        let additional = self.additional(parts, &id, location);
        let fields = self.fields(&id, parts, location);
        if let Some(schema) = self.done.get_mut(&id) {
            schema.shape = Shape::Object(fields);
            schema.additional = additional;
        }
        Type::Named(id)
    }

    /// Adds the object for a form whose parts the document lists outside its schema.
    pub fn add_form(&mut self, name: &str, fields: Vec<Field>) -> Type {
        let id = self.unused_name(name);
        let shape = Shape::Object(fields);
        let schema = Schema { description: String::new(), shape, additional: None, inline: true };
        self.done.insert(id.clone(), schema);
        Type::Named(id)
    }

    /// Adds an inline union under a separate name.
    fn hoist_union(&mut self, name: &str, source: &Source, union: Union) -> Type {
        let id = self.unused_name(name);
        let description = source.schema_data.description.clone().unwrap_or_default();
        let shape = Shape::Union(union);
        self.done.insert(id.clone(), Schema { description, shape, additional: None, inline: true });
        Type::Named(id)
    }

    /// Returns an unused name for an inline schema.
    fn unused_name(&self, name: &str) -> SchemaId {
        let mut unique = name.to_upper_camel_case();
        while self.components.schemas.contains_key(&unique) || self.done.contains_key(unique.as_str()) {
            unique.push_str("Inline");
        }
        SchemaId::from(unique)
    }
}

/// Returns the only part of an `allOf` that defines a structure: the others describe it, or allow null.
fn only_part(source: &Source) -> Option<&ReferenceOr<Source>> {
    let parts = match &source.schema_kind {
        SchemaKind::Any(any) if !any.properties.is_empty() || !any.required.is_empty() => return None,
        _ => all_of(source),
    };
    let has_shape = |part: &&ReferenceOr<Source>| match part {
        ReferenceOr::Reference { .. } => true,
        ReferenceOr::Item(part) => match &part.schema_kind {
            SchemaKind::Any(any) => !is_shapeless(any) || !any.required.is_empty(),
            SchemaKind::Type(SourceType::Object(object)) => {
                !object.properties.is_empty() || !object.required.is_empty()
            }
            _ => true,
        },
    };
    let mut shaped = parts.iter().filter(has_shape);
    let only = shaped.next()?;
    shaped.next().is_none().then_some(only)
}
