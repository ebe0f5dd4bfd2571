//! Lists the public items of a generated crate: functions, and types with their fields, variants and constructors.
//!
//! The items are determined without generating the crate. A test compares them with generated code.

use std::collections::BTreeMap;

use toolcrate_catalog::OperationKind;
use toolcrate_codegen::config::{On, Profile};
use toolcrate_codegen::emit::ModelSurface;
use toolcrate_codegen::id::{OperationId, SchemaId};
use toolcrate_codegen::ir::{
    ApiDefinition, BodyKind, Content, DATE_FORMAT, Field, Operation, OperationBody, ParameterLocation, Shape,
    StatusContent, Type,
};
use toolcrate_codegen::naming::{FieldName, Names, OperationName, union_variants};
use toolcrate_codegen::relate::Relations;

use crate::snapshot::Snapshot;

/// The items of a crate.
pub struct RustItems<'a> {
    api: &'a ApiDefinition,
    names: &'a Names,
    relations: &'a Relations,
    surfaces: &'a BTreeMap<SchemaId, ModelSurface>,
    profile: &'a Profile,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RustFunction {
    /// `module::name`.
    pub path: String,
    /// The types of its arguments, in order.
    pub arguments: Vec<String>,
    /// The type returned by its request.
    pub answer: String,
    /// The variants of that type, if it is an enum of responses by status.
    pub responses: Vec<RustMember>,
}

impl RustFunction {
    /// `(i32, &Order) -> Request<Order>`.
    pub fn signature(&self) -> String {
        format!("({}) -> Request<{}>", self.arguments.join(", "), self.answer)
    }
}

/// A field or a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RustMember {
    /// The property's name, or the variant's value.
    pub wire: String,
    /// The Rust name.
    pub name: String,
    /// The Rust type; empty for a variant.
    pub ty: String,
}

/// A function of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RustMethod {
    /// The name.
    pub name: String,
    /// Its arguments: `(i32, impl Into<String>)`.
    pub signature: String,
}

/// A string enum, or an enum of models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RustEnum {
    /// The property that has these values; empty for a named enum.
    pub member: String,
    /// The Rust type.
    pub name: String,
    /// The variants.
    pub variants: Vec<RustMember>,
}

impl<'a> RustItems<'a> {
    /// Returns the items that the generator creates for a release.
    pub fn new(release: &'a Snapshot, profile: &'a Profile) -> Self {
        let Snapshot { model, surfaces, .. } = release;
        Self { api: &model.api, names: &model.names, relations: &model.relations, surfaces, profile }
    }

    /// Returns the function for `operation`.
    pub fn function(&self, operation: OperationId) -> RustFunction {
        let name = &self.names.operations[operation];
        let operation = &self.api.operations[operation];
        let mut arguments: Vec<String> = Vec::new();
        for parameter in &operation.parameters {
            if self.profile.shared_query.contains_key(&parameter.name) {
                continue;
            }
            let is_object = |ty: &Type| matches!(ty, Type::Named(_) | Type::Map(_) | Type::Any);
            let has_style = parameter.style.is_some();
            let ty = match self.api.resolve(&parameter.ty) {
                Type::List(item) if has_style && is_object(self.api.resolve(item)) => {
                    format!("&[{}]", self.ty(item, None))
                }
                ty if has_style && is_object(ty) => format!("&{}", self.ty(&parameter.ty, None)),
                Type::List(item) => format!("&[{}]", parameter_type(self.api.resolve(item))),
                ty => parameter_type(ty).to_owned(),
            };
            arguments.push(if parameter.required { ty } else { format!("Option<{ty}>") });
        }
        arguments.extend(self.query(operation, name).map(|query| format!("&{query}")));
        arguments.extend(operation.body.as_ref().map(|body| self.body(body)));
        let answer = match (&name.response, &operation.response.content) {
            (Some(response), _) => response.clone(),
            (None, Content::None) => "()".to_owned(),
            (None, Content::Binary) => "Download".to_owned(),
            (None, Content::Json(ty)) => self.ty(ty, None),
        };
        let path = format!("{}::{}", name.module, name.function);
        RustFunction { path, arguments, answer, responses: self.responses(operation) }
    }

    /// The variants of the enum of an operation's responses, by status.
    fn responses(&self, operation: &Operation) -> Vec<RustMember> {
        let by_status = operation.response.by_status.iter();
        let variant = |answer: &StatusContent| {
            let status = answer.status.map_or_else(|| "2XX".to_owned(), |status| status.to_string());
            let ty = match &answer.content {
                Content::None => String::new(),
                Content::Binary => "Download".to_owned(),
                Content::Json(ty) => self.ty(ty, None),
            };
            RustMember { name: status.clone(), wire: status, ty }
        };
        by_status.map(variant).collect()
    }

    /// Returns the query type that the operation shares with others.
    fn query(&self, operation: &Operation, name: &OperationName) -> Option<&'static str> {
        let (query, on) = match name.kind {
            OperationKind::List => ("ListQuery", On::List),
            OperationKind::Count => ("CountQuery", On::Count),
            _ => return None,
        };
        let shared = &self.profile.shared_query;
        let takes = operation
            .parameters_in(ParameterLocation::Query)
            .any(|parameter| shared.get(&parameter.name).is_some_and(|query| query.on.contains(&on)));
        takes.then_some(query)
    }

    fn body(&self, body: &OperationBody) -> String {
        let ty = self.body_type(body);
        let optional =
            !body.required && matches!(body.kind, BodyKind::Json | BodyKind::UrlEncoded | BodyKind::Raw);
        if optional { format!("Option<{ty}>") } else { ty }
    }

    fn body_type(&self, body: &OperationBody) -> String {
        match body.kind {
            BodyKind::Multipart => "&Form".to_owned(),
            BodyKind::Patch => format!("&Patch<{}>", self.ty(&body.ty, None)),
            BodyKind::Raw if body.ty == Type::Binary => "&[u8]".to_owned(),
            BodyKind::Raw => "&str".to_owned(),
            BodyKind::Json | BodyKind::UrlEncoded => match self.api.resolve(&body.ty) {
                Type::List(item) => format!("&[{}]", self.ty(item, None)),
                Type::Text(_) | Type::DateTime | Type::Choice(_) | Type::Binary => "&str".to_owned(),
                ty => format!("&{}", self.ty(ty, None)),
            },
        }
    }

    /// Returns the Rust type for `ty`; `choice` is the name of the enum that it contains, if any.
    fn ty(&self, ty: &Type, choice: Option<&str>) -> String {
        match ty {
            Type::Boolean => "bool".to_owned(),
            Type::Integer => "i32".to_owned(),
            Type::Long => "i64".to_owned(),
            Type::Unsigned => "u64".to_owned(),
            Type::Number => "Number".to_owned(),
            Type::DateTime => "Timestamp".to_owned(),
            Type::Text(Some(format)) if format == DATE_FORMAT => "Date".to_owned(),
            Type::Text(_) | Type::Binary => "String".to_owned(),
            Type::Choice(_) => choice.unwrap_or("String").to_owned(),
            Type::List(item) => format!("Vec<{}>", self.ty(item, choice)),
            Type::Map(value) => format!("BTreeMap<String, {}>", self.ty(value, choice)),
            Type::Any => "Value".to_owned(),
            Type::Named(name) => match &self.api.schemas[name].shape {
                Shape::Object(_) | Shape::Union(_) => self.names.types[name].rust.clone(),
                Shape::Alias(inner) => {
                    let own = self.names.types[name].fields.first().and_then(|field| field.choice.as_ref());
                    self.ty(inner, own.map(|choice| choice.rust.as_str()))
                }
            },
        }
    }

    /// Returns the struct for a schema, if it has one: its name and its fields.
    pub fn record(&self, schema: &str) -> Option<(&'a str, Vec<RustMember>)> {
        let Shape::Object(fields) = &self.api.schemas[schema].shape else { return None };
        let types = &self.names.types[schema];
        let part = |(field, name): (&Field, &FieldName)| {
            let ty = self.ty(&field.ty, name.choice.as_ref().map(|choice| choice.rust.as_str()));
            let ty = match (self.relations.is_reference(self.api, field), field.boxed) {
                (true, _) => ty,
                (false, true) => format!("Option<Box<{ty}>>"),
                (false, false) => format!("Option<{ty}>"),
            };
            RustMember { wire: field.name.clone(), name: name.rust.clone(), ty }
        };
        Some((&types.rust, fields.iter().zip(&types.fields).map(part).collect()))
    }

    /// Returns the names of the types that come with a schema.
    pub fn defined(&self, schema: &str) -> Vec<String> {
        let record = self.record(schema).map(|(name, _)| name.to_owned());
        record.into_iter().chain(self.choices(schema).into_iter().map(|choice| choice.name)).collect()
    }

    /// Returns the modules that export the types of a schema, that of their definition first.
    pub fn modules(&self, schema: &str) -> &'a [String] {
        &self.surfaces[schema].modules
    }

    /// Returns the functions of the struct of a schema.
    pub fn methods(&self, schema: &str) -> Vec<RustMethod> {
        let surface = &self.surfaces[schema];
        let (fields, names) = (self.api.schemas[schema].fields(), &self.names.types[schema].fields);
        let methods = surface.functions.iter().map(|function| {
            let own = function.takes_self.then(|| "&self".to_owned());
            let arguments = function.arguments.iter().map(|argument| {
                let (field, name) = (&fields[argument.field], &names[argument.field]);
                let ty = self.ty(&field.ty, name.choice.as_ref().map(|choice| choice.rust.as_str()));
                if argument.is_converted { format!("impl Into<{ty}>") } else { ty }
            });
            let arguments: Vec<String> = own.into_iter().chain(arguments).collect();
            RustMethod { name: function.name.clone(), signature: format!("({})", arguments.join(", ")) }
        });
        methods.collect()
    }

    /// Returns the types that convert to the struct of a schema; of the models, those whose schemas `is_meant` accepts.
    pub fn conversions(&self, schema: &str, is_meant: &dyn Fn(&str) -> bool) -> Vec<String> {
        let surface = &self.surfaces[schema];
        let records = surface.records.iter().filter(|record| is_meant(record));
        let records = records.map(|record| format!("&{}", self.names.types[record].rust));
        surface.conversions.iter().cloned().chain(records).collect()
    }

    /// Returns true if `ty` is a generated struct or enum.
    fn is_model(&self, ty: &Type) -> bool {
        matches!(self.api.resolve(ty), Type::Named(name) if !matches!(self.api.schemas[name].shape, Shape::Alias(_)))
    }

    /// Returns the enums defined by a schema.
    pub fn choices(&self, schema: &str) -> Vec<RustEnum> {
        let types = &self.names.types[schema];
        let choice = |member: &str, ty: &Type, name: &FieldName| {
            let choice = name.choice.as_ref()?;
            let values = crate::type_words::enum_values(ty)?.iter().zip(&choice.variants);
            let part = |(value, variant): (&String, &String)| RustMember {
                wire: value.clone(),
                name: variant.clone(),
                ty: String::new(),
            };
            Some(RustEnum {
                member: member.to_owned(),
                name: choice.rust.clone(),
                variants: values.map(part).collect(),
            })
        };
        match &self.api.schemas[schema].shape {
            Shape::Object(fields) => {
                let both = fields.iter().zip(&types.fields);
                both.filter_map(|(field, name)| choice(&field.name, &field.ty, name)).collect()
            }
            Shape::Alias(ty) => {
                types.fields.first().and_then(|name| choice("", ty, name)).into_iter().collect()
            }
            Shape::Union(union) => {
                let named = union.variants.iter().zip(union_variants(union, self.names));
                let variants = named.map(|(variant, name)| {
                    let ty = self.ty(&variant.ty, None);
                    let values = variant.signature.values.as_ref().map(|(_, values)| values.join(", "));
                    let wire = values.unwrap_or_else(|| ty.clone());
                    let ty = if self.is_model(&variant.ty) { format!("Box<{ty}>") } else { ty };
                    RustMember { wire, name, ty }
                });
                vec![RustEnum {
                    member: String::new(),
                    name: types.rust.clone(),
                    variants: variants.collect(),
                }]
            }
        }
    }
}

/// Returns the type of a single parameter value.
fn parameter_type(ty: &Type) -> &'static str {
    match ty {
        Type::Boolean => "bool",
        Type::Integer => "i32",
        Type::Long => "i64",
        Type::Unsigned => "u64",
        Type::Number => "f64",
        _ => "&str",
    }
}
