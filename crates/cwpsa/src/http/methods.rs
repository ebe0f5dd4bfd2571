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
    ///
    /// # Errors
    /// Which of them can't be read: what is left out of a filter would give more than was asked for.
    pub fn of(members: &Map<String, Value>) -> Result<Self, String> {
        Ok(Self { methods: words(members, "methods")?, tags: words(members, "tags")? })
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
        let is = |method: &String, word: &str| method.eq_ignore_ascii_case(word);
        self.methods.iter().any(|method| is(method, class) || is(method, &route.method))
    }
}

fn words(members: &Map<String, Value>, name: &str) -> Result<Vec<String>, String> {
    let unreadable = || format!("{name} must be words that commas divide, or a list of words");
    let half_written = |member: &String| member.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
    if members.keys().any(half_written) {
        return Err(unreadable());
    }
    let texts: Vec<&str> = match members.get(name) {
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
    use super::super::nest;
    use super::*;
    use connectwise_psa::CATALOG;

    #[test]
    fn methods_are_a_union_and_tags_narrow_it() {
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
            let wanted = Wanted::of(&nest::nested(query)).unwrap();
            assert_eq!(wanted.methods, ["read", "write"], "{query}");
        }
        let wanted = Wanted::of(&nest::nested("tags[1]=service&methods=list")).unwrap();
        assert_eq!((wanted.methods, wanted.tags), (vec!["list".to_owned()], vec!["service".to_owned()]));
        let count = |query: &str| {
            let wanted = Wanted::of(&nest::nested(query)).unwrap();
            CATALOG.tools().filter(|tool| wanted.has(*tool)).count()
        };
        assert_eq!(count(""), 3053);
        assert_eq!(count("methods=read") + count("methods=write") + count("methods=custom"), 3053);
        assert_eq!(count("methods=list") + count("methods=get"), count("methods=read"));
        assert_eq!(count("tags=service"), 355);
        assert!(count("tags=Tickets&methods=create") >= 1);
        assert_eq!(count("methods=nothing"), 0);
        assert_eq!(count("methods=READ&tags=SERVICE"), count("methods=read&tags=service"));
    }

    #[test]
    fn what_cannot_be_read_never_means_everything() {
        for query in
            ["methods[0][0]=read", "methods[a]=read", "methods=read&methods[a]=write", "methods[0=read"]
        {
            assert!(Wanted::of(&nest::nested(query)).unwrap_err().contains("methods must be"), "{query}");
        }
        for config in [r#"{"tags": 5}"#, r#"{"tags": {"0": "service"}}"#, r#"{"tags": ["service", 5]}"#] {
            let config: Map<String, Value> = serde_json::from_str(config).unwrap();
            assert!(Wanted::of(&config).unwrap_err().contains("tags must be"), "{config:?}");
        }
    }
}
