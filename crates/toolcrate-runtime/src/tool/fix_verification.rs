//! Verifies fixes by applying them to the arguments and validating the result. If every problem has a fix, the
//! corrected call therefore passes validation.

use serde_json::{Map, Value};

use super::argument_limits;
use crate::error::{Error, FieldError, FixOperation};

/// Maximum number of rounds for finding problems uncovered by other fixes.
const MAX_ROUNDS: usize = 4;
/// Maximum number of problems to report.
const MAX_PROBLEMS: usize = 100;

/// Decodes arguments with `attempt`, which fails with the problems and their fixes. Arguments that are too large are
/// rejected first.
///
/// # Errors
/// Returns `InvalidArguments` with all problems and verified fixes.
pub(super) fn attempt<T>(
    arguments: Map<String, Value>,
    attempt: impl Fn(Map<String, Value>) -> Result<T, Vec<FieldError>>,
) -> Result<T, Error> {
    if let Some(problem) = argument_limits::check(&arguments) {
        return Err(Error::invalid_arguments(vec![problem]));
    }
    attempt(arguments.clone()).map_err(|problems| {
        let check = |fixed| attempt(fixed).err().unwrap_or_default();
        Error::invalid_arguments(verify(&arguments, problems, check))
    })
}

/// Verifies the fixes of `problems`, which belong to `arguments`. `check` validates other arguments and returns their
/// problems with fixes. Problems that remain once all fixes are applied are added; a fix that doesn't help is removed.
fn verify(
    arguments: &Map<String, Value>,
    mut problems: Vec<FieldError>,
    check: impl Fn(Map<String, Value>) -> Vec<FieldError>,
) -> Vec<FieldError> {
    drop_supplied(&mut problems);
    if problems.len() > MAX_PROBLEMS {
        problems.truncate(MAX_PROBLEMS);
        // Fixing only some of the problems doesn't help, and verifying fixes takes time.
        problems.iter_mut().for_each(|problem| problem.fix = None);
        return problems;
    }
    // The pointers of problems whose fix did not help.
    let mut failed: Vec<String> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let Some(fixed) = apply_fixes(arguments, &mut problems) else { break };
        let is_known = |found: &FieldError, known: &FieldError| {
            found.pointer == known.pointer && (found.code == known.code || found.fix.is_none())
        };
        let mut added = false;
        for found in check(fixed) {
            match problems.iter().position(|known| is_known(&found, known)) {
                Some(known) if problems[known].fix.is_some() => {
                    problems[known].fix = None;
                    failed.push(found.pointer);
                }
                // It became fixable once other fixes were applied, so it must come after them.
                Some(known) if found.fix.is_some() && !failed.contains(&found.pointer) => {
                    problems.remove(known);
                    problems.push(found);
                    added = true;
                }
                Some(_) => {}
                None if problems.len() < MAX_PROBLEMS => {
                    problems.push(found);
                    added = true;
                }
                None => {}
            }
        }
        if !added {
            break;
        }
    }
    problems
}

/// Returns the arguments with every fix applied, or `None` if there is no fix. A fix that doesn't apply is removed.
fn apply_fixes(arguments: &Map<String, Value>, problems: &mut [FieldError]) -> Option<Map<String, Value>> {
    let mut fixed = Value::Object(arguments.clone());
    let mut is_fixed = false;
    for problem in problems {
        let Some(fix) = &problem.fix else { continue };
        // Arguments can be megabytes long, so they are copied only if a fix could fail halfway.
        let copy = (!fix.is_atomic(&fixed)).then(|| fixed.clone());
        if fix.apply(&mut fixed) {
            is_fixed = true;
        } else {
            fixed = copy.unwrap_or(fixed);
            problem.fix = None;
        }
    }
    match fixed {
        Value::Object(fixed) if is_fixed => Some(fixed),
        _ => None,
    }
}

/// Drops missing arguments that the fix of another problem supplies, such as a misspelled argument.
fn drop_supplied(problems: &mut Vec<FieldError>) {
    let supplied: Vec<String> = problems
        .iter()
        .filter_map(|problem| problem.fix.as_ref())
        .flat_map(|fix| fix.operations().iter().filter_map(FixOperation::target))
        .map(str::to_owned)
        .collect();
    problems.retain(|problem| problem.code != "missing" || !supplied.contains(&problem.pointer));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Fix;

    /// Accepts only a number called `count`.
    fn check(arguments: &Map<String, Value>) -> Vec<FieldError> {
        let mut problems = Vec::new();
        for (name, value) in arguments {
            let pointer = format!("/{name}");
            match name.as_str() {
                "count" if !value.is_number() => {
                    let fix = value.as_str().and_then(|text| text.parse::<i64>().ok());
                    let problem = FieldError::new(&pointer, "type", "expected a number");
                    problems.push(match fix {
                        Some(number) => problem.with_fix(Fix::replace(&pointer, number)),
                        None => problem.with_fix(Fix::replace(&pointer, "nonsense")),
                    });
                }
                "count" => {}
                "cuont" => problems.push(
                    FieldError::new(&pointer, "unknown", "unknown").with_fix(Fix::rename(&pointer, "/count")),
                ),
                _ => problems
                    .push(FieldError::new(&pointer, "unknown", "unknown").with_fix(Fix::remove(&pointer))),
            }
        }
        if !arguments.contains_key("count") {
            problems.push(FieldError::new("/count", "missing", "required"));
        }
        problems
    }

    fn verified(arguments: Value) -> Vec<(String, bool)> {
        let Value::Object(arguments) = arguments else { panic!("no object") };
        let problems = verify(&arguments, check(&arguments), |arguments| check(&arguments));
        problems.into_iter().map(|problem| (problem.pointer, problem.fix.is_some())).collect()
    }

    #[test]
    fn argument_that_a_fix_supplies_is_not_missing() {
        assert_eq!(verified(json!({"cuont": 5, "foo": 1})), [("/cuont".into(), true), ("/foo".into(), true)]);
        assert_eq!(verified(json!({"foo": 1})), [("/foo".into(), true), ("/count".into(), false)]);
    }

    #[test]
    fn problems_uncovered_by_a_fix_are_reported_with_it() {
        assert_eq!(verified(json!({"cuont": "5"})), [("/cuont".into(), true), ("/count".into(), true)]);
    }

    #[test]
    fn fix_that_does_not_help_is_removed() {
        assert_eq!(verified(json!({"count": "x"})), [("/count".into(), false)]);
    }
}
