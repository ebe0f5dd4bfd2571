//! Renders tool names in catalog text.
//!
//! The catalog's text contains placeholders for tool names (see [`placeholder`]). They are replaced here with the names
//! that the reader knows, in all text that leaves the catalog.

use std::borrow::Cow;

use serde_json::Value;
use toolcrate_catalog::placeholder;

use super::catalog::{Catalog, Tool};
use super::name_style::NameStyle;

impl Tool {
    /// Returns the tool's name in this style.
    pub fn name_in(self, names: NameStyle) -> &'static str {
        match names {
            NameStyle::Prefixed => self.name(),
            NameStyle::Short => self.short_name(),
        }
    }

    /// Returns the description, with tool names in this style.
    pub fn description_in(self, names: NameStyle) -> String {
        self.catalog().render_text(&self.summary().description, names).into_owned()
    }

    /// Returns the argument schema as text, with tool names in this style.
    pub fn input_schema_in(self, names: NameStyle) -> String {
        let schema = super::schema::input(self.catalog(), &self.details().input);
        let name = |short_name: &str| self.catalog().name_for(short_name, names);
        match placeholder::render_descriptions(&schema, name) {
            Cow::Owned(rendered) => rendered,
            Cow::Borrowed(_) => schema,
        }
    }
}

impl Catalog {
    /// Returns catalog text with tool placeholders replaced with names in this style.
    pub fn render_text<'t>(&'static self, text: &'t str, names: NameStyle) -> Cow<'t, str> {
        placeholder::render(text, |short_name| self.name_for(short_name, names))
    }

    /// Renders every string in a value that consists of catalog text.
    pub fn render_texts(&'static self, value: &mut Value, names: NameStyle) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(rendered) = self.render_text(text, names) {
                    *text = rendered;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.render_texts(item, names)),
            Value::Object(members) => {
                members.values_mut().for_each(|member| self.render_texts(member, names));
            }
            _ => {}
        }
    }

    fn name_for(&'static self, short_name: &str, names: NameStyle) -> Option<&'static str> {
        self.get(short_name).filter(|tool| tool.short_name() == short_name).map(|tool| tool.name_in(names))
    }
}
