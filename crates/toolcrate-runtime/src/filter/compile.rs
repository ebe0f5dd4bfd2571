//! Compiles a typed filter: looks up its fields in the record type, and writes its values in the API's grammar. `not`
//! is applied to the individual comparisons, because the grammar can't negate groups.

use super::expression::{Bucket, BucketUse, Expression, MIXED_ALTERNATIVES, Operator, Test};
use super::operand::{ComparedValue, FilterValueKind};
use super::record_fields::RecordFields;
use super::typed::{Filter, FilterNode, FilterTarget};
use crate::api::FilterGrammar;
use crate::error::FieldError;
use crate::nearest::nearest;
use crate::patch::escape;

/// Compiles a filter. Without `fields`, any path is treated as a field of the record.
///
/// # Errors
/// Returns every problem.
pub(crate) fn compile(
    filter: &Filter,
    grammar: &FilterGrammar,
    fields: Option<&RecordFields>,
) -> Result<Expression, Vec<FieldError>> {
    let mut compiler = FilterCompiler { grammar, fields, problems: Vec::new() };
    let expression = compiler.node(&filter.0, false);
    if compiler.problems.is_empty() { Ok(expression) } else { Err(compiler.problems) }
}

/// Returns the problem for a path that the records don't have.
pub(crate) fn unknown_field(pointer: String, path: &str, fields: &RecordFields) -> FieldError {
    let paths = fields.paths();
    let near = nearest(path, paths.iter().map(String::as_str));
    let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
    FieldError::new(pointer, "unknown", format!("unknown field \"{path}\"{hint}"))
}

/// Returns true if and only if text is a field path, so it can't be anything else in a query.
pub(crate) fn is_path(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    text.split('/').all(is_name)
}

/// A field being compared.
struct ComparedTarget {
    bucket: Bucket,
    field: String,
    kind: FilterValueKind,
}

struct FilterCompiler<'f> {
    grammar: &'f FilterGrammar,
    fields: Option<&'f RecordFields>,
    problems: Vec<FieldError>,
}

impl FilterCompiler<'_> {
    fn problem(
        &mut self,
        target: Option<&FilterTarget>,
        code: &str,
        message: impl Into<String>,
    ) -> Expression {
        let within = target.map(|target| match target {
            FilterTarget::Field(path) => format!("/{}", escape(path)),
            FilterTarget::CustomField(caption) => {
                format!("/{}~1{}", escape(self.grammar.custom_fields), escape(caption))
            }
        });
        let pointer = format!("/{}{}", escape(self.grammar.argument), within.unwrap_or_default());
        self.problems.push(FieldError::new(pointer, code, message));
        Expression::All(Vec::new())
    }

    fn node(&mut self, node: &FilterNode, negated: bool) -> Expression {
        match node {
            FilterNode::Not(node) => self.node(node, !negated),
            FilterNode::All(nodes) => self.group(nodes, negated, negated),
            FilterNode::Any(nodes) if nodes.is_empty() => {
                self.problem(None, "empty", "an empty list of alternatives can't match anything")
            }
            FilterNode::Any(nodes) => self.group(nodes, negated, !negated),
            FilterNode::Test { target, operator, operand } => {
                let operator = if negated { operator.inverse() } else { *operator };
                self.test(target, operator, operand)
            }
        }
    }

    fn group(&mut self, nodes: &[FilterNode], negated: bool, any: bool) -> Expression {
        if any && nodes.is_empty() {
            return self.problem(None, "empty", "the negation of an empty filter can't match anything");
        }
        let mut parts: Vec<Expression> = nodes.iter().map(|node| self.node(node, negated)).collect();
        if parts.len() == 1 {
            return parts.swap_remove(0);
        }
        if !any {
            return Expression::All(parts);
        }
        if parts.iter().any(Expression::is_empty) && self.problems.is_empty() {
            return self.problem(None, "empty", "one of the alternatives matches everything");
        }
        let whole = Expression::Any(parts);
        if whole.bucket_use() == BucketUse::Mixed && self.problems.is_empty() {
            return self.problem(None, "unsupported", MIXED_ALTERNATIVES);
        }
        whole
    }

    fn test(&mut self, target: &FilterTarget, operator: Operator, operand: &ComparedValue) -> Expression {
        let found = match self.find(target, operand) {
            Ok(found) => found,
            Err(problem) => {
                self.problems.push(problem);
                return Expression::All(Vec::new());
            }
        };
        if let Some(message) = misfit(operator, operand, found.kind) {
            return self.problem(Some(target), "operator", message);
        }
        let literals = match operand {
            ComparedValue::List(items) if items.is_empty() => Err("expected at least one value".to_owned()),
            ComparedValue::List(items) => items
                .iter()
                .map(|item| match item {
                    ComparedValue::Null => Err("a list can't contain null; use is_null".to_owned()),
                    item => item.to_literal(found.kind, false),
                })
                .collect(),
            value => value.to_literal(found.kind, operator.is_order()).map(|literal| vec![literal]),
        };
        match literals {
            Ok(literals) => found.compare(operator, literals),
            Err(message) => self.problem(Some(target), "value", message),
        }
    }

    fn find(&self, target: &FilterTarget, operand: &ComparedValue) -> Result<ComparedTarget, FieldError> {
        let FilterGrammar { argument, custom_fields, .. } = *self.grammar;
        let pointer = |path: &str| format!("/{}/{}", escape(argument), escape(path));
        match (target, self.fields) {
            (FilterTarget::CustomField(caption), fields) => {
                if fields.is_some_and(|fields| !fields.has(custom_fields)) {
                    let pointer = pointer(&format!("{custom_fields}/{caption}"));
                    return Err(FieldError::new(pointer, "unknown", "these records have no custom fields"));
                }
                let (bucket, kind) = (Bucket::Custom, FilterValueKind::Any);
                Ok(ComparedTarget { bucket, field: caption.clone().into_owned(), kind })
            }
            (FilterTarget::Field(path), _) if path.split('/').next() == Some(custom_fields) => {
                let message = "use the caption to compare a custom field: Filter::custom_field(\"…\")";
                Err(FieldError::new(pointer(path), "unknown", message))
            }
            (FilterTarget::Field(path), Some(fields)) => {
                let first =
                    if let ComparedValue::List(items) = operand { items.first() } else { Some(operand) };
                let is_text = matches!(first, Some(ComparedValue::Text(_)));
                let found = fields.find_compared(path, is_text);
                let found = found.ok_or_else(|| unknown_field(pointer(path), path, fields))?;
                let bucket = if found.in_list { Bucket::Child } else { Bucket::Record };
                Ok(ComparedTarget { bucket, field: found.path, kind: found.kind })
            }
            (FilterTarget::Field(path), None) if is_path(path) => {
                let (bucket, kind) = (Bucket::Record, FilterValueKind::Any);
                Ok(ComparedTarget { bucket, field: path.clone().into_owned(), kind })
            }
            (FilterTarget::Field(path), None) => {
                let message = "expected field names separated by slashes, such as status/name";
                Err(FieldError::new(pointer(path), "unknown", message))
            }
        }
    }
}

impl ComparedTarget {
    fn compare(self, operator: Operator, literals: Vec<String>) -> Expression {
        let Self { bucket, field, .. } = self;
        if !operator.takes_list() {
            return Expression::Test(Test { bucket, field, operator, literal: literals.concat() });
        }
        if bucket == Bucket::Record {
            let literal = format!("({})", literals.join(", "));
            return Expression::Test(Test { bucket, field, operator, literal });
        }
        // Lists of values are supported only in conditions on the record.
        let is_in = operator == Operator::In;
        let operator = if is_in { Operator::Equal } else { Operator::NotEqual };
        let tests = literals
            .into_iter()
            .map(|literal| Expression::Test(Test { bucket, field: field.clone(), operator, literal }));
        if is_in { Expression::Any(tests.collect()) } else { Expression::All(tests.collect()) }
    }
}

/// Returns the reason why an operator can't be used with a value on a field of this kind.
fn misfit(operator: Operator, operand: &ComparedValue, kind: FilterValueKind) -> Option<&'static str> {
    if operator.is_partial() && !matches!(kind, FilterValueKind::Text | FilterValueKind::Any) {
        return Some("only strings can be matched by substring or pattern");
    }
    if operator.is_order() && kind == FilterValueKind::Boolean {
        return Some("true and false can't be ordered");
    }
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    (*operand == ComparedValue::Null && !is_equality).then_some("null can only be compared with eq and ne")
}
