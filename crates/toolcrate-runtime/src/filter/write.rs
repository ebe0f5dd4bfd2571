//! Writes an understood filter as conditions, one text for each query parameter.

use std::collections::BTreeMap;

use super::{Bucket, Expression, Operator, Test};

/// The texts by where they go.
pub(super) fn write(expression: &Expression) -> BTreeMap<Bucket, String> {
    let mut parts: BTreeMap<Bucket, Vec<String>> = BTreeMap::new();
    spread(expression, &mut parts);
    parts.into_iter().map(|(bucket, parts)| (bucket, parts.join(" and "))).collect()
}

/// What must all hold is shared out to the parameters; alternatives stay together.
fn spread(expression: &Expression, parts: &mut BTreeMap<Bucket, Vec<String>>) {
    match expression {
        Expression::All(all) => all.iter().for_each(|part| spread(part, parts)),
        other => {
            if let Some(Some(bucket)) = single_bucket(other) {
                parts.entry(bucket).or_default().push(text(other));
            }
        }
    }
}

/// The one bucket of an expression: `Some(None)` where it has no test, `None` where it has several.
pub(super) fn single_bucket(expression: &Expression) -> Option<Option<Bucket>> {
    match expression {
        Expression::Test(test) => Some(Some(test.bucket)),
        Expression::All(parts) | Expression::Any(parts) => {
            let mut bucket = None;
            for part in parts {
                match (bucket, single_bucket(part)?) {
                    (Some(a), Some(b)) if a != b => return None,
                    (_, Some(b)) => bucket = Some(b),
                    (_, None) => {}
                }
            }
            Some(bucket)
        }
    }
}

fn text(expression: &Expression) -> String {
    let join = |parts: &[Expression], word: &str| {
        let parts: Vec<String> =
            parts.iter().filter(|part| single_bucket(part) != Some(None)).map(text).collect();
        match &parts[..] {
            [only] => only.clone(),
            _ => format!("({})", parts.join(word)),
        }
    };
    match expression {
        Expression::All(parts) => join(parts, " and "),
        Expression::Any(parts) => join(parts, " or "),
        Expression::Test(Test { bucket, field, operator, literal }) => {
            let operator = match operator {
                Operator::Equal => "=",
                Operator::NotEqual => "!=",
                Operator::Less => "<",
                Operator::LessOrEqual => "<=",
                Operator::Greater => ">",
                Operator::GreaterOrEqual => ">=",
                Operator::Contains => "contains",
                Operator::NotContains => "not contains",
                Operator::Like => "like",
                Operator::NotLike => "not like",
                Operator::In => "in",
                Operator::NotIn => "not in",
            };
            match bucket {
                Bucket::Custom => format!("(caption = {} and value {operator} {literal})", quoted(field)),
                _ => format!("{field} {operator} {literal}"),
            }
        }
    }
}

/// Text in double quotes; a backslash and a quote are escaped, so the text ends where it should.
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
