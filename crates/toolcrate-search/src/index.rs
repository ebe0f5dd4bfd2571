//! Ranks text by BM25. Each document has a main part and a secondary part; words in the secondary part have a lower
//! weight.

use foldhash::{HashMap, HashMapExt};

use crate::token_pool::IndexedToken;

/// How quickly repeated occurrences of a token saturate: the `k1` of BM25.
const SATURATION: f32 = 1.2;
/// The length penalty of secondary parts.
const SECONDARY_LENGTH_PENALTY: f32 = 0.3;

/// A query token and its weight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QueryToken {
    /// The stem or phrase.
    pub(crate) token: String,
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
struct Posting {
    text: u32,
    value: f32,
    is_main: bool,
}

/// An index of texts.
pub(crate) struct Bm25Index {
    /// For each token, the texts that contain it, and its weight in each one.
    postings: Vec<Vec<Posting>>,
    /// The number of each token.
    numbers: HashMap<IndexedToken, usize>,
    count: usize,
    /// The number of tokens in the main part of each text.
    lengths: Vec<usize>,
}

impl Bm25Index {
    /// Indexes texts, given as the tokens of their main and secondary parts. `length_penalty` is the `b` of BM25: how
    /// much a long main part reduces the weight of its words. `secondary_weight` is the weight of a word in the
    /// secondary part.
    pub(crate) fn new(
        texts: &[(Vec<IndexedToken>, Vec<IndexedToken>)],
        length_penalty: f32,
        secondary_weight: f32,
    ) -> Self {
        let main_length = average_length(texts.iter().map(|(main, _)| main));
        let secondary_length = average_length(texts.iter().map(|(_, secondary)| secondary));
        let mut index = Self { postings: Vec::new(), numbers: HashMap::new(), count: texts.len(), lengths: texts.iter().map(|(main, _)| main.len()).collect() };
        let mut numbers = Vec::new();
        for (number, (main, secondary)) in (0..).zip(texts) {
            let excess = length_penalty * (main.len() as f32 / main_length - 1.0);
            index.add(number, main, 1.0, excess, &mut numbers);
            let excess = SECONDARY_LENGTH_PENALTY * (secondary.len() as f32 / secondary_length - 1.0);
            index.add(number, secondary, secondary_weight, excess, &mut numbers);
        }
        index
    }

    /// Adds the tokens of a part of a text. For a token in both parts, the main one counts. `excess` is how much longer
    /// the part is than the average, after the penalty.
    fn add(
        &mut self,
        text: u32,
        tokens: &[IndexedToken],
        weight: f32,
        excess: f32,
        numbers: &mut Vec<usize>,
    ) {
        numbers.clear();
        numbers.extend(tokens.iter().map(|token| self.number(token)));
        numbers.sort_unstable();
        for same in numbers.chunk_by(|a, b| a == b) {
            let occurrences = same.len() as f32;
            let value = occurrences * (SATURATION + 1.0) / (occurrences + SATURATION * (1.0 + excess));
            let postings = &mut self.postings[same[0]];
            if postings.last().is_none_or(|last| last.text != text) {
                postings.push(Posting { text, value: value * weight, is_main: weight == 1.0 });
            }
        }
    }

    /// Returns the number of a token, and adds it if it is new.
    fn number(&mut self, token: &IndexedToken) -> usize {
        if let Some(number) = self.numbers.get(token) {
            return *number;
        }
        let number = self.postings.len();
        self.numbers.insert(IndexedToken::clone(token), number);
        self.postings.push(Vec::new());
        number
    }

    /// Returns the texts that contain a token.
    fn postings(&self, token: &str) -> Option<&[Posting]> {
        self.numbers.get(token).map(|number| self.postings[*number].as_slice())
    }

    /// Returns the score of each text, in indexing order. `other_sense` is the share of the score of a word's other
    /// meanings that is added to that of its best one.
    pub(crate) fn scores(&self, tokens: &[QueryToken], other_sense: f32) -> Vec<f32> {
        let mut scores = vec![0.0; self.count];
        let is_same_word =
            |a: &QueryToken, b: &QueryToken| a.sense.zip(b.sense).is_some_and(|(a, b)| a.word == b.word);
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

    fn add_scores(&self, tokens: &[QueryToken], scores: &mut [f32]) {
        for QueryToken { token, weight, .. } in tokens {
            let Some(postings) = self.postings(token) else { continue };
            let weight = weight * self.rarity(postings.len());
            for posting in postings {
                scores[posting.text as usize] += weight * posting.value;
            }
        }
    }

    /// Returns which texts contain one of the tokens.
    pub(crate) fn matches<'a>(&self, tokens: impl IntoIterator<Item = &'a str>) -> Vec<bool> {
        let mut matches = vec![false; self.count];
        for posting in tokens.into_iter().filter_map(|token| self.postings(token)).flatten() {
            matches[posting.text as usize] = true;
        }
        matches
    }

    /// Returns which texts contain one of the tokens in their main part.
    pub(crate) fn main_matches<'a>(&self, tokens: impl IntoIterator<Item = &'a str>) -> Vec<bool> {
        let mut matches = vec![false; self.count];
        let postings = tokens.into_iter().filter_map(|token| self.postings(token)).flatten();
        for posting in postings.filter(|posting| posting.is_main) {
            matches[posting.text as usize] = true;
        }
        matches
    }

    /// Returns the number of tokens in the main part of a text.
    pub(crate) fn length(&self, text: usize) -> usize {
        self.lengths[text]
    }

    /// Returns how rare a token is, and therefore how significant: the inverse document frequency of BM25.
    pub(crate) fn token_rarity(&self, token: &str) -> f32 {
        self.rarity(self.postings(token).map_or(0, <[Posting]>::len))
    }

    fn rarity(&self, texts: usize) -> f32 {
        let (count, texts) = (self.count as f32, texts as f32);
        (1.0 + (count - texts + 0.5) / (texts + 0.5)).ln()
    }
}

fn average_length<'a>(texts: impl Iterator<Item = &'a Vec<IndexedToken>>) -> f32 {
    let (count, total) =
        texts.fold((0_usize, 0_usize), |(count, total), text| (count + 1, total + text.len()));
    (total as f32 / count.max(1) as f32).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<IndexedToken> {
        text.split_whitespace().map(IndexedToken::from).collect()
    }

    fn query(text: &str) -> Vec<QueryToken> {
        tokens(text)
            .iter()
            .map(|token| QueryToken { token: token.to_string(), weight: 1.0, sense: None })
            .collect()
    }

    #[test]
    fn rare_words_and_short_texts_score_higher() {
        let texts = ["find order", "find order line", "find client"].map(|text| (tokens(text), Vec::new()));
        let index = Bm25Index::new(&texts, 0.9, 0.0);
        let scores = index.scores(&query("order"), 1.0);
        assert!(scores[0] > scores[1] && scores[2] == 0.0, "{scores:?}");
        assert!(index.token_rarity("client") > index.token_rarity("find"));
        assert_eq!(index.matches(["line", "client"]), [false, true, true]);
    }

    #[test]
    fn secondary_text_weighs_less() {
        let texts = [(tokens("order"), tokens("client")), (tokens("client"), tokens("order order"))];
        let index = Bm25Index::new(&texts, 0.0, 0.5);
        let scores = index.scores(&query("client"), 1.0);
        // Saturation: half an occurrence adds more than half the score of a full one.
        assert!(scores[1] / 2.0 < scores[0] && scores[0] < scores[1], "{scores:?}");
        let heavier =
            index.scores(&[QueryToken { token: "client".to_owned(), weight: 3.0, sense: None }], 1.0);
        assert_eq!(heavier[1], scores[1] * 3.0);
    }
}
