//! Parses conditions into tests combined with `and` and `or`. Names and values aren't checked here.

use winnow::ascii::{Caseless, digit1, multispace0, multispace1};
use winnow::combinator::{alt, cut_err, delimited, not, opt, preceded, repeat, separated};
use winnow::error::{ContextError, ErrMode, StrContext, StrContextValue};
use winnow::prelude::*;
use winnow::token::{any, one_of, take_till, take_while};

use super::error::QueryError;
use super::moment::QueryMoment;
use super::number::QueryNumber;

/// Deeper nesting is rejected, so no query can exhaust the stack.
const MAX_DEPTH: usize = 64;

/// Parsed conditions.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ConditionExpression {
    All(Vec<ConditionExpression>),
    Any(Vec<ConditionExpression>),
    Comparison(ConditionTest),
}

/// A name compared with a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ConditionTest {
    pub(super) name: String,
    pub(super) operator: ConditionOperator,
    pub(super) value: ConditionLiteral,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConditionOperator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    NotContains,
    Like,
    NotLike,
    In,
    NotIn,
}

/// A literal; only `in` takes a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ConditionLiteral {
    Null,
    Boolean(bool),
    Number(QueryNumber),
    Text(String),
    Date(QueryMoment),
    List(Vec<ConditionLiteral>),
}

/// A key of `orderBy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SortTerm {
    pub(super) name: String,
    pub(super) descending: bool,
}

/// Parses the conditions in `parameter`.
pub(super) fn conditions(text: &str, parameter: &str) -> Result<ConditionExpression, QueryError> {
    let whole = |input: &mut &str| alternatives(input, 0);
    delimited(multispace0, whole, multispace0)
        .parse(text)
        .map_err(|error| syntax_error(text, parameter, error.offset(), error.inner(), "and, or, or the end"))
}

/// Parses `orderBy`.
pub(super) fn order_by(text: &str) -> Result<Vec<SortTerm>, QueryError> {
    let keys = separated(1.., order_key, (multispace0, ',', multispace0));
    delimited(multispace0, keys, multispace0).parse(text).map_err(|error| {
        syntax_error(text, "orderBy", error.offset(), error.inner(), "asc, desc, a comma, or the end")
    })
}

/// Returns the error at `offset`: what was expected and what was found.
fn syntax_error(
    text: &str,
    parameter: &str,
    offset: usize,
    error: &ContextError,
    or_else: &str,
) -> QueryError {
    let expected = error.context().find_map(|context| match context {
        StrContext::Expected(expected) => Some(expected.to_string()),
        _ => None,
    });
    let expected = expected.unwrap_or_else(|| or_else.to_owned());
    let rest: String = text.get(offset..).unwrap_or_default().chars().take(20).collect();
    let found = if rest.is_empty() { "the end".to_owned() } else { format!("'{rest}'") };
    let at = text.get(..offset).map_or(0, |before| before.chars().count()) + 1;
    QueryError::new(format!("{parameter}: expected {expected} at character {at}, got {found}"))
}

/// Requires a parser to succeed, without trying alternatives.
fn expected<'i, O, P>(parser: P, what: &'static str) -> impl ModalParser<&'i str, O, ContextError>
where
    P: ModalParser<&'i str, O, ContextError>,
{
    cut_err(parser).context(StrContext::Expected(StrContextValue::Description(what)))
}

fn alternatives(input: &mut &str, depth: usize) -> ModalResult<ConditionExpression> {
    let parts: Vec<ConditionExpression> =
        separated(1.., |input: &mut &str| all(input, depth), keyword("or")).parse_next(input)?;
    Ok(joined(parts, ConditionExpression::Any))
}

fn all(input: &mut &str, depth: usize) -> ModalResult<ConditionExpression> {
    let parts: Vec<ConditionExpression> =
        separated(1.., |input: &mut &str| part(input, depth), keyword("and")).parse_next(input)?;
    Ok(joined(parts, ConditionExpression::All))
}

fn joined(
    mut parts: Vec<ConditionExpression>,
    join: fn(Vec<ConditionExpression>) -> ConditionExpression,
) -> ConditionExpression {
    if parts.len() == 1 { parts.swap_remove(0) } else { join(parts) }
}

fn part(input: &mut &str, depth: usize) -> ModalResult<ConditionExpression> {
    if opt('(').parse_next(input)?.is_none() {
        return test(input);
    }
    if depth == MAX_DEPTH {
        let mut error = ContextError::new();
        error.push(StrContext::Expected(StrContextValue::Description("at most 64 nested parentheses")));
        return Err(ErrMode::Cut(error));
    }
    let inner = |input: &mut &str| alternatives(input, depth + 1);
    delimited(multispace0, inner, (multispace0, expected(')', "and, or, or a closing parenthesis")))
        .parse_next(input)
}

fn test(input: &mut &str) -> ModalResult<ConditionExpression> {
    let name = expected(name, "a name").parse_next(input)?;
    multispace0.parse_next(input)?;
    let operator = expected(operator, "an operator").parse_next(input)?;
    multispace0.parse_next(input)?;
    let value = match operator {
        ConditionOperator::In | ConditionOperator::NotIn => list(input)?,
        _ => value(input)?,
    };
    Ok(ConditionExpression::Comparison(ConditionTest { name: name.to_owned(), operator, value }))
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '/')
}

fn name<'i>(input: &mut &'i str) -> ModalResult<&'i str> {
    take_while(1.., in_name)
        .verify(|name: &str| !name.starts_with('/') && !name.ends_with('/'))
        .parse_next(input)
}

/// Parses a complete word.
fn word<'i>(word: &'static str) -> impl ModalParser<&'i str, (), ContextError> {
    (Caseless(word), not(one_of(in_name))).void()
}

/// Parses a word with optional whitespace around it.
fn keyword<'i>(name: &'static str) -> impl ModalParser<&'i str, (), ContextError> {
    delimited(multispace0, word(name), multispace0)
}

fn operator(input: &mut &str) -> ModalResult<ConditionOperator> {
    let words = |contains, like, within| {
        alt((word("contains").value(contains), word("like").value(like), word("in").value(within)))
    };
    let negated = words(ConditionOperator::NotContains, ConditionOperator::NotLike, ConditionOperator::NotIn);
    alt((
        "!=".value(ConditionOperator::NotEqual),
        "<=".value(ConditionOperator::LessOrEqual),
        ">=".value(ConditionOperator::GreaterOrEqual),
        "=".value(ConditionOperator::Equal),
        "<".value(ConditionOperator::Less),
        ">".value(ConditionOperator::Greater),
        preceded((word("not"), multispace1), expected(negated, "contains, like or in")),
        words(ConditionOperator::Contains, ConditionOperator::Like, ConditionOperator::In),
    ))
    .parse_next(input)
}

fn list(input: &mut &str) -> ModalResult<ConditionLiteral> {
    expected('(', "a list in parentheses").parse_next(input)?;
    multispace0.parse_next(input)?;
    let values = separated(1.., value, (multispace0, ',', multispace0)).parse_next(input)?;
    multispace0.parse_next(input)?;
    expected(')', "a comma or a closing parenthesis").parse_next(input)?;
    Ok(ConditionLiteral::List(values))
}

fn value(input: &mut &str) -> ModalResult<ConditionLiteral> {
    let words = alt((
        word("null").value(ConditionLiteral::Null),
        word("true").value(ConditionLiteral::Boolean(true)),
        word("false").value(ConditionLiteral::Boolean(false)),
    ));
    let values = alt((
        quoted_text.map(ConditionLiteral::Text),
        date.map(ConditionLiteral::Date),
        number.map(ConditionLiteral::Number),
        words,
    ));
    expected(values, "text in quotes, a number, True, False, null or a [date]").parse_next(input)
}

/// Parses quoted text. A backslash escapes a quote or a backslash, and is literal before any other character.
fn quoted_text(input: &mut &str) -> ModalResult<String> {
    let quote = one_of(['"', '\'']).parse_next(input)?;
    let escaped = preceded('\\', one_of(['"', '\'', '\\']));
    let text = repeat(0.., alt((escaped, any.verify(move |c| *c != quote))))
        .fold(String::new, |mut text: String, c| {
            text.push(c);
            text
        })
        .parse_next(input)?;
    expected(quote, "a closing quote").parse_next(input)?;
    Ok(text)
}

fn date(input: &mut &str) -> ModalResult<QueryMoment> {
    '['.parse_next(input)?;
    let moment = take_till(0.., ']').verify_map(QueryMoment::parse);
    let moment = expected(moment, "a date like [2024-01-31T08:00:00Z]").parse_next(input)?;
    expected(']', "a closing bracket").parse_next(input)?;
    Ok(moment)
}

fn number(input: &mut &str) -> ModalResult<QueryNumber> {
    let digits = (opt('-'), digit1, opt(('.', digit1)), not(one_of(in_name)));
    digits.take().verify_map(|text: &str| QueryNumber::parse(text)).parse_next(input)
}

fn order_key(input: &mut &str) -> ModalResult<SortTerm> {
    let name = expected(name, "a name").parse_next(input)?;
    let direction = alt((word("asc").value(false), word("desc").value(true)));
    let descending = opt(preceded(multispace1, direction)).parse_next(input)?.unwrap_or_default();
    Ok(SortTerm { name: name.to_owned(), descending })
}
