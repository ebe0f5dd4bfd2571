//! The prompt that describes a call to its approver.

use std::fmt::Write;

use serde_json::Value;

use super::request::ApprovalRequest;
use crate::json_limit::limit_text;

/// Maximum length of a value in characters.
const MAX_CHARACTERS: usize = 2000;
/// Maximum size of a prompt. People don't read more than that, and must not approve what isn't shown.
const MAX_BYTES: usize = 64 << 10;

/// Creates the prompt for the approver: the tool, the account, each argument on a separate line, and the digest to
/// which the approval is bound. Returns `None` if it would be too long.
///
/// Strings are written as in JSON, with escapes for everything invisible, so an argument can't add a line that looks
/// like another argument, or change the order in which a line is read.
pub fn approval_prompt(call: ApprovalRequest<'_>) -> Option<String> {
    let hints = call.tool.annotations();
    let effect = if hints.destructive_hint {
        "May overwrite or delete data."
    } else if hints.read_only_hint {
        "Does not change data."
    } else {
        "Changes data."
    };
    let mut text = format!(
        "{} ({}) for the account {}. {effect}\n",
        call.tool.title(),
        call.tool.short_name(),
        call.account
    );
    push_lines(&mut text, "", call.arguments);
    text.push_str("\nsha256 ");
    text.push_str(call.digest);
    (text.len() <= MAX_BYTES).then_some(text)
}

fn push_lines(text: &mut String, path: &str, value: &Value) {
    if text.len() > MAX_BYTES {
        return;
    }
    match value {
        Value::Object(properties) if !properties.is_empty() => {
            for (name, value) in properties {
                // Names may also contain arbitrary characters, and some letters are invisible.
                let is_visible = |c: char| (c.is_alphanumeric() || c == '_' || c == '-') && !is_invisible(c);
                let is_plain = !name.is_empty() && name.chars().all(is_visible);
                let name =
                    if is_plain { name.clone() } else { escape(&Value::from(name.as_str()).to_string()) };
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                push_lines(text, &path, value);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                push_lines(text, &format!("{path}[{index}]"), item);
            }
        }
        value => {
            let path = if path.is_empty() { "arguments" } else { path };
            let shown = escape(&limit_text(&value.to_string(), MAX_CHARACTERS));
            text.push_str(&format!("\n{path}: {shown}"));
        }
    }
}

/// Escapes characters that are invisible or that change how the rest of the text is displayed.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_invisible(character) {
            // Writing to a string can't fail.
            let _ = write!(escaped, "\\u{{{:x}}}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Returns true for line and paragraph separators, blank characters other than spaces, and invisible characters that affect
/// direction, joining, form or tagging.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::CATALOG;
    use serde_json::json;

    #[test]
    fn every_argument_is_shown_and_none_can_imitate_another() {
        let tool = CATALOG.get("create_a_loan").unwrap();
        let arguments =
            json!({"bookId": 7, "text": "a\nbookId: 8", "member": {"id": 1}, "tags": ["x", {}], "x\ny": 1});
        let text =
            approval_prompt(ApprovalRequest { account: "acme", tool, arguments: &arguments, digest: "abc" })
                .unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].contains("(create_a_loan) for the account acme. Changes data."), "{text}");
        assert_eq!(
            lines[2..],
            [
                "bookId: 7",
                r#"text: "a\nbookId: 8""#,
                "member.id: 1",
                r#"tags[0]: "x""#,
                "tags[1]: {}",
                r#""x\ny": 1"#,
                "sha256 abc",
            ]
        );
        let long = json!({"text": "x".repeat(5000)});
        let text =
            approval_prompt(ApprovalRequest { account: "acme", tool, arguments: &long, digest: "abc" })
                .unwrap();
        assert!(text.contains("… (3002 more characters)"), "{text}");
    }

    #[test]
    fn invisible_characters_are_escaped_in_values_and_names() {
        let tool = CATALOG.get("create_a_loan").unwrap();
        let prompt = |arguments: &Value| {
            approval_prompt(ApprovalRequest { account: "acme", tool, arguments, digest: "abc" })
        };
        for character in
            "\u{85}\u{2028}\u{2029}\u{202e}\u{2066}\u{200b}\u{9b}\u{e0041}\u{3164}\u{115f}\u{2800}\u{fe0f}"
                .chars()
        {
            let text = format!("a{character}bookId: 8");
            let arguments = json!({"bookId": 7, "text": text, text.clone(): 1});
            let text = prompt(&arguments).unwrap();
            assert!(!text.contains(character), "{text}");
            let code = format!("\\u{{{:x}}}", u32::from(character));
            assert_eq!(text.matches(&code).count(), 2, "{text}");
        }
        // Letters alone, of which one can't be seen, are no plain name.
        let text = prompt(&json!({"bookId\u{3164}": 8})).unwrap();
        assert!(text.contains("\"bookId\\u{3164}\": 8"), "{text}");
        let text = prompt(&json!({"text": "Zoë 日本 👍"})).unwrap();
        assert!(text.contains("Zoë 日本 👍"), "{text}");
    }

    #[test]
    fn oversized_prompts_are_not_shown() {
        let tool = CATALOG.get("create_a_loan").unwrap();
        let arguments = json!({"list": (0..100_000).collect::<Vec<_>>()});
        let call = ApprovalRequest { account: "acme", tool, arguments: &arguments, digest: "abc" };
        assert_eq!(approval_prompt(call), None);
    }
}
