//! A call as the person who is to approve it reads it.

use serde_json::Value;

use super::request::ApprovalRequest;

/// How many characters of a value are shown at most.
const MAX_CHARACTERS: usize = 2000;

/// The question for the approver: the tool, the account, every argument on its own line, and the digest that the approval
/// is bound to.
///
/// Strings are written as in JSON, so an argument can't add a line that looks like another argument.
pub fn approval_prompt(call: ApprovalRequest<'_>) -> String {
    let hints = call.tool.annotations();
    let effect = if hints.destructive_hint {
        "It may overwrite or delete data."
    } else if hints.read_only_hint {
        "It changes nothing."
    } else {
        "It changes data."
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
    text
}

fn push_lines(text: &mut String, path: &str, value: &Value) {
    match value {
        Value::Object(properties) if !properties.is_empty() => {
            for (name, value) in properties {
                // A name may contain anything, too.
                let is_plain =
                    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
                let name = if is_plain { name.clone() } else { Value::from(name.as_str()).to_string() };
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
            let mut shown = value.to_string();
            let length = shown.chars().count();
            if length > MAX_CHARACTERS {
                shown = shown.chars().take(MAX_CHARACTERS).collect();
                shown.push_str(&format!("… ({} more characters)", length - MAX_CHARACTERS));
            }
            text.push_str(&format!("\n{path}: {shown}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::CATALOG;
    use serde_json::json;

    #[test]
    fn every_argument_is_shown_and_none_can_pose_as_another() {
        let tool = CATALOG.get("create_a_loan").unwrap();
        let arguments =
            json!({"bookId": 7, "text": "a\nbookId: 8", "member": {"id": 1}, "tags": ["x", {}], "x\ny": 1});
        let text =
            approval_prompt(ApprovalRequest { account: "acme", tool, arguments: &arguments, digest: "abc" });
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].contains("(create_a_loan) for the account acme. It changes data."), "{text}");
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
            approval_prompt(ApprovalRequest { account: "acme", tool, arguments: &long, digest: "abc" });
        assert!(text.contains("… (3002 more characters)"), "{text}");
    }
}
