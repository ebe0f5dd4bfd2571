//! `methods=read,write&tags=service` in all spellings, and which tools that means.

use connectwise_psa::runtime::dialect::{self, Route};
use connectwise_psa::runtime::{Tool, Value};
use serde_json::Map;

/// The tools that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// `read`, `write`, `custom` or single methods; none means all.
    pub methods: Vec<String>,
    /// Tags of the API, or its parts; none means all.
    pub tags: Vec<String>,
}

impl Wanted {
    /// Reads the members of a query, or of the `config` of a request for a token.
    pub fn of(members: &Map<String, Value>) -> Self {
        Self { methods: words(members, "methods"), tags: words(members, "tags") }
    }

    /// Whether a tool is among them: any of the methods, and any of the tags.
    pub fn has(&self, tool: Tool) -> bool {
        let by_tag = self.tags.is_empty()
            || self.tags.iter().any(|tag| {
                tag.eq_ignore_ascii_case(tool.module())
                    || tool.tags().iter().any(|own| own.eq_ignore_ascii_case(tag))
            });
        by_tag && (self.methods.is_empty() || self.has_method(&dialect::route(tool)))
    }

    fn has_method(&self, route: &Route) -> bool {
        let class = match route.method.as_str() {
            "list" | "get" => "read",
            "create" | "update" | "delete" => "write",
            _ => "custom",
        };
        self.methods.iter().any(|method| *method == class || *method == route.method)
    }
}

fn words(members: &Map<String, Value>, name: &str) -> Vec<String> {
    let texts: Vec<&str> = match members.get(name) {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let words = texts.into_iter().flat_map(|text| text.split(',')).map(str::trim);
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::nest;
    use super::*;
    use connectwise_psa::CATALOGUE;

    #[test]
    fn methods_are_a_union_and_tags_narrow_it() {
        for query in [
            "methods=read%2Cwrite",
            "methods[0]=read&methods[1]=write",
            "methods[]=read&methods[]=write",
            "methods=read&methods=write",
        ] {
            assert_eq!(Wanted::of(&nest::nested(query)).methods, ["read", "write"], "{query}");
        }
        let count = |query: &str| {
            let wanted = Wanted::of(&nest::nested(query));
            CATALOGUE.tools().filter(|tool| wanted.has(*tool)).count()
        };
        assert_eq!(count(""), 3053);
        assert_eq!(count("methods=read") + count("methods=write") + count("methods=custom"), 3053);
        assert_eq!(count("methods=list") + count("methods=get"), count("methods=read"));
        assert_eq!(count("tags=service"), 355);
        assert!(count("tags=Tickets&methods=create") >= 1);
        assert_eq!(count("methods=nothing"), 0);
    }
}
