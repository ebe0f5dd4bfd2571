//! Compiles parsed conditions: resolves field names, and checks values against the types of the fields.

use super::error::QueryError;
use super::field_names::{self, FieldNames, ValueKind};
use super::field_path::{FieldPath, PathSegment};
use super::predicate::{FieldTest, ItemPredicate, Predicate};
use super::syntax::{self, ConditionExpression, ConditionOperator};
use super::value_test::ValueTest;

/// Maximum number of lists searched at once, because each one multiplies the work.
const MAX_SEARCHED_LISTS: usize = 3;

/// Compiles `conditions`.
pub(super) fn record(
    expression: &ConditionExpression,
    resource: &dyn FieldNames,
) -> Result<Predicate, QueryError> {
    node(expression, &mut |test| {
        let found = field_names::find(resource, &test.name);
        let (kind, path) = found.ok_or_else(|| QueryError::unknown_name(&test.name))?;
        Ok(FieldTest { root: 0, path, check: ValueTest::new(test, Some(&kind))? })
    })
}

/// Compiles `childConditions`: a single list item must pass all tests.
pub(super) fn children(
    expression: &ConditionExpression,
    names: &dyn FieldNames,
) -> Result<Predicate, QueryError> {
    let mut lists: Vec<PathSegment> = Vec::new();
    let tests = node(expression, &mut |test| {
        let kind = names.child_kind(&test.name).ok_or_else(|| QueryError::unknown_name(&test.name))?;
        no_list(test, "childConditions")?;
        let (list, path) = FieldPath::split(&test.name);
        let root = lists.iter().position(|known| *known == list).unwrap_or_else(|| {
            lists.push(list);
            lists.len() - 1
        });
        Ok(FieldTest { root, path, check: ValueTest::new(test, Some(&kind))? })
    })?;
    if lists.len() > MAX_SEARCHED_LISTS {
        return Err(QueryError::new(format!(
            "childConditions can search at most {MAX_SEARCHED_LISTS} lists at once"
        )));
    }
    Ok(Predicate::Items(Box::new(ItemPredicate { lists, tests })))
}

/// Compiles `customFieldConditions`. Tests next to a test of `caption` refer to the same custom field, so two
/// fields are selected by `(caption="A" and value="x") and (caption="B" and value="y")`.
pub(super) fn custom_fields(expression: &ConditionExpression) -> Result<Predicate, QueryError> {
    Ok(match expression {
        ConditionExpression::Any(parts) => {
            Predicate::Any(parts.iter().map(custom_fields).collect::<Result<_, _>>()?)
        }
        ConditionExpression::All(parts)
            if parts.iter().any(|part| !is_caption(part) && has_caption(part)) =>
        {
            let (own, others): (Vec<_>, Vec<_>) =
                parts.iter().partition(|part| is_caption(part) || !has_caption(part));
            let mut all = others.into_iter().map(custom_fields).collect::<Result<Vec<_>, _>>()?;
            if own.iter().any(|part| is_caption(part)) {
                all.push(one_field(&ConditionExpression::All(own.into_iter().cloned().collect()))?);
            } else {
                for part in own {
                    all.push(one_field(part)?);
                }
            }
            Predicate::All(all)
        }
        expression => one_field(expression)?,
    })
}

/// Compiles tests that a single custom field must pass.
fn one_field(expression: &ConditionExpression) -> Result<Predicate, QueryError> {
    let tests = node(expression, &mut |test| {
        let kind = match test.name.to_ascii_lowercase().as_str() {
            "caption" | "type" | "entrymethod" | "connectwiseid" | "podid" => Some(ValueKind::Text),
            "id" | "numberofdecimals" | "rownum" | "userdefinedfieldrecid" => Some(ValueKind::Number),
            "value" => None,
            _ => return Err(QueryError::unknown_name(&test.name)),
        };
        no_list(test, "customFieldConditions")?;
        Ok(FieldTest {
            root: 0,
            path: FieldPath::new(&test.name),
            check: ValueTest::new(test, kind.as_ref())?,
        })
    })?;
    Ok(Predicate::Items(Box::new(ItemPredicate { lists: vec![PathSegment::new("customFields")], tests })))
}

fn is_caption(expression: &ConditionExpression) -> bool {
    matches!(expression, ConditionExpression::Comparison(test) if test.name.eq_ignore_ascii_case("caption"))
}

fn has_caption(expression: &ConditionExpression) -> bool {
    match expression {
        ConditionExpression::All(parts) | ConditionExpression::Any(parts) => parts.iter().any(has_caption),
        ConditionExpression::Comparison(_) => is_caption(expression),
    }
}

fn no_list(test: &syntax::ConditionTest, parameter: &str) -> Result<(), QueryError> {
    match test.operator {
        ConditionOperator::In | ConditionOperator::NotIn => Err(QueryError::new(format!(
            "{}: the `in` operator is supported only in conditions, not in {parameter}",
            test.name
        ))),
        _ => Ok(()),
    }
}

fn node(
    expression: &ConditionExpression,
    test: &mut dyn FnMut(&syntax::ConditionTest) -> Result<FieldTest, QueryError>,
) -> Result<Predicate, QueryError> {
    Ok(match expression {
        ConditionExpression::All(parts) => Predicate::All(nodes(parts, test)?),
        ConditionExpression::Any(parts) => Predicate::Any(nodes(parts, test)?),
        ConditionExpression::Comparison(written) => Predicate::Test(Box::new(test(written)?)),
    })
}

fn nodes(
    parts: &[ConditionExpression],
    test: &mut dyn FnMut(&syntax::ConditionTest) -> Result<FieldTest, QueryError>,
) -> Result<Vec<Predicate>, QueryError> {
    parts.iter().map(|part| node(part, test)).collect()
}
