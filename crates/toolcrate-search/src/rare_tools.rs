//! Lowers the rank of rarely used tools: low-privilege duplicates, bulk operations, and settings whose name also
//! suggests a more common record. A query that contains a word specific to such a tool restores its full weight.

use crate::analyzer::Analyzer;
use crate::intent::Intent;
use crate::word_lists::lines;

/// An entry in the penalty list.
pub(crate) struct Penalty {
    /// A part of the short names of its tools.
    pub(crate) part: &'static str,
    /// The [`pair_set`] of that part.
    pairs: u64,
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
            pairs: pair_set(part),
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
        let pairs = pair_set(short_name);
        let applies = |penalty: &Self| {
            // Comparing the pairs is much cheaper than a search, and excludes most penalties.
            penalty.pairs & pairs == penalty.pairs && penalty.applies_to(short_name)
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

/// Returns the set of a text's pairs of adjacent bytes. Each bit stands for the pairs with the same hash.
fn pair_set(text: &str) -> u64 {
    let hash = |pair: &[u8]| u32::from(pair[0]) * 31 + u32::from(pair[1]);
    text.as_bytes().windows(2).fold(0, |pairs, pair| pairs | 1 << (hash(pair) % u64::BITS))
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

    #[test]
    fn penalty_applies_to_names_with_its_part() {
        let penalties = Penalty::parse_list("_info: 0.5: info\nmy_: 0.5: my\ni: 0.5: i\n");
        assert_eq!(Penalty::find_applicable(&penalties, "list_my_board_infos"), [0, 1, 2]);
        assert_eq!(Penalty::find_applicable(&penalties, "information_of_army"), [2]);
    }
}
