//! Compares actual output with expected output, in which `…` matches anything.

use serde_json::Value;

use crate::docs::fence::Fence;

/// Returns true if `said` matches the documented output `wanted`.
pub fn matches(wanted: &str, said: &str) -> bool {
    match wanted.split_once('…') {
        None => wanted == said,
        Some((start, rest)) => {
            let Some(mut after) = said.strip_prefix(start) else { return false };
            loop {
                if matches(rest, after) {
                    return true;
                }
                let mut letters = after.chars();
                if letters.next().is_none() {
                    return false;
                }
                after = letters.as_str();
            }
        }
    }
}

/// Returns true if these lines match.
pub fn lines_match(wanted: &[&str], said: &[&str]) -> bool {
    match (wanted.split_first(), said.split_first()) {
        (None, None) => true,
        (Some((&"…", rest)), _) => {
            lines_match(rest, said) || said.split_first().is_some_and(|(_, said)| lines_match(wanted, said))
        }
        (Some((wanted, rest)), Some((said, others))) => {
            matches(wanted.trim_end(), said.trim_end()) && lines_match(rest, others)
        }
        _ => false,
    }
}

/// Returns true if this JSON matches: `…` allows any value, further items, or further properties.
pub fn json_matches(wanted: &Value, said: &Value) -> bool {
    match (wanted, said) {
        (Value::String(wanted), _) if wanted == "…" => true,
        (Value::String(wanted), Value::String(said)) => matches(wanted, said),
        (Value::Array(wanted), Value::Array(said)) => {
            let open = wanted.last() == Some(&Value::from("…"));
            let wanted = &wanted[..wanted.len() - usize::from(open)];
            (open || wanted.len() == said.len())
                && wanted.len() <= said.len()
                && wanted.iter().zip(said).all(|(wanted, said)| json_matches(wanted, said))
        }
        (Value::Object(wanted), Value::Object(said)) => {
            let known = wanted.iter().filter(|(name, _)| *name != "…");
            let all = known
                .clone()
                .all(|(name, wanted)| said.get(name).is_some_and(|said| json_matches(wanted, said)));
            all && (wanted.contains_key("…") || known.count() == said.len())
        }
        _ => wanted == said,
    }
}

/// Compares the fence with the actual output.
pub fn compare(fence: &Fence, said: &str) -> Result<(), String> {
    let same = if fence.language == "json" {
        let parse =
            |text: &str| serde_json::from_str::<Value>(text).map_err(|error| format!("{error}: {text}"));
        json_matches(&parse(&fence.text)?, &parse(said)?)
    } else {
        let [wanted, said] = [&fence.text, said].map(|text| text.trim_end().lines().collect::<Vec<_>>());
        lines_match(&wanted, &said)
    };
    if same { Ok(()) } else { Err(format!("line {} wants\n{}but it prints\n{said}", fence.line, fence.text)) }
}
