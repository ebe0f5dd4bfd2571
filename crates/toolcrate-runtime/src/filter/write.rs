//! Writes a parsed filter as conditions, one string per query parameter.

use std::collections::BTreeMap;

use super::expression::{Bucket, BucketUse, Expression, Test};

/// Returns the conditions by bucket.
pub(crate) fn write(expression: &Expression) -> BTreeMap<Bucket, String> {
    let mut parts: BTreeMap<Bucket, Vec<String>> = BTreeMap::new();
    distribute(expression, &mut parts);
    parts.into_iter().map(|(bucket, parts)| (bucket, parts.join(" and "))).collect()
}

/// Distributes tests that must all be true to their buckets; alternatives stay together.
fn distribute(expression: &Expression, parts: &mut BTreeMap<Bucket, Vec<String>>) {
    match expression {
        Expression::All(all) => all.iter().for_each(|part| distribute(part, parts)),
        other => {
            if let BucketUse::Single(bucket) = other.bucket_use() {
                parts.entry(bucket).or_default().push(to_condition(other));
            }
        }
    }
}

fn to_condition(expression: &Expression) -> String {
    let join = |parts: &[Expression], word: &str| {
        let parts: Vec<String> = parts.iter().filter(|part| !part.is_empty()).map(to_condition).collect();
        match &parts[..] {
            [only] => only.clone(),
            _ => format!("({})", parts.join(word)),
        }
    };
    match expression {
        Expression::All(parts) => join(parts, " and "),
        Expression::Any(parts) => join(parts, " or "),
        Expression::Test(Test { bucket, field, operator, literal }) => {
            let operator = operator.as_str();
            match bucket {
                Bucket::Custom => format!("(caption = {} and value {operator} {literal})", quoted(field)),
                _ => format!("{field} {operator} {literal}"),
            }
        }
    }
}

/// Returns text in double quotes. Backslashes and quotes are escaped, so the text can't end early.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}
