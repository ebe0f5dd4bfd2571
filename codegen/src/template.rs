//! Splits path templates into segments.

use serde::Serialize;

/// A path template, split into segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Template {
    /// The template as sent, e.g. `/a/{id}/b/`.
    pub text: String,
    /// Literal text and placeholders in order, without slashes. `types{id}` is two segments.
    pub segments: Vec<Segment>,
}

/// A part of a path template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// Literal text.
    Text(String),
    /// A placeholder's name.
    Placeholder(String),
}

impl Template {
    /// Splits `text` into segments. Braces must be balanced, which [`crate::repair`] ensures.
    pub fn parse(text: &str) -> Self {
        let mut segments = Vec::new();
        for part in text.split('/').filter(|part| !part.is_empty()) {
            let mut rest = part;
            while let Some(open) = rest.find('{') {
                let Some(close) = rest[open..].find('}').map(|close| open + close) else { break };
                if open > 0 {
                    segments.push(Segment::Text(rest[..open].to_owned()));
                }
                segments.push(Segment::Placeholder(rest[open + 1..close].to_owned()));
                rest = &rest[close + 1..];
            }
            if !rest.is_empty() {
                segments.push(Segment::Text(rest.to_owned()));
            }
        }
        Self { text: text.to_owned(), segments }
    }

    /// Returns the names of the placeholders, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Placeholder(name) => Some(name.as_str()),
            Segment::Text(_) => None,
        })
    }

    /// Returns the template in lower case, with `{}` for each placeholder and without a trailing slash, so different
    /// spellings of a path are equal.
    pub fn normal_form(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for c in self.text.trim_end_matches('/').chars() {
            match c {
                '{' => {
                    inside = true;
                    text.push_str("{}");
                }
                '}' => inside = false,
                c if !inside => text.extend(c.to_lowercase()),
                _ => {}
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_split_into_literals_and_placeholders() {
        let template = Template::parse("/finance/agreements/types{id}/copy/");
        let text = |text: &str| Segment::Text(text.into());
        assert_eq!(
            template.segments,
            [
                text("finance"),
                text("agreements"),
                text("types"),
                Segment::Placeholder("id".into()),
                text("copy")
            ]
        );
        assert_eq!(template.normal_form(), "/finance/agreements/types{}/copy");
    }
}
