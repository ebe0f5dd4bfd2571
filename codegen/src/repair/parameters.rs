//! Repairs operation parameters, so path parameters and placeholders correspond one to one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use openapiv3::{
    Components, Parameter, ParameterData, ParameterSchemaOrContent, PathItem, PathStyle, QueryStyle,
    ReferenceOr, Schema, SchemaData, SchemaKind, StringType, Type,
};

use super::document::{RawOperation, RawParameter};
use crate::diagnostic::{CodegenError, Repair, Report};
use crate::ir::{ParameterLocation, ParameterStyle, Template};

/// Headers that OpenAPI itself ignores as parameters.
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// Resolves and repairs an operation's parameters; `shared` are those of its path. Dangling references are left
/// out.
pub fn repair(
    path: &str,
    own: Vec<ReferenceOr<Parameter>>,
    shared: &[ReferenceOr<Parameter>],
    components: &Components,
    pointer: &str,
    report: &mut Report,
) -> Vec<RawParameter> {
    let template = Template::parse(path);
    let placeholders: Vec<&str> = template.placeholders().collect();
    let mut parameters: Vec<RawParameter> = Vec::new();
    let own_count = own.len();
    let all = own.into_iter().map(Cow::Owned).chain(shared.iter().map(Cow::Borrowed));
    for (index, reference) in all.enumerate() {
        let parameter = match resolve(reference, components) {
            Ok(parameter) => parameter,
            Err(problem) => {
                report.omit(problem.at(format!("{pointer}/parameters/{index}")));
                continue;
            }
        };
        if let Parameter::Header { parameter_data, .. } | Parameter::Cookie { parameter_data, .. } =
            &parameter
            && !is_token(&parameter_data.name)
        {
            let message = format!("`{}` is not a valid name of a header or cookie", parameter_data.name);
            report.omit(CodegenError::new("E005", message).at(format!("{pointer}/parameters/{index}")));
            continue;
        }
        let repairs = &mut report.repairs;
        let Some(mut parameter) = to_raw(parameter, pointer, repairs) else { continue };
        let twin =
            parameters.iter().any(|p| p.data.name == parameter.data.name && p.location == parameter.location);
        if twin {
            // Declaring a path parameter again in the operation is OpenAPI's own way of overriding it.
            if index < own_count {
                let message = format!(
                    "the parameter `{}` is defined twice; the first definition is used",
                    parameter.data.name
                );
                repairs.push(Repair::new("R022", pointer, message));
            }
            continue;
        }
        if parameter.location == ParameterLocation::Path {
            repair_path_parameter(&mut parameter, &placeholders, pointer, repairs);
        }
        parameters.push(parameter);
    }
    // The sort is stable, so document order is kept within a location.
    parameters.sort_by_key(|parameter| {
        let at = placeholders.iter().position(|name| *name == parameter.data.name).unwrap_or(0);
        (parameter.location, if parameter.location == ParameterLocation::Path { at } else { 0 })
    });
    parameters
}

/// Returns true if HTTP allows a name for a header or cookie.
fn is_token(name: &str) -> bool {
    let is_allowed = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c);
    !name.is_empty() && name.bytes().all(is_allowed)
}

/// Returns true if a path, or one of its operations, declares a path parameter with this name.
pub fn is_path_parameter(name: &str, item: &PathItem, components: &Components) -> bool {
    let own = item.iter().flat_map(|(_, operation)| &operation.parameters);
    own.chain(&item.parameters).any(|parameter| match resolve(Cow::Borrowed(parameter), components) {
        Ok(Parameter::Path { parameter_data, .. }) => parameter_data.name == name,
        _ => false,
    })
}

fn resolve(
    reference: Cow<'_, ReferenceOr<Parameter>>,
    components: &Components,
) -> Result<Parameter, CodegenError> {
    // Most parameters are declared inline and large, so they are moved rather than copied.
    let reference = match reference {
        Cow::Owned(ReferenceOr::Item(parameter)) => return Ok(parameter),
        other => other,
    };
    let mut current = &*reference;
    for _ in 0..32 {
        match current {
            ReferenceOr::Item(parameter) => return Ok(parameter.clone()),
            ReferenceOr::Reference { reference } => {
                let name = reference.strip_prefix("#/components/parameters/").unwrap_or_default();
                current = components.parameters.get(name).ok_or_else(|| {
                    CodegenError::new("E006", format!("the reference `{reference}` does not resolve"))
                })?;
            }
        }
    }
    Err(CodegenError::new("E007", "this parameter is a reference back to itself"))
}

/// Determines a parameter's location; protocol headers are dropped.
fn to_raw(parameter: Parameter, pointer: &str, repairs: &mut Vec<Repair>) -> Option<RawParameter> {
    let (location, style, data) = match parameter {
        Parameter::Query { parameter_data, style, .. } => {
            let style = match (style, parameter_data.explode) {
                (QueryStyle::DeepObject, _) => ParameterStyle::DeepObject,
                (QueryStyle::Form, Some(false)) => ParameterStyle::Form,
                (QueryStyle::SpaceDelimited, None | Some(false)) => ParameterStyle::SpaceDelimited,
                (QueryStyle::PipeDelimited, None | Some(false)) => ParameterStyle::PipeDelimited,
                _ => ParameterStyle::FormExploded,
            };
            (ParameterLocation::Query, style, parameter_data)
        }
        Parameter::Path { parameter_data, style } => {
            let style = match (style, parameter_data.explode) {
                (PathStyle::Simple, Some(true)) => ParameterStyle::SimpleExploded,
                (PathStyle::Simple, _) => ParameterStyle::Simple,
                (PathStyle::Label, Some(true)) => ParameterStyle::LabelExploded,
                (PathStyle::Label, _) => ParameterStyle::Label,
                (PathStyle::Matrix, Some(true)) => ParameterStyle::MatrixExploded,
                (PathStyle::Matrix, _) => ParameterStyle::Matrix,
            };
            (ParameterLocation::Path, style, parameter_data)
        }
        Parameter::Header { parameter_data, .. } => {
            let style = match parameter_data.explode {
                Some(true) => ParameterStyle::SimpleExploded,
                _ => ParameterStyle::Simple,
            };
            (ParameterLocation::Header, style, parameter_data)
        }
        Parameter::Cookie { parameter_data, .. } => {
            let style = match parameter_data.explode {
                Some(false) => ParameterStyle::Form,
                _ => ParameterStyle::FormExploded,
            };
            (ParameterLocation::Cookie, style, parameter_data)
        }
    };
    if location == ParameterLocation::Header && IGNORED_HEADERS.contains(&data.name.to_lowercase().as_str()) {
        let message = format!("the header `{}` is set by the protocol and is not a parameter", data.name);
        repairs.push(Repair::new("R026", pointer, message));
        return None;
    }
    Some(RawParameter { location, style, data })
}

fn repair_path_parameter(
    parameter: &mut RawParameter,
    placeholders: &[&str],
    pointer: &str,
    repairs: &mut Vec<Repair>,
) {
    let name = parameter.data.name.clone();
    if !placeholders.contains(&name.as_str()) {
        if let Some(placeholder) = placeholders.iter().find(|other| other.eq_ignore_ascii_case(&name)) {
            let message = format!(
                "the path parameter `{name}` is spelled `{placeholder}` in the template; that spelling is used"
            );
            repairs.push(Repair::new("R003", pointer, message));
            parameter.data.name = (*placeholder).to_owned();
        } else {
            let message = format!(
                "the template has no placeholder for the path parameter `{name}`, which is sent in the query"
            );
            repairs.push(Repair::new("R002", pointer, message));
            parameter.location = ParameterLocation::Query;
            parameter.style = ParameterStyle::FormExploded;
            return;
        }
    }
    if !parameter.data.required {
        let message =
            format!("the path parameter `{name}` is not marked as required; it is treated as required");
        repairs.push(Repair::new("R023", pointer, message));
        parameter.data.required = true;
    }
}

/// Adds a parameter for each placeholder without one, with the type that placeholders with that name have
/// elsewhere in the document (a string if there are none).
pub fn add_missing(operations: &mut [RawOperation], repairs: &mut Vec<Repair>) {
    let mut known: BTreeMap<String, ParameterSchemaOrContent> = BTreeMap::new();
    for parameter in
        operations.iter().flat_map(|raw| &raw.parameters).filter(|p| p.location == ParameterLocation::Path)
    {
        known.entry(parameter.data.name.clone()).or_insert_with(|| parameter.data.format.clone());
    }
    for raw in operations {
        let template = Template::parse(&raw.path);
        for (at, name) in template.placeholders().enumerate() {
            if raw.parameters.iter().any(|p| p.location == ParameterLocation::Path && p.data.name == name) {
                continue;
            }
            let message = format!("the placeholder `{{{name}}}` has no parameter; one was added");
            repairs.push(Repair::new("R003", &raw.pointer, message));
            let format = known.get(name).cloned().unwrap_or_else(string_format);
            raw.parameters.insert(
                at.min(raw.parameters.len()),
                RawParameter {
                    location: ParameterLocation::Path,
                    style: ParameterStyle::Simple,
                    data: parameter_data(name, format),
                },
            );
        }
    }
}

fn string_format() -> ParameterSchemaOrContent {
    ParameterSchemaOrContent::Schema(ReferenceOr::Item(Schema {
        schema_data: SchemaData::default(),
        schema_kind: SchemaKind::Type(Type::String(StringType::default())),
    }))
}

fn parameter_data(name: &str, format: ParameterSchemaOrContent) -> ParameterData {
    ParameterData {
        name: name.to_owned(),
        description: None,
        required: true,
        deprecated: None,
        format,
        example: None,
        examples: Default::default(),
        explode: None,
        extensions: Default::default(),
    }
}
