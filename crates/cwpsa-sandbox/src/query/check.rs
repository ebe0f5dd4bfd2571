//! One test of a query, ready to be put to values.

use regex::{Regex, RegexBuilder};

use super::QueryError;
use super::data::View;
use super::date::Moment;
use super::names::Kind;
use super::operand::{Number, Operand};
use super::syntax::{Literal, Operator, Test};
use super::text;

/// What a value must be.
#[derive(Clone, Debug)]
pub(super) enum Check {
    Null {
        negated: bool,
    },
    Compare {
        operator: Operator,
        operand: Operand,
    },
    Pattern {
        pattern: Regex,
        negated: bool,
    },
    /// Sorted, so that a long list costs little.
    OneOf {
        operands: Vec<Operand>,
        negated: bool,
    },
}

impl Check {
    /// Makes a test ready. `kind` is that of the name; `None` where it can be any.
    pub(super) fn new(test: &Test, kind: Option<&Kind>) -> Result<Self, QueryError> {
        let refuse = |why: &str| Err(QueryError::new(format!("{}: {why}.", test.name)));
        match (test.operator, &test.value) {
            (Operator::Equal, Literal::Null) => Ok(Self::Null { negated: false }),
            (Operator::NotEqual, Literal::Null) => Ok(Self::Null { negated: true }),
            (_, Literal::Null) => refuse("null can only be compared by = and !="),
            (Operator::Contains | Operator::NotContains | Operator::Like | Operator::NotLike, value) => {
                let negated = matches!(test.operator, Operator::NotContains | Operator::NotLike);
                let like = matches!(test.operator, Operator::Like | Operator::NotLike);
                match (kind, value) {
                    (None | Some(Kind::Text | Kind::Choice(_)), Literal::Text(text)) => {
                        Ok(Self::Pattern { pattern: pattern(text, like)?, negated })
                    }
                    (None | Some(Kind::Text | Kind::Choice(_)), _) => {
                        refuse("contains and like take text in quotes")
                    }
                    _ => refuse("contains and like search in text, and this is none"),
                }
            }
            (Operator::In | Operator::NotIn, Literal::List(values)) => {
                let operands = values.iter().map(|value| operand(&test.name, value, kind));
                let mut operands = operands.collect::<Result<Vec<_>, _>>()?;
                operands.sort_by(Operand::compare);
                Ok(Self::OneOf { operands, negated: test.operator == Operator::NotIn })
            }
            (operator, value) => {
                if kind == Some(&Kind::Boolean) && !matches!(operator, Operator::Equal | Operator::NotEqual) {
                    return refuse("true and false can only be compared by = and !=");
                }
                Ok(Self::Compare { operator, operand: operand(&test.name, value, kind)? })
            }
        }
    }

    /// Whether a value is as it must be. Null passes no test but that for it.
    pub(super) fn passes<D>(&self, value: View<'_, D>) -> bool {
        let null = matches!(value, View::Null);
        match self {
            Self::Null { negated } => null != *negated,
            Self::Compare { operator, operand } => operand.order(value).map_or_else(
                // A value of another kind is another value.
                || *operator == Operator::NotEqual && !null,
                |order| match operator {
                    Operator::Equal => order.is_eq(),
                    Operator::NotEqual => order.is_ne(),
                    Operator::Less => order.is_lt(),
                    Operator::LessOrEqual => order.is_le(),
                    Operator::Greater => order.is_gt(),
                    Operator::GreaterOrEqual => order.is_ge(),
                    _ => false,
                },
            ),
            Self::Pattern { pattern, negated } => match value {
                View::Text(text) => pattern.is_match(text) != *negated,
                View::Number(number) => pattern.is_match(&number.to_string()) != *negated,
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

/// The pattern of `contains`, and that of `like`, where `*` and `%` stand for any text.
fn pattern(text: &str, like: bool) -> Result<Regex, QueryError> {
    let written = if like {
        let parts: Vec<String> = text.split(['*', '%']).map(regex::escape).collect();
        format!(r"\A{}\z", parts.join(".*"))
    } else {
        regex::escape(text)
    };
    let built = RegexBuilder::new(&written).case_insensitive(true).dot_matches_new_line(true).build();
    built.map_err(|_| QueryError::new("The text to search for is too long."))
}

/// A literal made ready for names of a kind.
fn operand(name: &str, literal: &Literal, kind: Option<&Kind>) -> Result<Operand, QueryError> {
    let number = |text: &str| Number::parse(text.trim()).map(Operand::Number);
    let boolean = |text: &str| text.trim().to_ascii_lowercase().parse().ok().map(Operand::Boolean);
    let refuse = |takes: &str| Err(QueryError::new(format!("{name} takes {takes}.")));
    Ok(match (kind, literal) {
        (Some(Kind::Text), Literal::Text(text)) => Operand::Text(text::fold(text)),
        (Some(Kind::Text), Literal::Number(number)) => Operand::Text(number.to_string().into()),
        // Some dates are text in the API's description, and records without a date there don't pass.
        (Some(Kind::Text), Literal::Date(moment)) => date(*moment),
        (Some(Kind::Text), _) => return refuse("text in quotes"),
        (Some(Kind::Choice(values)), Literal::Text(text)) => {
            if !values.iter().any(|value| value.eq_ignore_ascii_case(text)) {
                return Err(QueryError::new("Enum value supplied was invalid"));
            }
            Operand::Text(text::fold(text))
        }
        (Some(Kind::Choice(_)), _) => return Err(QueryError::new("Enum value supplied was invalid")),
        (None | Some(Kind::Number), Literal::Number(number)) => Operand::Number(*number),
        (Some(Kind::Number), Literal::Text(text)) => match number(text) {
            Some(operand) => operand,
            None => return refuse("a number"),
        },
        (Some(Kind::Number), _) => return refuse("a number"),
        (None | Some(Kind::Boolean), Literal::Boolean(value)) => Operand::Boolean(*value),
        (Some(Kind::Boolean), Literal::Text(text)) => match boolean(text) {
            Some(operand) => operand,
            None => return refuse("True or False"),
        },
        (Some(Kind::Boolean), _) => return refuse("True or False"),
        (None | Some(Kind::Date), Literal::Date(moment)) => date(*moment),
        (Some(Kind::Date), _) => return refuse("a date in brackets like [2024-01-31T08:00:00Z]"),
        (None, Literal::Text(text)) => {
            let readings = [number(text), boolean(text), Some(Operand::Text(text::fold(text)))];
            Operand::Various(readings.into_iter().flatten().collect())
        }
        (None, Literal::Null | Literal::List(_)) => return refuse("one value"),
    })
}

fn date(moment: Moment) -> Operand {
    Operand::Date { moment, canonical: moment.canonical().map(Into::into) }
}
