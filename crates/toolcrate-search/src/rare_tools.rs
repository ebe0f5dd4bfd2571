//! Lowers the rank of rarely used tools: low-privilege duplicates, bulk operations, and settings whose name also
//! suggests a more common record. A query that contains a word specific to such a tool restores its full weight.

use crate::analyzer::Analyzer;
use crate::intent::Intent;
use crate::tokenizer::letter_set;
use crate::word_lists::lines;

/// An entry in the penalty list.
pub(crate) struct Penalty {
    /// A part of the short names of its tools.
    pub(crate) part: &'static str,
    /// The letters in that part.
    letters: u32,
    weight: f32,
    unless: Vec<&'static str>,
    intent: Option<Intent>,
}

impl Penalty {
    /// Reads the list.
    pub(crate) fn parse_list(list: &'static str) -> Vec<Self> {
        lines(list).filter_map(Self::parse).collect()
    }

    /// Parses an entry; `None` if it is malformed.
    pub(crate) fn parse(line: &'static str) -> Option<Self> {
        let mut columns = line.split(':').map(str::trim);
        let (part, weight) = (columns.next()?, columns.next()?.parse().ok()?);
        let unless = columns.next()?.split(',').map(str::trim).collect();
        Some(Self {
            part,
            letters: letter_set(part),
            weight,
            unless,
            intent: columns.next().and_then(Intent::from_name),
        })
    }

    /// Returns true if it applies to a tool.
    pub(crate) fn applies_to(&self, short_name: &str) -> bool {
        short_name.contains(self.part)
    }

    /// Returns the indexes of the penalties that apply to a tool.
    pub(crate) fn find_applicable(penalties: &[Self], short_name: &str) -> Vec<usize> {
        let letters = letter_set(short_name);
        let applies = |penalty: &Self| {
            // Comparing the letters is much cheaper than a search, and excludes most penalties.
            penalty.letters & letters == penalty.letters && penalty.applies_to(short_name)
        };
        (0..).zip(penalties).filter(|(_, penalty)| applies(penalty)).map(|(number, _)| number).collect()
    }

    /// Returns the weight of its tools for a query with these stems.
    pub(crate) fn weight(&self, intent: Intent, stems: &[String], analyzer: &Analyzer) -> f32 {
        let is_named = self.unless.iter().any(|word| stems.contains(&analyzer.stem(word)));
        let is_concerned = self.intent.is_none_or(|concerned| concerned == intent);
        if is_concerned && !is_named { self.weight } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::tokenize;
    use crate::word_lists::WordLists;

    #[test]
    fn query_word_restores_the_full_weight() {
        let analyzer = Analyzer::new(&WordLists::ENGLISH);
        let penalty = Penalty::parse("_status_: 0.5: rename: update").expect("an entry");
        let weight = |intent, query: &str| {
            let stems: Vec<String> = tokenize(query).iter().map(|word| analyzer.stem(word)).collect();
            penalty.weight(intent, &stems, &analyzer)
        };
        assert_eq!(weight(Intent::Update, "change the status"), 0.5);
        assert_eq!(weight(Intent::Update, "rename the status"), 1.0);
        assert_eq!(weight(Intent::List, "the status"), 1.0);
    }
}
