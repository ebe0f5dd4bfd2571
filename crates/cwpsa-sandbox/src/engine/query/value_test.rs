//! Tests a single value against an operator and an operand, compiled once per query.

use regex::{Regex, RegexBuilder};

use super::case_folding;
use super::error::QueryError;
use super::field_names::ValueKind;
use super::moment::QueryMoment;
use super::number::QueryNumber;
use super::operand::QueryOperand;
use super::syntax::{ConditionLiteral, ConditionOperator, ConditionTest};
use super::value::ValueView;

/// A compiled test of a value.
#[derive(Clone, Debug)]
pub(super) enum ValueTest {
    Null {
        negated: bool,
    },
    Compare {
        operator: ConditionOperator,
        operand: QueryOperand,
    },
    Pattern {
        pattern: Regex,
        negated: bool,
    },
    /// The values are sorted, so long lists are searched quickly.
    OneOf {
        operands: Vec<QueryOperand>,
        negated: bool,
    },
}

impl ValueTest {
    /// Compiles a test. `kind` is the type of the name; `None` if it can be any.
    pub(super) fn new(test: &ConditionTest, kind: Option<&ValueKind>) -> Result<Self, QueryError> {
        let rejected = |why: &str| Err(QueryError::new(format!("{}: {why}", test.name)));
        match (test.operator, &test.value) {
            (ConditionOperator::Equal, ConditionLiteral::Null) => Ok(Self::Null { negated: false }),
            (ConditionOperator::NotEqual, ConditionLiteral::Null) => Ok(Self::Null { negated: true }),
            (_, ConditionLiteral::Null) => rejected("null can only be compared with = and !="),
            (
                ConditionOperator::Contains
                | ConditionOperator::NotContains
                | ConditionOperator::Like
                | ConditionOperator::NotLike,
                value,
            ) => {
                let negated =
                    matches!(test.operator, ConditionOperator::NotContains | ConditionOperator::NotLike);
                let like = matches!(test.operator, ConditionOperator::Like | ConditionOperator::NotLike);
                match (kind, value) {
                    (None | Some(ValueKind::Text | ValueKind::Choice(_)), ConditionLiteral::Text(text)) => {
                        Ok(Self::Pattern { pattern: pattern(text, like)?, negated })
                    }
                    (None | Some(ValueKind::Text | ValueKind::Choice(_)), _) => {
                        rejected("`contains` and `like` require text in quotes")
                    }
                    _ => rejected("`contains` and `like` require a text field"),
                }
            }
            (ConditionOperator::In | ConditionOperator::NotIn, ConditionLiteral::List(values)) => {
                let operands = values.iter().map(|value| operand(&test.name, value, kind));
                let mut operands = operands.collect::<Result<Vec<_>, _>>()?;
                operands.sort_by(QueryOperand::compare);
                Ok(Self::OneOf { operands, negated: test.operator == ConditionOperator::NotIn })
            }
            (operator, value) => {
                if kind == Some(&ValueKind::Boolean)
                    && !matches!(operator, ConditionOperator::Equal | ConditionOperator::NotEqual)
                {
                    return rejected("true and false can only be compared with = and !=");
                }
                Ok(Self::Compare { operator, operand: operand(&test.name, value, kind)? })
            }
        }
    }

    /// Returns true if and only if a value passes. Null passes only the test for null.
    pub(super) fn passes<D>(&self, value: ValueView<'_, D>) -> bool {
        let null = matches!(value, ValueView::Null);
        match self {
            Self::Null { negated } => null != *negated,
            Self::Compare { operator, operand } => operand.order(value).map_or_else(
                // A value of another type isn't equal.
                || *operator == ConditionOperator::NotEqual && !null,
                |order| match operator {
                    ConditionOperator::Equal => order.is_eq(),
                    ConditionOperator::NotEqual => order.is_ne(),
                    ConditionOperator::Less => order.is_lt(),
                    ConditionOperator::LessOrEqual => order.is_le(),
                    ConditionOperator::Greater => order.is_gt(),
                    ConditionOperator::GreaterOrEqual => order.is_ge(),
                    _ => false,
                },
            ),
            Self::Pattern { pattern, negated } => match value {
                ValueView::Text(text) => pattern.is_match(text) != *negated,
                ValueView::Number(number) => pattern.is_match(&number.to_string()) != *negated,
                _ => false,
            },
            Self::OneOf { .. } if null => false,
            Self::OneOf { operands, negated } => {
                let found = operands.binary_search_by(|operand| {
                    operand.order(value).map_or(std::cmp::Ordering::Less, std::cmp::Ordering::reverse)
                });
                found.is_ok() != *negated
            }
        }
    }
}

/// Compiles the pattern of `contains` or `like`, in which `*` and `%` match any text.
fn pattern(text: &str, like: bool) -> Result<Regex, QueryError> {
    let written = if like {
        let parts: Vec<String> = text.split(['*', '%']).map(regex::escape).collect();
        format!(r"\A{}\z", parts.join(".*"))
    } else {
        regex::escape(text)
    };
    let built = RegexBuilder::new(&written).case_insensitive(true).dot_matches_new_line(true).build();
    built.map_err(|_| QueryError::new("the text to search for is too long"))
}

/// Converts a literal to an operand for names with a type.
fn operand(
    name: &str,
    literal: &ConditionLiteral,
    kind: Option<&ValueKind>,
) -> Result<QueryOperand, QueryError> {
    let number = |text: &str| QueryNumber::parse(text.trim()).map(QueryOperand::Number);
    let boolean = |text: &str| text.trim().to_ascii_lowercase().parse().ok().map(QueryOperand::Boolean);
    let rejected = |expected: &str| Err(QueryError::new(format!("{name}: expected {expected}")));
    Ok(match (kind, literal) {
        (Some(ValueKind::Text), ConditionLiteral::Text(text)) => QueryOperand::Text(case_folding::fold(text)),
        (Some(ValueKind::Text), ConditionLiteral::Number(number)) => {
            QueryOperand::Text(number.to_string().into())
        }
        // Some dates are declared as text; values that aren't dates don't pass.
        (Some(ValueKind::Text), ConditionLiteral::Date(moment)) => date(*moment),
        (Some(ValueKind::Text), _) => return rejected("text in quotes"),
        (Some(ValueKind::Choice(values)), ConditionLiteral::Text(text)) => {
            if !values.iter().any(|value| value.eq_ignore_ascii_case(text)) {
                return Err(QueryError::new("Enum value supplied was invalid"));
            }
            QueryOperand::Text(case_folding::fold(text))
        }
        (Some(ValueKind::Choice(_)), _) => return Err(QueryError::new("Enum value supplied was invalid")),
        (None | Some(ValueKind::Number), ConditionLiteral::Number(number)) => QueryOperand::Number(*number),
        (Some(ValueKind::Number), ConditionLiteral::Text(text)) => match number(text) {
            Some(operand) => operand,
            None => return rejected("a number"),
        },
        (Some(ValueKind::Number), _) => return rejected("a number"),
        (None | Some(ValueKind::Boolean), ConditionLiteral::Boolean(value)) => QueryOperand::Boolean(*value),
        (Some(ValueKind::Boolean), ConditionLiteral::Text(text)) => match boolean(text) {
            Some(operand) => operand,
            None => return rejected("True or False"),
        },
        (Some(ValueKind::Boolean), _) => return rejected("True or False"),
        (None | Some(ValueKind::Date), ConditionLiteral::Date(moment)) => date(*moment),
        (Some(ValueKind::Date), _) => return rejected("a date in brackets like [2024-01-31T08:00:00Z]"),
        (None, ConditionLiteral::Text(text)) => {
            let readings = [number(text), boolean(text), Some(QueryOperand::Text(case_folding::fold(text)))];
            QueryOperand::Various(readings.into_iter().flatten().collect())
        }
        (None, ConditionLiteral::Null | ConditionLiteral::List(_)) => return rejected("one value"),
    })
}

fn date(moment: QueryMoment) -> QueryOperand {
    QueryOperand::Date { moment, canonical: moment.canonical().map(Into::into) }
}
