//! A call as the person reads it who is to approve it.

use connectwise_psa::runtime::Value;

use super::Call;

/// The most characters of one value; how many more there are is told.
const LONGEST: usize = 2000;

/// What is asked: the tool, the account, every argument on a line of its own, and the digest that the yes is bound to.
///
/// Texts are written as in JSON: an argument can't add a line that looks like another one.
pub fn question(call: Call<'_>, digest: &str) -> String {
    let hints = call.tool.annotations();
    let does = if hints.destructive_hint {
        "It may overwrite or delete data."
    } else if hints.read_only_hint {
        "It changes nothing."
    } else {
        "It changes data."
    };
    let mut text = format!(
        "{} ({}) for the account {}. {does}\n",
        call.tool.title(),
        call.tool.short_name(),
        call.account
    );
    lines(&mut text, "", call.arguments);
    text.push_str("\nsha256 ");
    text.push_str(digest);
    text
}

fn lines(text: &mut String, path: &str, value: &Value) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                // A name may hold anything too.
                let plain =
                    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
                let name = if plain { name.clone() } else { Value::from(name.as_str()).to_string() };
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                lines(text, &path, value);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                lines(text, &format!("{path}[{index}]"), item);
            }
        }
        value => {
            let path = if path.is_empty() { "arguments" } else { path };
            let mut written = value.to_string();
            let length = written.chars().count();
            if length > LONGEST {
                written = written.chars().take(LONGEST).collect();
                written.push_str(&format!("… ({} more characters)", length - LONGEST));
            }
            text.push_str(&format!("\n{path}: {written}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectwise_psa::CATALOG;
    use serde_json::json;

    #[test]
    fn every_argument_is_shown_and_none_can_pose_as_another() {
        let tool = CATALOG.get("create_a_ticket_note").unwrap();
        let arguments = json!({"ticketId": 7, "text": "a\nticketId: 8", "member": {"id": 1}, "tags": ["x", {}], "x\ny": 1});
        let text = question(Call { account: "acme", tool, arguments: &arguments }, "abc");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].contains("(create_a_ticket_note) for the account acme. It changes data."), "{text}");
        assert_eq!(
            lines[2..],
            [
                "ticketId: 7",
                r#"text: "a\nticketId: 8""#,
                "member.id: 1",
                r#"tags[0]: "x""#,
                "tags[1]: {}",
                r#""x\ny": 1"#,
                "sha256 abc",
            ]
        );
        let long = json!({"text": "x".repeat(5000)});
        let text = question(Call { account: "acme", tool, arguments: &long }, "abc");
        assert!(text.contains("… (3002 more characters)"), "{text}");
    }
}
