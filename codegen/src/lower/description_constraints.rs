//! Extracts constraints from descriptions (`Max length: 50;`), using patterns in the profile.

use regex_lite::Regex;

use crate::config::{NoteRule, UsageTracker};
use crate::diagnostic::{CodegenError, Errors};
use crate::ir::Limits;

/// The profile's patterns, compiled.
pub struct DescriptionConstraints<'a> {
    rules: Vec<(Regex, &'a NoteRule)>,
    usage: &'a UsageTracker,
}

impl<'a> DescriptionConstraints<'a> {
    /// Compiles `rules`.
    pub fn new(rules: &'a [NoteRule], usage: &'a UsageTracker) -> Result<Self, Errors> {
        let compile = |rule: &'a NoteRule| match Regex::new(&rule.pattern) {
            Ok(regex) => Ok((regex, rule)),
            Err(error) => {
                Err(CodegenError::new("E010", format!("the pattern is not a regular expression: {error}"))
                    .at(format!("notes: {}", rule.pattern)))
            }
        };
        let rules = rules.iter().map(compile).collect::<Result<_, CodegenError>>()?;
        Ok(Self { rules, usage })
    }

    /// Moves the constraints that the patterns find in `description` to `limits`, and returns the rest of the
    /// description.
    pub fn apply(&self, description: &str, limits: &mut Limits) -> String {
        let mut text = description.to_owned();
        for (regex, rule) in &self.rules {
            let Some(found) = regex.captures(&text) else { continue };
            self.usage.mark(format!("notes.{}", rule.pattern));
            if rule.max_length {
                let number = found.get(1).and_then(|number| number.as_str().parse().ok());
                limits.max_length = limits.max_length.or(number);
            }
            limits.required_on_replace |= rule.required_on_replace;
            if rule.cut {
                text = regex.replace_all(&text, "").into_owned();
            }
        }
        text.trim().trim_matches(';').trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_are_removed_from_the_prose() {
        let rule = NoteRule {
            pattern: r"Max length: (\d+);?".into(),
            max_length: true,
            required_on_replace: false,
            cut: true,
        };
        let usage = UsageTracker::new();
        let rules = [rule];
        let constraints = DescriptionConstraints::new(&rules, &usage).unwrap();
        let mut limits = Limits::default();
        assert_eq!(constraints.apply("The number. Max length: 50;", &mut limits), "The number.");
        assert_eq!(limits.max_length, Some(50));
    }
}
