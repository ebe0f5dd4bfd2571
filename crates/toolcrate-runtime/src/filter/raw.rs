//! Parses raw conditions, so that they are combined with a filter only if they are complete. Text such as `id > 0) or
//! (id > 0` would otherwise break out of the parentheses around it, and the filter would no longer apply to all
//! results.

use std::fmt;

/// Deeper nesting is rejected, so no input can exhaust the stack.
const MAX_DEPTH: usize = 64;
/// The words between a field and its value, longest first.
const WORDS: [&str; 3] = ["contains", "like", "in"];
const SIGNS: [&str; 6] = ["!=", "<=", ">=", "=", "<", ">"];

/// The position at which conditions are invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConditionsError {
    expected: &'static str,
    /// The number of the character, counted from 1.
    at: usize,
}

impl fmt::Display for ConditionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at character {}", self.expected, self.at)
    }
}

/// Checks that text consists of valid conditions: comparisons joined by `and` and `or`, with balanced parentheses.
///
/// # Errors
/// Returns the position where it doesn't.
pub(crate) fn check(text: &str) -> Result<(), ConditionsError> {
    let mut reader = ConditionsReader { text, at: 0 };
    let read = reader.alternatives(0).and_then(|()| {
        reader.skip_space();
        if reader.rest().is_empty() { Ok(()) } else { Err("and, or, or the end") }
    });
    read.map_err(|expected| ConditionsError { expected, at: text[..reader.at].chars().count() + 1 })
}

struct ConditionsReader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> ConditionsReader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Reads a symbol, preceded by optional whitespace.
    fn sign(&mut self, sign: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }

    /// Reads a complete word in any case, preceded by optional whitespace.
    fn word(&mut self, word: &str) -> bool {
        self.skip_space();
        let rest = self.rest();
        let found = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest[word.len()..].starts_with(is_name);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn alternatives(&mut self, depth: usize) -> Result<(), &'static str> {
        loop {
            self.part(depth)?;
            if !self.word("and") && !self.word("or") {
                return Ok(());
            }
        }
    }

    fn part(&mut self, depth: usize) -> Result<(), &'static str> {
        if !self.sign("(") {
            return self.comparison();
        }
        if depth == MAX_DEPTH {
            return Err("fewer nested parentheses");
        }
        self.alternatives(depth + 1)?;
        if self.sign(")") { Ok(()) } else { Err("and, or, or a closing parenthesis") }
    }

    fn comparison(&mut self) -> Result<(), &'static str> {
        self.skip_space();
        let length = self.rest().find(|c| !is_name(c)).unwrap_or(self.rest().len());
        if length == 0 {
            return Err("a field");
        }
        self.at += length;
        if SIGNS.iter().any(|sign| self.sign(sign)) {
            return self.value();
        }
        let negated = self.word("not");
        if !negated && self.word("is") {
            let _ = self.word("not");
            return self.value();
        }
        match WORDS.iter().find(|word| self.word(word)) {
            Some(&"in") => self.list(),
            Some(_) => self.value(),
            None => Err("an operator"),
        }
    }

    fn list(&mut self) -> Result<(), &'static str> {
        if !self.sign("(") {
            return Err("a list in parentheses");
        }
        loop {
            self.value()?;
            if self.sign(")") {
                return Ok(());
            }
            if !self.sign(",") {
                return Err("a comma or a closing parenthesis");
            }
        }
    }

    fn value(&mut self) -> Result<(), &'static str> {
        const EXPECTED: &str = "text in quotes, a number, true, false, null or a [date]";
        self.skip_space();
        match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            Some('[') => {
                let length = self.rest().find(']').ok_or("a closing bracket")?;
                let is_date =
                    self.rest()[1..length].chars().all(|c| c.is_alphanumeric() || " :.+-".contains(c));
                self.at += if is_date { length + 1 } else { 1 };
                if is_date { Ok(()) } else { Err("a date like [2025-01-31T08:00:00Z]") }
            }
            _ => {
                let is_value = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_');
                let length = self.rest().find(|c| !is_value(c)).unwrap_or(self.rest().len());
                let value = &self.rest()[..length];
                let is_word = ["true", "false", "null"].iter().any(|word| value.eq_ignore_ascii_case(word));
                if !is_word && value.parse::<f64>().is_err() {
                    return Err(EXPECTED);
                }
                self.at += length;
                Ok(())
            }
        }
    }

    /// A backslash escapes a quote or a backslash.
    fn quoted(&mut self, quote: char) -> Result<(), &'static str> {
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if chars.peek().is_some_and(|(_, next)| matches!(next, '"' | '\'' | '\\')) => {
                    chars.next();
                }
                c if c == quote => {
                    self.at += at + c.len_utf8();
                    return Ok(());
                }
                _ => {}
            }
        }
        self.at = self.text.len();
        Err("a closing quote")
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complete_conditions_are_parsed() {
        for text in [
            "id > 0",
            "id>0 and (status/name=\"New\" OR board/id in (1, 2))",
            "name = 'O\\'Brien' and lastUpdated > [2025-01-31T08:00:00Z]",
            "not_a = null and closedFlag=False",
            "summary not contains \"a ) or (\" and summary like \"*x*\"",
            "((id = 1))",
            " a = -1.5 ",
            "caption = \"Größe\" and value != \"\\\\\"",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn invalid_conditions_are_reported_with_their_position() {
        for (text, expected) in [
            ("id > 0) or (id > 0", "expected and, or, or the end at character 7"),
            ("(id > 0", "expected and, or, or a closing parenthesis at character 8"),
            ("id > 0 or", "expected a field at character 10"),
            ("name = \"a\\\"", "expected a closing quote at character 12"),
            ("name = \"a\"\" or id > 0", "expected and, or, or the end at character 11"),
            ("name = 'a", "expected a closing quote at character 10"),
            ("id", "expected an operator at character 3"),
            ("id = x", "expected text in quotes, a number, true, false, null or a [date] at character 6"),
            ("id in 5", "expected a list in parentheses at character 7"),
            ("id in (5", "expected a comma or a closing parenthesis at character 9"),
            ("d = [2025)] or (a = 1", "expected a date like [2025-01-31T08:00:00Z] at character 6"),
            ("", "expected a field at character 1"),
            ("a = 1 -- comment", "expected and, or, or the end at character 7"),
        ] {
            assert_eq!(check(text).map_err(|error| error.to_string()), Err(expected.to_owned()), "{text}");
        }
        let deep = format!("{}id = 1{}", "(".repeat(100), ")".repeat(100));
        assert!(check(&deep).is_err());
    }
}
