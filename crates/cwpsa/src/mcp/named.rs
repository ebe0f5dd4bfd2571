//! NameStyle of tools in what a client reads, in the length in which it is shown tools: a client that was shown `create_a_ticket`
//! knows no tool of another name. Descriptions, schemas and errors are written for all clients alike, so the names in
//! them are exchanged here.

use std::borrow::Cow;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Value;
use rmcp::model::CallToolResponse;

use super::{answer, offer};
use crate::exposure::NameStyle;

/// What only full names have.
const INFIX: &str = "connect_wise_psa_";

/// The text with the names of tools in this length.
pub fn text(text: &str, names: NameStyle) -> Cow<'_, str> {
    // Most texts name no tool, and are looked at once.
    if !text.contains(if names == NameStyle::Short { INFIX } else { "_" }) {
        return Cow::Borrowed(text);
    }
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut made, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(start) = rest.find(is_of_word) {
        let (before, after) = rest.split_at(start);
        let (word, after) = after.split_at(after.find(|c| !is_of_word(c)).unwrap_or(after.len()));
        made.push_str(before);
        made.push_str(shown(word, names));
        rest = after;
    }
    made.push_str(rest);
    Cow::Owned(made)
}

/// The word, or the name of the tool that it is. A name of the release before stays: whoever is told of it used it.
fn shown(word: &str, names: NameStyle) -> &str {
    if !word.contains(if names == NameStyle::Short { INFIX } else { "_" }) {
        return word;
    }
    let tool = CATALOG.get(word).filter(|tool| tool.name() == word || tool.short_name() == word);
    tool.map_or(word, |tool| offer::shown(tool, names))
}

/// The same in every text of a value.
pub fn everywhere(value: &mut Value, names: NameStyle) {
    match value {
        Value::String(said) => exchange(said, names),
        Value::Array(items) => items.iter_mut().for_each(|item| everywhere(item, names)),
        Value::Object(members) => members.values_mut().for_each(|member| everywhere(member, names)),
        _ => {}
    }
}

/// The same in the descriptions of a schema; what it demands stays as it is.
pub fn descriptions(schema: &mut Value, names: NameStyle) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| descriptions(item, names)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(said) if name == "description" => exchange(said, names),
                    member => descriptions(member, names),
                }
            }
        }
        _ => {}
    }
}

fn exchange(said: &mut String, names: NameStyle) {
    if let Cow::Owned(made) = text(said, names) {
        *said = made;
    }
}

/// The same in what is said of a call that failed; what a call answered is not ours.
pub fn errors(response: CallToolResponse, names: NameStyle) -> CallToolResponse {
    match response {
        CallToolResponse::Complete(mut result) if result.is_error == Some(true) => {
            match result.structured_content.take() {
                Some(mut error) => {
                    everywhere(&mut error, names);
                    answer::refused(error).into()
                }
                None => CallToolResponse::Complete(result),
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_of_tools_are_exchanged_and_nothing_else() {
        let both = "From list_all_connect_wise_psa_tickets (update_a_ticket_by_id), é_é, list_all_connect_wise_psa_nothing.";
        let short = "From list_all_tickets (update_a_ticket_by_id), é_é, list_all_connect_wise_psa_nothing.";
        let full = "From list_all_connect_wise_psa_tickets (update_a_connect_wise_psa_ticket_by_id), é_é, list_all_connect_wise_psa_nothing.";
        assert_eq!(
            (text(both, NameStyle::Short), text(both, NameStyle::Prefixed)),
            (short.into(), full.into())
        );
        assert!(matches!(text("No tool, no_tool.", NameStyle::Short), Cow::Borrowed(_)));
        let mut schema = json!({"properties": {"description": {"enum": ["list_all_connect_wise_psa_tickets"], "description": "list_all_connect_wise_psa_tickets"}}});
        descriptions(&mut schema, NameStyle::Short);
        assert_eq!(
            schema["properties"]["description"],
            json!({"enum": ["list_all_connect_wise_psa_tickets"], "description": "list_all_tickets"})
        );
    }
}
