//! The public items of a generated crate: functions, types, fields and variants. They are derived without generating
//! the crate; a test compares them with generated code.

use toolcrate_catalog::OperationKind;
use toolcrate_codegen::config::{On, Profile};
use toolcrate_codegen::id::OperationId;
use toolcrate_codegen::ir::{
    ApiDefinition, BodyKind, Content, Operation, OperationBody, ParameterLocation, Shape, StatusContent, Type,
};
use toolcrate_codegen::model::Model;
use toolcrate_codegen::naming::{Names, OperationName};
use toolcrate_codegen::relate::Relations;

/// The items of a crate.
pub struct RustItems<'a> {
    api: &'a ApiDefinition,
    names: &'a Names,
    relations: &'a Relations,
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

/// A string enum.
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
    /// Returns the items that the generator creates for `model`.
    pub fn new(model: &'a Model, profile: &'a Profile) -> Self {
        Self { api: &model.api, names: &model.names, relations: &model.relations, profile }
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
            Type::Text(Some(format)) if format == "date" => "Date".to_owned(),
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
        let part = |(field, name): (&toolcrate_codegen::ir::Field, &toolcrate_codegen::naming::FieldName)| {
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

    /// Returns the enums defined by a schema.
    pub fn choices(&self, schema: &str) -> Vec<RustEnum> {
        let types = &self.names.types[schema];
        let choice = |member: &str, ty: &Type, name: &toolcrate_codegen::naming::FieldName| {
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
            Shape::Union(_) => Vec::new(),
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
