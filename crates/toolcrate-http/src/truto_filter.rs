//! Parses the filter for Truto's tool lists: `methods=read,write&tags=service`.

use serde_json::Map;
use toolcrate_runtime::dialect::{self, Route};
use toolcrate_runtime::{Tool, Value};

/// The words that select several methods.
pub(crate) const METHOD_CLASSES: [&str; 3] = ["read", "write", "custom"];

/// Selects tools by method and tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MethodFilter {
    /// `read`, `write`, `custom`, or single methods such as `list`. An empty list selects all.
    pub methods: Vec<String>,
    /// API tags or modules. An empty list selects all.
    pub tags: Vec<String>,
}

/// A part of a [`MethodFilter`] that can't be parsed. It is never ignored, because that would select more than
/// intended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}: expected comma-separated words or a JSON array of words")]
pub struct MethodFilterError(&'static str);

impl MethodFilter {
    /// Reads `methods` and `tags`, each a list or comma-separated words, from a parsed query or a JSON object.
    ///
    /// # Errors
    /// Returns an error with the first one that can't be parsed.
    pub fn parse(fields: &Map<String, Value>) -> Result<Self, MethodFilterError> {
        Ok(Self { methods: words(fields, "methods")?, tags: words(fields, "tags")? })
    }

    /// Returns true if and only if a tool has one of the methods and one of the tags. Selecting tags limits what can be
    /// reached, so a tool that can reach everything matches none of them.
    pub fn allows(&self, tool: Tool) -> bool {
        let by_tag = self.tags.is_empty()
            || tool.reach().is_module()
                && self.tags.iter().any(|tag| {
                    tag.eq_ignore_ascii_case(tool.module())
                        || tool.tags().iter().any(|known| known.eq_ignore_ascii_case(tag))
                });
        by_tag && (self.methods.is_empty() || self.allows_route(&dialect::route(tool)))
    }

    fn allows_route(&self, route: &Route) -> bool {
        let class = match route.method.as_str() {
            "list" | "get" => "read",
            "create" | "update" | "delete" => "write",
            _ => "custom",
        };
        let is = |method: &String, word: &str| method.eq_ignore_ascii_case(word);
        self.methods.iter().any(|method| is(method, class) || is(method, &route.method))
    }
}

fn words(fields: &Map<String, Value>, name: &'static str) -> Result<Vec<String>, MethodFilterError> {
    let unreadable = || MethodFilterError(name);
    let is_misspelled = |field: &String| field.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
    if fields.keys().any(is_misspelled) {
        return Err(unreadable());
    }
    let texts: Vec<&str> = match fields.get(name) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => {
            items.iter().map(Value::as_str).collect::<Option<_>>().ok_or_else(unreadable)?
        }
        Some(_) => return Err(unreadable()),
    };
    let words = texts.into_iter().flat_map(|text| text.split(',')).map(str::trim);
    Ok(words.filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_string;

    fn parse(query: &str) -> Result<MethodFilter, MethodFilterError> {
        MethodFilter::parse(&query_string::parse(query))
    }

    #[test]
    fn every_spelling_selects_the_same_methods() {
        for query in [
            "methods=read%2Cwrite",
            "methods[0]=read&methods[1]=write",
            "methods[]=read&methods[]=write",
            "methods=read&methods=write",
            "methods[1]=write&methods[0]=read",
            "methods[1]=read&methods[2]=write",
            "methods[0]=read&methods[0]=write",
            "methods=read&methods[]=write",
            "methods[]=write&methods=read",
            "methods[0]=read,write",
        ] {
            assert_eq!(parse(query).unwrap().methods, ["read", "write"], "{query}");
        }
        let filter = parse("tags[1]=service&methods=list").unwrap();
        assert_eq!((filter.methods, filter.tags), (vec!["list".to_owned()], vec!["service".to_owned()]));
    }

    #[test]
    fn unreadable_filters_are_errors() {
        for query in
            ["methods[0][0]=read", "methods[a]=read", "methods=read&methods[a]=write", "methods[0=read"]
        {
            assert_eq!(parse(query), Err(MethodFilterError("methods")), "{query}");
        }
        for config in [r#"{"tags": 5}"#, r#"{"tags": {"0": "service"}}"#, r#"{"tags": ["service", 5]}"#] {
            let config: Map<String, Value> = serde_json::from_str(config).unwrap();
            assert!(
                MethodFilter::parse(&config).unwrap_err().to_string().contains("tags: expected"),
                "{config:?}"
            );
        }
    }
}
