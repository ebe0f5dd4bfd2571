//! Writes parameters in the styles defined by OpenAPI 3.0. Items and properties are percent-encoded, but separators
//! aren't, so a server can distinguish them.

use std::borrow::Cow;

use serde_json::Value;
use toolcrate_catalog::ParameterStyle;

use crate::path::encode;
use crate::query_pairs::QueryPairs;
use crate::text::to_text;

/// The parts of a value. Nulls are left out.
enum ValueParts {
    Scalar(String),
    List(Vec<String>),
    Members(Vec<(String, String)>),
}

impl ValueParts {
    fn new(value: &Value) -> Self {
        let present = |value: &&Value| !value.is_null();
        match value {
            Value::Array(items) => Self::List(items.iter().filter(present).map(to_text).collect()),
            Value::Object(members) => {
                let members = members.iter().filter(|(_, value)| present(value));
                Self::Members(members.map(|(name, value)| (name.clone(), to_text(value))).collect())
            }
            value => Self::Scalar(to_text(value)),
        }
    }

    /// Encodes names and values.
    fn encoded(self) -> Self {
        self.map(|text| encode(&text).to_string())
    }

    /// Encodes the dots in items and members, because dots separate them in a label.
    fn without_dots(self) -> Self {
        match self {
            Self::Scalar(text) => Self::Scalar(text),
            several => several.map(|text| text.replace('.', "%2E")),
        }
    }

    /// Changes names and values.
    fn map(self, change: impl Fn(String) -> String) -> Self {
        match self {
            Self::Scalar(text) => Self::Scalar(change(text)),
            Self::List(items) => Self::List(items.into_iter().map(change).collect()),
            Self::Members(members) => Self::Members(
                members.into_iter().map(|(name, value)| (change(name), change(value))).collect(),
            ),
        }
    }

    /// Returns true if and only if this is a list or an object without content.
    fn is_empty(&self) -> bool {
        match self {
            Self::Scalar(_) => false,
            Self::List(items) => items.is_empty(),
            Self::Members(members) => members.is_empty(),
        }
    }

    /// Returns all parts with `separator` between them, also between a name and its value.
    fn joined(&self, separator: &str) -> String {
        match self {
            Self::Scalar(text) => text.clone(),
            Self::List(items) => items.join(separator),
            Self::Members(members) => {
                let flat: Vec<&str> =
                    members.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect();
                flat.join(separator)
            }
        }
    }

    /// Returns all parts with `separator` between them, members as `name=value`.
    fn joined_pairs(&self, separator: &str) -> String {
        match self {
            Self::Members(members) => {
                let pairs: Vec<String> =
                    members.iter().map(|(name, value)| format!("{name}={value}")).collect();
                pairs.join(separator)
            }
            other => other.joined(separator),
        }
    }
}

/// Returns the encoded text that fills the placeholder `name` of a path.
pub(crate) fn in_path(style: ParameterStyle, name: &str, value: &Value) -> String {
    if style == ParameterStyle::Json {
        return encode(&value.to_string()).to_string();
    }
    let parts = ValueParts::new(value).encoded();
    if parts.is_empty() {
        return String::new();
    }
    let name = encode(name);
    let is_label = matches!(style, ParameterStyle::Label | ParameterStyle::LabelExploded);
    let parts = if is_label { parts.without_dots() } else { parts };
    match style {
        ParameterStyle::Label => format!(".{}", parts.joined(".")),
        ParameterStyle::LabelExploded => format!(".{}", parts.joined_pairs(".")),
        ParameterStyle::Matrix => match parts.joined(",") {
            text if text.is_empty() => format!(";{name}"),
            text => format!(";{name}={text}"),
        },
        ParameterStyle::MatrixExploded => match parts {
            ValueParts::List(items) => items.iter().map(|item| format!(";{name}={item}")).collect(),
            ValueParts::Members(_) => format!(";{}", parts.joined_pairs(";")),
            ValueParts::Scalar(text) if text.is_empty() => format!(";{name}"),
            ValueParts::Scalar(text) => format!(";{name}={text}"),
        },
        ParameterStyle::SimpleExploded => parts.joined_pairs(","),
        _ => parts.joined(","),
    }
}

/// Adds the pairs of a query parameter.
pub(crate) fn in_query(
    style: ParameterStyle,
    name: Cow<'static, str>,
    value: &Value,
    pairs: &mut QueryPairs,
) {
    let (separator, encoded_separator) = match style {
        ParameterStyle::Json => return pairs.push_text(name, value.to_string()),
        ParameterStyle::DeepObject => return push_deep(pairs, &name, value),
        ParameterStyle::Form => (",", ","),
        ParameterStyle::SpaceDelimited => (" ", "%20"),
        ParameterStyle::PipeDelimited => ("|", "%7C"),
        _ => return push_exploded(pairs, name, value),
    };
    let parts = ValueParts::new(value);
    if !parts.is_empty() {
        let text = parts.joined(separator);
        pairs.push_encoded(name, text, parts.encoded().joined(encoded_separator));
    }
}

/// Returns the text of a header, which is not encoded, or `None` if there is nothing to send.
pub(crate) fn in_header(style: ParameterStyle, value: &Value) -> Option<String> {
    if style == ParameterStyle::Json {
        return Some(value.to_string());
    }
    let parts = ValueParts::new(value);
    let text = match style {
        ParameterStyle::SimpleExploded => parts.joined_pairs(","),
        _ => parts.joined(","),
    };
    (!parts.is_empty()).then_some(text)
}

/// Returns the encoded text of a cookie, or `None` if there is nothing to send.
pub(crate) fn in_cookie(style: ParameterStyle, value: &Value) -> Option<String> {
    if style == ParameterStyle::Json {
        return Some(encode(&value.to_string()).to_string());
    }
    let parts = ValueParts::new(value).encoded();
    (!parts.is_empty()).then(|| parts.joined(","))
}

/// One pair for each item of a list or member of an object.
fn push_exploded(pairs: &mut QueryPairs, name: Cow<'static, str>, value: &Value) {
    match ValueParts::new(value) {
        ValueParts::Scalar(text) => pairs.push_text(name, text),
        ValueParts::List(items) => items.into_iter().for_each(|item| pairs.push_text(name.clone(), item)),
        ValueParts::Members(members) => {
            members.into_iter().for_each(|(member, value)| pairs.push_text(member.into(), value));
        }
    }
}

/// One pair for each value in an object, with the path to it in brackets.
pub(crate) fn push_deep(pairs: &mut QueryPairs, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| push_deep(pairs, &format!("{name}[{member}]"), value));
        }
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            numbered.for_each(|(index, value)| push_deep(pairs, &format!("{name}[{index}]"), value));
        }
        value => pairs.push_text(name.to_owned().into(), to_text(value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The text of `color` in a request, not encoded where the table of OpenAPI is not.
    fn written(style: ParameterStyle, value: &Value) -> String {
        use ParameterStyle as Style;
        match style {
            Style::Simple
            | Style::SimpleExploded
            | Style::Label
            | Style::LabelExploded
            | Style::Matrix
            | Style::MatrixExploded => in_path(style, "color", value),
            _ => {
                let mut pairs = QueryPairs::new();
                in_query(style, "color".into(), value, &mut pairs);
                pairs.encoded().replace("%5B", "[").replace("%5D", "]").replace("%7C", "|")
            }
        }
    }

    /// The table "Style Examples" of OpenAPI 3.0.3; `n/a` where it has no text.
    #[test]
    fn values_are_written_as_in_the_table_of_the_specification() {
        use ParameterStyle as Style;
        let table = [
            (Style::Matrix, [";color", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"]),
            (
                Style::MatrixExploded,
                [";color", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"],
            ),
            (Style::Label, [".", ".blue", ".blue.black.brown", ".R.100.G.200.B.150"]),
            (Style::LabelExploded, [".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"]),
            (Style::Form, ["color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"]),
            (
                Style::FormExploded,
                ["color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
            ),
            (Style::Simple, ["n/a", "blue", "blue,black,brown", "R,100,G,200,B,150"]),
            (Style::SimpleExploded, ["n/a", "blue", "blue,black,brown", "R=100,G=200,B=150"]),
            (
                Style::SpaceDelimited,
                ["n/a", "n/a", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"],
            ),
            (Style::PipeDelimited, ["n/a", "n/a", "color=blue|black|brown", "color=R|100|G|200|B|150"]),
            (Style::DeepObject, ["n/a", "n/a", "n/a", "color[R]=100&color[G]=200&color[B]=150"]),
        ];
        let values = [
            json!(""),
            json!("blue"),
            json!(["blue", "black", "brown"]),
            json!({"R": 100, "G": 200, "B": 150}),
        ];
        for (style, row) in table {
            for (expected, value) in row.into_iter().zip(&values).filter(|(expected, _)| *expected != "n/a") {
                assert_eq!(written(style, value), expected, "{style:?} {value}");
            }
        }
    }

    #[test]
    fn headers_and_cookies_have_the_styles_of_their_own() {
        let (list, object) = (json!(["a b", "c"]), json!({"R": 100, "G": null, "B": 150}));
        let headers = [ParameterStyle::Simple, ParameterStyle::SimpleExploded];
        assert_eq!(
            headers.map(|style| in_header(style, &list)),
            [Some("a b,c".into()), Some("a b,c".into())]
        );
        let expected = [Some("R,100,B,150".to_owned()), Some("R=100,B=150".to_owned())];
        assert_eq!(headers.map(|style| in_header(style, &object)), expected);
        assert_eq!(in_cookie(ParameterStyle::Form, &list).as_deref(), Some("a%20b,c"));
        assert_eq!(in_cookie(ParameterStyle::Form, &object).as_deref(), Some("R,100,B,150"));
        assert_eq!(in_cookie(ParameterStyle::Json, &json!([1])).as_deref(), Some("%5B1%5D"));
        assert_eq!(
            in_header(ParameterStyle::Json, &object).as_deref(),
            Some(r#"{"R":100,"G":null,"B":150}"#)
        );
    }

    #[test]
    fn an_item_with_a_separator_stays_one_item() {
        let list = json!(["a,b", "c|d", "e f", "g.h;i=j/k"]);
        assert_eq!(written(ParameterStyle::Form, &list), "color=a%2Cb,c|d,e%20f,g.h%3Bi%3Dj%2Fk");
        assert_eq!(in_path(ParameterStyle::Simple, "x", &list), "a%2Cb,c%7Cd,e%20f,g.h%3Bi%3Dj%2Fk");
        assert_eq!(in_path(ParameterStyle::Label, "x", &json!(["a.b", "c"])), ".a%2Eb.c");
        let matrix = in_path(ParameterStyle::MatrixExploded, "x", &list);
        assert_eq!(matrix, ";x=a%2Cb;x=c%7Cd;x=e%20f;x=g.h%3Bi%3Dj%2Fk");
    }

    #[test]
    fn an_empty_list_is_not_sent() {
        let mut pairs = QueryPairs::new();
        for style in [ParameterStyle::Form, ParameterStyle::FormExploded, ParameterStyle::PipeDelimited] {
            in_query(style, "a".into(), &json!([]), &mut pairs);
            in_query(style, "a".into(), &json!({"x": null}), &mut pairs);
        }
        assert!(pairs.is_empty(), "{pairs:?}");
        assert_eq!(in_path(ParameterStyle::Matrix, "a", &json!([])), "");
        assert_eq!(in_header(ParameterStyle::Simple, &json!([])), None);
    }
}
