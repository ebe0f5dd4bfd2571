//! Describes the API whose tools a server exposes: its catalog, names and descriptions.

use std::fmt;

use toolcrate_runtime::Catalog;

/// The product that a server exposes to clients: its tools, names and descriptions. It is plain data, so a server for
/// another API only needs another product.
#[derive(Clone, Copy)]
pub struct Product {
    /// The tools.
    pub catalog: &'static Catalog,
    /// The API's display name, for example `City Library`.
    pub title: &'static str,
    /// The server's name for programs: lower case, without spaces, for example `library`.
    pub server_name: &'static str,
    /// The server's version.
    pub version: &'static str,
    /// A sentence about the API's purpose.
    pub description: &'static str,
    /// The scheme of MCP resource URIs: `library` yields `library://tools/list_all_books`.
    pub uri_scheme: &'static str,
    /// Tools with which most tasks begin. They are listed even where others can only be found by searching.
    pub featured_tools: &'static [&'static str],
    /// Tasks that a user may start from a menu.
    pub prompts: &'static [PromptTemplate],
}

/// A task that a user may start from a menu, as text with placeholders.
#[derive(Clone, Copy, Debug)]
pub struct PromptTemplate {
    /// The name, which is unique within a product.
    pub name: &'static str,
    /// A description of the task.
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
    /// A description of the value.
    pub description: &'static str,
    /// The source of its possible values, if they are records of the API.
    pub source: Option<PromptValueSource>,
}

/// The source of an argument's possible values: a field of the records that a tool lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptValueSource {
    /// The tool that lists the records.
    pub tool: &'static str,
    /// The field that contains the value.
    pub field: &'static str,
}

impl fmt::Debug for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, version, tools) = (self.server_name, self.version, self.catalog.len());
        write!(f, "Product({name} {version}, {tools} tools)")
    }
}
