//! Stage 1: reads an OpenAPI 3 or Swagger 2.0 document, in JSON or YAML, into `openapiv3` types.
//!
//! The text is parsed into one tree, the `normalize` module converts the tree to OpenAPI 3.0, and the typed document is
//! then built from the tree in one pass. A file is rejected only if it isn't an OpenAPI document at all; the error
//! names the file and a line or JSON pointer. A malformed part is dropped without affecting the rest. Defects in parts
//! that can be read are left to [`crate::repair`].

mod reader;
mod schema_reader;
mod stack;
mod tree;
mod value_seed;

use std::path::{Path, PathBuf};

use openapiv3::OpenAPI;

use crate::diagnostic::{CodegenError, Errors, Report};
use crate::normalize;

/// A document as it was read.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, for messages.
    pub file: PathBuf,
    /// The contents, as OpenAPI 3.0.
    pub openapi: OpenAPI,
    /// The changes and omissions needed to read it.
    pub report: Report,
}

/// Reads the document at `path`.
///
/// # Errors
/// - `E001` if the file can't be read.
/// - `E002` if it is neither JSON nor YAML.
/// - `E003` if it is a version of Swagger other than 2.0.
/// - `E004` if it is a version of OpenAPI other than 3.
/// - `E005` if it is JSON or YAML, but not an OpenAPI document.
/// - `E007` if it has infinitely recursive YAML aliases.
pub fn load(path: &Path) -> Result<Document, Errors> {
    let bytes = std::fs::read(path).map_err(|error| {
        CodegenError::new("E001", format!("the spec can't be read: {error}")).in_file(path)
    })?;
    parse(&bytes, path)
}

/// Reads the document at `path` into a tree, without changing it.
///
/// # Errors
/// - `E001` if the file can't be read.
/// - `E002` if it is neither JSON nor YAML.
/// - `E007` if it has infinitely recursive YAML aliases.
pub fn read_tree(path: &Path) -> Result<serde_json::Value, Errors> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        CodegenError::new("E001", format!("the spec can't be read: {error}")).in_file(path)
    })?;
    let text = text.trim_start_matches('\u{feff}');
    stack::run(|| tree::read(text, &mut Report::default()))
        .flatten()
        .map_err(|error| error.in_file(path).into())
}

/// Parses a document. `path` is its name in messages.
///
/// # Errors
/// Returns the same errors as [`load`].
pub fn parse(bytes: &[u8], path: &Path) -> Result<Document, Errors> {
    let text = decode_text(bytes).map_err(|error| error.in_file(path))?;
    let read = || {
        let mut report = Report::default();
        let mut tree = tree::read(text, &mut report)?;
        normalize::normalize(&mut tree, &mut report)?;
        let openapi = reader::read(tree, &mut report)?;
        Ok((openapi, report))
    };
    let (openapi, report) = stack::run(read).flatten().map_err(|error: CodegenError| error.in_file(path))?;
    Ok(Document { file: path.to_owned(), openapi, report })
}

/// Reads a document into an OpenAPI 3.0 tree with everything that it declares. `path` is its name in messages.
///
/// # Errors
/// Returns the same errors as [`load`].
pub fn read_declared(bytes: &[u8], path: &Path) -> Result<serde_json::Value, Errors> {
    let read = || {
        let mut tree = tree::read(decode_text(bytes)?, &mut Report::default())?;
        normalize::normalize_schemas(&mut tree)?;
        Ok(tree)
    };
    stack::run(read).flatten().map_err(|error: CodegenError| error.in_file(path).into())
}

fn decode_text(bytes: &[u8]) -> Result<&str, CodegenError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| CodegenError::new("E002", format!("is not UTF-8 text: {error}")))?;
    Ok(text.trim_start_matches('\u{feff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text.as_bytes(), Path::new("spec.json")).unwrap_err().to_string()
    }

    #[test]
    fn reads_json_and_yaml() {
        let json = r#"{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{}}"#;
        assert!(parse(json.as_bytes(), Path::new("a.json")).is_ok());
        let yaml = "openapi: 3.0.1\ninfo: {title: t, version: '1'}\npaths: {}\n";
        assert!(parse(yaml.as_bytes(), Path::new("a.yaml")).is_ok());
    }

    #[test]
    fn unsupported_versions_are_named_in_the_error() {
        assert!(
            error(r#"{"swagger":"1.2","paths":{}}"#)
                .contains("error[E003] spec.json at /swagger: unsupported format: Swagger 1.2")
        );
        assert!(
            error(r#"{"openapi":"4.0.0","paths":{}}"#)
                .contains("unsupported format: OpenAPI 4.0.0 (expected")
        );
    }

    #[test]
    fn swagger_2_0_and_openapi_3_1_are_read() {
        for text in [r#"{"swagger":"2.0","paths":{}}"#, r#"{"openapi":"3.1.0","paths":{}}"#] {
            let document = parse(text.as_bytes(), Path::new("spec.json")).unwrap();
            assert!(document.report.repairs.iter().any(|repair| repair.code == "R035"), "{text}");
        }
    }

    #[test]
    fn syntax_errors_report_the_line() {
        assert!(
            error("{\n\"openapi\": \"3.0.1\",\n").contains("at line 3 column 0: the spec ends too early")
        );
        assert!(error("just words").contains("E002"));
        assert!(error("a: [1\nb: 2").contains("at line 2"));
    }

    #[test]
    fn invalid_part_is_dropped_and_the_rest_is_read() {
        let text = r##"{"openapi":"3.0.1","info":{"title":"t","version":1},"paths":{"/a":{"get":7,"post":{
            "parameters":[{"name":"lost"},{"name":"a","in":"query"},3],
            "responses":{"200":{"description":7},"weird":{}}}}},
            "components":{"schemas":{"A":{"properties":{"x":7,"y":{"type":"strng"}}}}}}"##;
        let document = parse(text.as_bytes(), Path::new("spec.json")).unwrap();
        let places: Vec<&str> =
            document.report.degradations.iter().filter_map(|part| part.problem.location.as_deref()).collect();
        assert_eq!(
            places,
            [
                "/paths/~1a/get",
                "/paths/~1a/post/parameters/0",
                "/paths/~1a/post/parameters/2",
                "/paths/~1a/post/responses/weird",
                "/components/schemas/A/properties/x",
                "/components/schemas/A/properties/y",
            ]
        );
        assert_eq!(document.openapi.operations().count(), 1);
    }

    #[test]
    fn overly_deep_parts_are_untyped_and_reported() {
        let deep = format!("{}{}", "{\"allOf\":[".repeat(60), "]}".repeat(60));
        let text = format!(
            r#"{{"openapi":"3.0.1","info":{{"title":"[[[","version":"1"}},"paths":{{"/a":{{"get":{{"responses":{{}}}}}}}},"components":{{"schemas":{{"A":{deep}}}}}}}"#
        );
        for text in [text.clone(), format!("# YAML\n{text}")] {
            let document = parse(text.as_bytes(), Path::new("spec.json")).unwrap();
            let [deep] = &document.report.degradations[..] else { panic!("{:?}", document.report) };
            assert!(deep.problem.message.contains("nested more than 64 levels deep"), "{deep}");
            assert_eq!(document.openapi.operations().count(), 1);
        }
    }

    #[test]
    fn exponential_yaml_aliases_are_rejected() {
        let start = "openapi: 3.0.1\npaths: {}\nx0: &x0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n";
        let repeat = |level: usize| {
            let aliases = vec![format!("*x{}", level - 1); 9].join(", ");
            format!("x{level}: &x{level} [{aliases}]\n")
        };
        let message = error(&format!("{start}{}", (1..9).map(repeat).collect::<String>()));
        assert!(message.contains("E007"), "{message}");
    }

    #[test]
    fn recursive_yaml_aliases_are_cut_off() {
        let text = "openapi: 3.0.1\ninfo: &a\n  x: *a\npaths: {}\n";
        let document = parse(text.as_bytes(), Path::new("spec.yaml")).unwrap();
        let [deep] = &document.report.degradations[..] else { panic!("{:?}", document.report) };
        assert!(deep.problem.message.contains("nested more than 64 levels deep"), "{deep}");
    }
}
