//! Ranks tools only by their names and descriptions.
//!
//! Tools from an arbitrary MCP server have a handwritten name and description, but no metadata about the operation or
//! the records it acts on. The query's intent is therefore of little use for ranking them; words that the query shares
//! with the description are a strong signal.

use foldhash::HashMap;

use crate::index::{Bm25Index, QueryToken};
use crate::meaning::{MeaningIndex, text_vector};
use crate::query_parser::QueryParser;
use crate::token_texts::TokenTexts;
use crate::vocabulary::IndexedToken;
use crate::weights::Weights;
use crate::word_vectors::{TextVector, WordVector};

/// Minimum scale for the score of a meaning, for a query that shares no word with any text.
const MIN_MEANING_SCALE: f32 = 4.0;
/// The weight of the most frequent words, relative to rare ones.
const COMMON_WORD_SHARE: f32 = 0.1;

/// The tools' names and descriptions, in the order of the tools.
pub(crate) struct TextIndex {
    words: Bm25Index,
    meanings: MeaningIndex,
}

impl TextIndex {
    /// Indexes texts, each of which consists of the stems in its title and the stems in the rest.
    pub(crate) fn new<'t>(
        texts: impl Iterator<Item = (&'t [IndexedToken], Vec<&'t [IndexedToken]>)>,
        vectors: &HashMap<IndexedToken, WordVector>,
        weights: &Weights,
    ) -> Self {
        let texts: TokenTexts = texts
            .map(|(title, rest)| {
                let title: Vec<IndexedToken> =
                    title.iter().copied().filter(|token| !token.is_phrase()).collect();
                let mut all: Vec<IndexedToken> = Vec::new();
                (0..weights.text_title).for_each(|_| all.extend(&title));
                all.extend(rest.into_iter().flatten());
                all
            })
            .collect();
        let words = Bm25Index::from_texts(&texts, weights.text_length_penalty);
        let meanings = MeaningIndex::new(
            weights.text_common,
            texts.iter().map(|text| text_vector(text, &words, vectors)),
        );
        Self { words, meanings }
    }

    /// Returns each text's score for the words in a query.
    pub(crate) fn scores(&self, query: &[String], parser: &QueryParser) -> Vec<f32> {
        let analyzer = &parser.analyzer;
        let mut tokens: Vec<QueryToken> = Vec::new();
        let mut meaning = TextVector::EMPTY;
        for (position, word) in query.iter().enumerate() {
            if let Some((synonym, _)) = analyzer.synonym(&query[position..]) {
                let meant = synonym.stems().map(|stem| stem.to_string());
                tokens.extend(meant.map(|token| QueryToken {
                    token,
                    weight: parser.weights.text_synonym,
                    sense: None,
                }));
            }
            if analyzer.is_stop_word(word) {
                continue;
            }
            let token = analyzer.stem(word);
            let vector = WordVector::find(word);
            // A word that is frequent in English says little, however rare it is in the catalog.
            let rarity = vector.map_or(1.0, |vector| vector.rarity);
            let blend = |power: f32| (COMMON_WORD_SHARE + (1.0 - COMMON_WORD_SHARE) * rarity).powf(power);
            if let Some(vector) = vector {
                meaning.add(
                    vector,
                    self.words.token_rarity(analyzer.vocabulary.stem(&token))
                        * blend(parser.weights.meaning_rarity),
                );
            }
            tokens.push(QueryToken { token, weight: blend(parser.weights.word_rarity), sense: None });
        }
        let mut scores = self.words.scores(&analyzer.find_tokens(&tokens), 1.0);
        let best = scores.iter().copied().fold(MIN_MEANING_SCALE, f32::max);
        for (score, similarity) in scores.iter_mut().zip(self.meanings.similarities(&meaning)) {
            *score += parser.weights.text_meaning * best * similarity;
        }
        scores
    }
}
