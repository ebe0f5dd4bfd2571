//! The text templates, which `minijinja` renders.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::diagnostic::CodegenError;

/// Every template, by name.
const TEMPLATES: [(&str, &str); 6] = [
    ("Cargo.toml", include_str!("../../templates/Cargo.toml.j2")),
    ("README.md", include_str!("../../templates/README.md.j2")),
    ("tools.md", include_str!("../../templates/tools.md.j2")),
    ("repairs.md", include_str!("../../templates/repairs.md.j2")),
    ("arguments.md", include_str!("../../templates/arguments.md.j2")),
    ("description.txt", include_str!("../../templates/description.txt.j2")),
];

/// Compiled templates.
///
/// An undefined variable is an error, so a page never silently loses a part.
pub struct Templates(Environment<'static>);

impl Templates {
    /// Compiles the generator's templates.
    ///
    /// # Errors
    /// Returns `E031` if a template can't be compiled.
    pub(crate) fn new() -> Result<Self, CodegenError> {
        Self::compile(&TEMPLATES)
    }

    /// Compiles `sources`, each with a name and a text. A template whose name ends in `.html` escapes its
    /// values.
    ///
    /// # Errors
    /// Returns `E031` if a template can't be compiled.
    pub fn compile(sources: &[(&'static str, &'static str)]) -> Result<Self, CodegenError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // TOML strings are written like JSON strings.
        environment.add_filter("quoted", |text: String| serde_json::Value::String(text).to_string());
        let syntax =
            SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        environment.set_syntax(syntax.map_err(|error| failed("syntax", &error))?);
        for (name, source) in sources {
            environment.add_template(name, source).map_err(|error| failed(name, &error))?;
        }
        Ok(Self(environment))
    }

    /// Renders the template `name` with `values`.
    ///
    /// # Errors
    /// Returns `E031` if a template uses a value that isn't in `values`.
    pub fn render(&self, name: &str, values: impl Serialize) -> Result<String, CodegenError> {
        let template = self.0.get_template(name).map_err(|error| failed(name, &error))?;
        template.render(Serde(values)).map_err(|error| failed(name, &error))
    }
}

fn failed(name: &str, error: &minijinja::Error) -> CodegenError {
    CodegenError::new("E031", format!("the `{name}` template failed: {error:#}"))
}
