//! Describes the API whose tools a server exposes.

use std::fmt;

use toolcrate_runtime::Catalog;

/// The product that a server offers to clients: its tools, what it is called, and texts about it. Plain data, so that a
/// server of another API is a server with another product.
#[derive(Clone, Copy)]
pub struct Product {
    /// The tools.
    pub catalog: &'static Catalog,
    /// The API's name for people, for example `City Library`.
    pub title: &'static str,
    /// The server's name for programs: lower case, without spaces, for example `library`.
    pub server_name: &'static str,
    /// The server's version.
    pub version: &'static str,
    /// One sentence about what the API is for.
    pub description: &'static str,
    /// The scheme of the addresses of MCP resources: `library` makes `library://tools/list_all_books`.
    pub uri_scheme: &'static str,
    /// Names of tools that most jobs begin with, which are listed even where others have to be searched for.
    pub featured_tools: &'static [&'static str],
    /// Jobs that a user may start from a menu.
    pub prompts: &'static [PromptTemplate],
}

/// A job that a user may start from a menu: a text with placeholders.
#[derive(Clone, Copy, Debug)]
pub struct PromptTemplate {
    /// The name, which is unique within a product.
    pub name: &'static str,
    /// Description of the job.
    pub description: &'static str,
    /// Placeholders that the user fills in. All are required.
    pub arguments: &'static [PromptPlaceholder],
    /// The text, with `{name}` for each argument.
    pub text: &'static str,
}

/// An argument of a [`PromptTemplate`].
#[derive(Clone, Copy, Debug)]
pub struct PromptPlaceholder {
    /// The name.
    pub name: &'static str,
    /// Description of the value.
    pub description: &'static str,
    /// The source of its possible values, if they are records of the API.
    pub source: Option<PromptValueSource>,
}

/// The source of an argument's possible values: a field of the records that a tool lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptValueSource {
    /// The tool that lists the records.
    pub tool: &'static str,
    /// The field that holds the value.
    pub field: &'static str,
}

impl fmt::Debug for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, version, tools) = (self.server_name, self.version, self.catalog.len());
        write!(f, "Product({name} {version}, {tools} tools)")
    }
}
