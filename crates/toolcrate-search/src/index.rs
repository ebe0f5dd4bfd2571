//! Ranks text by BM25. Each document has a main part and a secondary part; words in the secondary part have a lower
//! weight.

use crate::token_texts::TokenTexts;
use crate::vocabulary::IndexedToken;

/// How quickly repeated occurrences of a token saturate: the `k1` of BM25.
const SATURATION: f32 = 1.2;
/// The length penalty of secondary parts.
const SECONDARY_LENGTH_PENALTY: f32 = 0.3;

/// A query token and its weight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QueryToken<T = String> {
    /// The stem or phrase, as text or as found in a vocabulary.
    pub(crate) token: T,
    /// The token's weight.
    pub(crate) weight: f32,
    /// What it may mean; `None` if it has only one meaning.
    pub(crate) sense: Option<Sense>,
}

/// One of the meanings of a word in a query. A text is only about one of them, so their scores don't add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sense {
    /// The number of the word.
    pub(crate) word: usize,
    /// The number of its meaning.
    pub(crate) number: usize,
}

/// A token in a text.
#[derive(Clone, Copy, Debug, Default)]
struct Posting {
    text: u32,
    value: f32,
    is_main: bool,
}

/// An index of texts.
pub(crate) struct Bm25Index {
    /// The texts that contain each token, and its weight in each one: first those of the stems, then those of the
    /// phrases.
    postings: Vec<Posting>,
    /// The position in `postings` of the first one of each token, followed by the number of postings.
    starts: Vec<u32>,
    /// The number of stems in the index.
    stems: usize,
    count: usize,
}

impl Bm25Index {
    /// Indexes texts, given as the tokens of their main and secondary parts. `length_penalty` is the `b` of BM25: how
    /// much a long main part reduces the weight of its words. `secondary_weight` is the weight of a word in the
    /// secondary part.
    pub(crate) fn new<'t>(
        texts: impl ExactSizeIterator<Item = (&'t [IndexedToken], &'t [IndexedToken])> + Clone,
        length_penalty: f32,
        secondary_weight: f32,
    ) -> Self {
        let count = texts.len();
        let main_length = average_length(texts.clone().map(|(main, _)| main));
        let secondary_length = average_length(texts.clone().map(|(_, secondary)| secondary));
        let mut found: Vec<(IndexedToken, Posting)> = Vec::new();
        let (mut sorted, mut sorted_secondary) = (Vec::new(), Vec::new());
        for (text, (main, secondary)) in (0..).zip(texts) {
            let excess = length_penalty * (main.len() as f32 / main_length - 1.0);
            let tokens = count_tokens(main, &mut sorted);
            found.extend(tokens.map(|(token, occurrences)| {
                (token, Posting { text, value: saturated(occurrences, excess), is_main: true })
            }));
            let excess = SECONDARY_LENGTH_PENALTY * (secondary.len() as f32 / secondary_length - 1.0);
            let tokens = count_tokens(secondary, &mut sorted_secondary);
            // For a token in both parts, the main one counts.
            let tokens = tokens.filter(|(token, _)| sorted.binary_search(token).is_err());
            found.extend(tokens.map(|(token, occurrences)| {
                let value = saturated(occurrences, excess) * secondary_weight;
                (token, Posting { text, value, is_main: false })
            }));
        }
        Self::from_postings(&found, count)
    }

    /// Indexes texts that have no secondary part.
    pub(crate) fn from_texts(texts: &TokenTexts, length_penalty: f32) -> Self {
        Self::new(texts.iter().map(|text| (text, &[][..])), length_penalty, 0.0)
    }

    /// Sorts postings by token, those of a token in the order of the texts.
    fn from_postings(found: &[(IndexedToken, Posting)], count: usize) -> Self {
        let numbers = |are_phrases: bool| {
            let tokens =
                found.iter().map(|(token, _)| token).filter(|token| token.is_phrase() == are_phrases);
            tokens.map(|token| token.number() + 1).max().unwrap_or_default()
        };
        let stems = numbers(false);
        // First the end of each token's postings; filling them from the last one makes it their start.
        let mut starts = vec![0; stems + numbers(true) + 1];
        for (token, _) in found {
            starts[position(*token, stems)] += 1;
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut postings = vec![Posting::default(); found.len()];
        for (token, posting) in found.iter().rev() {
            let start = &mut starts[position(*token, stems)];
            *start -= 1;
            postings[*start as usize] = *posting;
        }
        Self { postings, starts, stems, count }
    }

    /// Returns the texts that contain a token.
    fn postings(&self, token: IndexedToken) -> &[Posting] {
        if !token.is_phrase() && token.number() >= self.stems {
            return &[];
        }
        let position = position(token, self.stems);
        let bounds = self.starts.get(position..position + 2);
        bounds.map_or(&[], |bounds| &self.postings[bounds[0] as usize..bounds[1] as usize])
    }

    /// Returns the score of each text, in indexing order. `other_sense` is the share of the score of a word's other
    /// meanings that is added to that of its best one.
    pub(crate) fn scores(&self, tokens: &[QueryToken<Option<IndexedToken>>], other_sense: f32) -> Vec<f32> {
        let mut scores = vec![0.0; self.count];
        let is_same_word = |a: &QueryToken<_>, b: &QueryToken<_>| {
            a.sense.zip(b.sense).is_some_and(|(a, b)| a.word == b.word)
        };
        let mut best: Vec<f32> = Vec::new();
        for word in tokens.chunk_by(is_same_word) {
            if word.first().map(|token| token.sense) == word.last().map(|token| token.sense) {
                self.add_scores(word, &mut scores);
                continue;
            }
            best.clear();
            best.resize(self.count, 0.0);
            for sense in word.chunk_by(|a, b| a.sense == b.sense) {
                let mut of_sense = vec![0.0; self.count];
                self.add_scores(sense, &mut of_sense);
                for ((score, best), of_sense) in scores.iter_mut().zip(&mut best).zip(of_sense) {
                    *score += other_sense * of_sense.min(*best);
                    *best = best.max(of_sense);
                }
            }
            scores.iter_mut().zip(&best).for_each(|(score, best)| *score += best);
        }
        scores
    }

    fn add_scores(&self, tokens: &[QueryToken<Option<IndexedToken>>], scores: &mut [f32]) {
        for QueryToken { token, weight, .. } in tokens {
            let postings = token.map_or(&[][..], |token| self.postings(token));
            let weight = weight * self.rarity(postings.len());
            for posting in postings {
                scores[posting.text as usize] += weight * posting.value;
            }
        }
    }

    /// Returns which texts contain one of the tokens.
    pub(crate) fn matches(&self, tokens: &[IndexedToken]) -> Vec<bool> {
        self.texts_with(tokens, |_| true)
    }

    /// Returns which texts contain one of the tokens in their main part.
    pub(crate) fn main_matches(&self, tokens: &[IndexedToken]) -> Vec<bool> {
        self.texts_with(tokens, |posting| posting.is_main)
    }

    fn texts_with(&self, tokens: &[IndexedToken], counts: impl Fn(&Posting) -> bool) -> Vec<bool> {
        let mut texts = vec![false; self.count];
        for posting in tokens.iter().flat_map(|token| self.postings(*token)).filter(|posting| counts(posting))
        {
            texts[posting.text as usize] = true;
        }
        texts
    }

    /// Returns how rare a token is, and therefore how significant: the inverse document frequency of BM25.
    pub(crate) fn token_rarity(&self, token: Option<IndexedToken>) -> f32 {
        self.rarity(token.map_or(0, |token| self.postings(token).len()))
    }

    fn rarity(&self, texts: usize) -> f32 {
        let (count, texts) = (self.count as f32, texts as f32);
        (1.0 + (count - texts + 0.5) / (texts + 0.5)).ln()
    }
}

/// Returns the position of a token in an index with this number of stems, which precede the phrases.
fn position(token: IndexedToken, stems: usize) -> usize {
    if token.is_phrase() { stems + token.number() } else { token.number() }
}

fn average_length<'a>(texts: impl Iterator<Item = &'a [IndexedToken]>) -> f32 {
    let (count, total) =
        texts.fold((0_usize, 0_usize), |(count, total), text| (count + 1, total + text.len()));
    (total as f32 / count.max(1) as f32).max(1.0)
}

/// Returns the distinct tokens of a part of a text in order, each with its number of occurrences. `sorted` becomes the
/// tokens in order.
fn count_tokens<'s>(
    tokens: &[IndexedToken],
    sorted: &'s mut Vec<IndexedToken>,
) -> impl Iterator<Item = (IndexedToken, usize)> + use<'s> {
    sorted.clear();
    sorted.extend(tokens);
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len()))
}

/// Returns the weight of a token in a part that is longer than the average by `excess`, after the penalty.
fn saturated(occurrences: usize, excess: f32) -> f32 {
    let occurrences = occurrences as f32;
    occurrences * (SATURATION + 1.0) / (occurrences + SATURATION * (1.0 + excess))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary;

    /// Indexes texts whose words are tokens.
    fn index(texts: &[(&str, &str)], length_penalty: f32, secondary_weight: f32) -> (Bm25Index, Vocabulary) {
        let mut vocabulary = Vocabulary::default();
        let mut tokens = |text: &str| text.split_whitespace().map(|word| vocabulary.add_stem(word)).collect();
        let texts: Vec<(Vec<IndexedToken>, Vec<IndexedToken>)> =
            texts.iter().map(|(main, secondary)| (tokens(main), tokens(secondary))).collect();
        let texts = texts.iter().map(|(main, secondary)| (main.as_slice(), secondary.as_slice()));
        (Bm25Index::new(texts, length_penalty, secondary_weight), vocabulary)
    }

    fn query(token: Option<IndexedToken>, weight: f32) -> [QueryToken<Option<IndexedToken>>; 1] {
        [QueryToken { token, weight, sense: None }]
    }

    #[test]
    fn rare_words_and_short_texts_score_higher() {
        let (index, vocabulary) =
            index(&[("find order", ""), ("find order line", ""), ("find client", "")], 0.9, 0.0);
        let scores = index.scores(&query(vocabulary.stem("order"), 1.0), 1.0);
        assert!(scores[0] > scores[1] && scores[2] == 0.0, "{scores:?}");
        let [client, find, line] = ["client", "find", "line"].map(|word| vocabulary.stem(word));
        assert!(index.token_rarity(client) > index.token_rarity(find));
        assert!(index.token_rarity(None) > index.token_rarity(client));
        assert_eq!(index.matches(&[line.unwrap(), client.unwrap()]), [false, true, true]);
    }

    #[test]
    fn secondary_text_weighs_less() {
        let (index, vocabulary) = index(&[("order", "client"), ("client", "order order client")], 0.0, 0.5);
        let client = vocabulary.stem("client");
        let scores = index.scores(&query(client, 1.0), 1.0);
        // Saturation: half an occurrence adds more than half the score of a full one.
        assert!(scores[1] / 2.0 < scores[0] && scores[0] < scores[1], "{scores:?}");
        assert_eq!(index.scores(&query(client, 3.0), 1.0)[1], scores[1] * 3.0);
        assert_eq!(index.main_matches(&[client.unwrap()]), [false, true]);
    }

    #[test]
    fn tokens_added_later_are_in_no_text() {
        let (index, mut vocabulary) = index(&[("order line", "")], 0.0, 0.0);
        let [order, line, later] = ["order", "line", "client"].map(|word| vocabulary.add_stem(word));
        let phrase = vocabulary.add_phrase(&[order, line]);
        assert_eq!(index.matches(&[later, phrase]), [false]);
        assert_eq!(index.matches(&[order]), [true]);
    }
}
