//! Tools that are seldom meant, as a table: low-privilege twins, many records at once, settings where a record that has
//! them is meant. A query that names what is peculiar to them gives them their full weight.

use super::intent::Intent;
use super::words::{Words, lines};

const SELDOM: &str = include_str!("../../data/seldom.txt");

/// What is seldom meant.
pub struct Seldom {
    part: &'static str,
    weight: f32,
    unless: Vec<&'static str>,
    intent: Option<Intent>,
}

impl Seldom {
    /// Reads the table.
    pub fn all() -> Vec<Self> {
        lines(SELDOM).filter_map(Self::of_line).collect()
    }

    fn of_line(line: &'static str) -> Option<Self> {
        let mut columns = line.split(':').map(str::trim);
        let (part, weight) = (columns.next()?, columns.next()?.parse().ok()?);
        let unless = columns.next()?.split(',').map(str::trim).collect();
        Some(Self { part, weight, unless, intent: columns.next().and_then(Intent::named) })
    }

    /// Whether it is of a tool.
    pub fn is_of(&self, short_name: &str) -> bool {
        short_name.contains(self.part)
    }

    /// How much tools of this weigh for a query.
    pub fn weight(&self, intent: Intent, query: &[String], words: &Words) -> f32 {
        let is_named =
            self.unless.iter().any(|word| query.iter().any(|asked| words.stem(asked) == words.stem(word)));
        let is_concerned = self.intent.is_none_or(|concerned| concerned == intent);
        if is_concerned && !is_named { self.weight } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use connectwise_psa::CATALOG;

    use super::super::words::split;
    use super::*;

    #[test]
    fn every_line_is_read_and_of_some_tool() {
        let seldom = Seldom::all();
        assert_eq!(seldom.len(), lines(SELDOM).count());
        for seldom in &seldom {
            assert!(CATALOG.tools().any(|tool| seldom.is_of(tool.short_name())), "{}", seldom.part);
        }
    }

    #[test]
    fn a_word_of_the_query_gives_the_full_weight() {
        let words = Words::new();
        let seldom = Seldom::of_line("_status_: 0.5: rename: update").expect("a line");
        let weight = |intent, query: &str| seldom.weight(intent, &split(query), &words);
        assert_eq!(weight(Intent::Update, "change the status"), 0.5);
        assert_eq!(weight(Intent::Update, "rename the status"), 1.0);
        assert_eq!(weight(Intent::List, "the status"), 1.0);
    }
}
