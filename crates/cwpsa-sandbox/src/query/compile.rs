//! From conditions as written to conditions made ready: names are looked up, values judged.

use super::QueryError;
use super::check::Check;
use super::names::{self, Kind, Names};
use super::node::{Items, Node, Test};
use super::path::{Member, Path};
use super::syntax::{self, Expression, Operator};

/// So many lists can be searched at once: each multiplies the work.
const MOST_LISTS: usize = 3;

/// `conditions`.
pub(super) fn record(expression: &Expression, resource: &dyn Names) -> Result<Node, QueryError> {
    node(expression, &mut |test| {
        let found = names::find(resource, &test.name);
        let (kind, path) = found.ok_or_else(|| QueryError::unknown_name(&test.name))?;
        Ok(Test { root: 0, path, check: Check::new(test, Some(&kind))? })
    })
}

/// `childConditions`: one item of a list must pass all tests.
pub(super) fn children(expression: &Expression, names: &dyn Names) -> Result<Node, QueryError> {
    let mut lists: Vec<Member> = Vec::new();
    let tests = node(expression, &mut |test| {
        let kind = names.child_kind(&test.name).ok_or_else(|| QueryError::unknown_name(&test.name))?;
        no_list(test, "childConditions")?;
        let (list, path) = Path::split(&test.name);
        let root = lists.iter().position(|known| *known == list).unwrap_or_else(|| {
            lists.push(list);
            lists.len() - 1
        });
        Ok(Test { root, path, check: Check::new(test, Some(&kind))? })
    })?;
    if lists.len() > MOST_LISTS {
        return Err(QueryError::new(format!("childConditions can search {MOST_LISTS} lists at once.")));
    }
    Ok(Node::Items(Box::new(Items { lists, tests })))
}

/// `customFieldConditions`. Tests that stand beside a test of `caption` are about the same custom field; so
/// two fields are asked for by `(caption="A" and value="x") and (caption="B" and value="y")`.
pub(super) fn custom_fields(expression: &Expression) -> Result<Node, QueryError> {
    Ok(match expression {
        Expression::Any(parts) => Node::Any(parts.iter().map(custom_fields).collect::<Result<_, _>>()?),
        Expression::All(parts) if parts.iter().any(|part| !is_caption(part) && has_caption(part)) => {
            let (own, others): (Vec<_>, Vec<_>) =
                parts.iter().partition(|part| is_caption(part) || !has_caption(part));
            let mut all = others.into_iter().map(custom_fields).collect::<Result<Vec<_>, _>>()?;
            if own.iter().any(|part| is_caption(part)) {
                all.push(one_field(&Expression::All(own.into_iter().cloned().collect()))?);
            } else {
                for part in own {
                    all.push(one_field(part)?);
                }
            }
            Node::All(all)
        }
        expression => one_field(expression)?,
    })
}

/// Tests of which one custom field must pass all.
fn one_field(expression: &Expression) -> Result<Node, QueryError> {
    let tests = node(expression, &mut |test| {
        let kind = match test.name.to_ascii_lowercase().as_str() {
            "caption" | "type" | "entrymethod" | "connectwiseid" | "podid" => Some(Kind::Text),
            "id" | "numberofdecimals" | "rownum" | "userdefinedfieldrecid" => Some(Kind::Number),
            "value" => None,
            _ => return Err(QueryError::unknown_name(&test.name)),
        };
        no_list(test, "customFieldConditions")?;
        Ok(Test { root: 0, path: Path::new(&test.name), check: Check::new(test, kind.as_ref())? })
    })?;
    Ok(Node::Items(Box::new(Items { lists: vec![Member::new("customFields")], tests })))
}

fn is_caption(expression: &Expression) -> bool {
    matches!(expression, Expression::Test(test) if test.name.eq_ignore_ascii_case("caption"))
}

fn has_caption(expression: &Expression) -> bool {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => parts.iter().any(has_caption),
        Expression::Test(_) => is_caption(expression),
    }
}

fn no_list(test: &syntax::Test, parameter: &str) -> Result<(), QueryError> {
    match test.operator {
        Operator::In | Operator::NotIn => {
            Err(QueryError::new(format!("{}: in works in conditions alone, not in {parameter}.", test.name)))
        }
        _ => Ok(()),
    }
}

fn node(
    expression: &Expression,
    test: &mut dyn FnMut(&syntax::Test) -> Result<Test, QueryError>,
) -> Result<Node, QueryError> {
    Ok(match expression {
        Expression::All(parts) => Node::All(nodes(parts, test)?),
        Expression::Any(parts) => Node::Any(nodes(parts, test)?),
        Expression::Test(written) => Node::Test(Box::new(test(written)?)),
    })
}

fn nodes(
    parts: &[Expression],
    test: &mut dyn FnMut(&syntax::Test) -> Result<Test, QueryError>,
) -> Result<Vec<Node>, QueryError> {
    parts.iter().map(|part| node(part, test)).collect()
}
