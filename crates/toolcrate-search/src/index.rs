//! Ranks texts by BM25. Each text has a main part and a secondary part, whose words weigh less.

use bm25::{Embedder, EmbedderBuilder, Embedding, Scorer, TokenEmbedding, Tokenizer};

/// An index of texts.
pub(crate) struct Bm25Index {
    embedder: Embedder<u32, SpaceTokenizer>,
    scorer: Scorer<u32, u32>,
    count: usize,
}

impl Bm25Index {
    /// Indexes texts, given as the tokens of their main and secondary parts. `length_penalty` is the `b` of BM25: how much
    /// a long main part counts against its words. `secondary_weight` is the weight of a word of the secondary part.
    pub(crate) fn new(
        texts: &[(Vec<String>, Vec<String>)],
        length_penalty: f32,
        secondary_weight: f32,
    ) -> Self {
        let embedder = embedder(texts.iter().map(|(main, _)| main), length_penalty);
        let secondary_embedder = secondary_text_embedder(texts.iter().map(|(_, secondary)| secondary));
        let mut scorer = Scorer::new();
        for (number, (main, secondary)) in (0..).zip(texts) {
            let mut tokens = embedder.embed(&main.join(" ")).0;
            let secondary = if secondary.is_empty() {
                Vec::new()
            } else {
                secondary_embedder.embed(&secondary.join(" ")).0
            };
            tokens.extend(secondary.into_iter().map(|TokenEmbedding { index, value }| TokenEmbedding {
                index,
                value: value * secondary_weight,
            }));
            // A repeated token already has a higher value. Of a token in both parts, the main one counts.
            tokens.sort_by_key(|token| token.index);
            tokens.dedup_by_key(|token| token.index);
            scorer.upsert(&number, Embedding(tokens));
        }
        Self { embedder, scorer, count: texts.len() }
    }

    /// The score of each text, in the order they were indexed. A repeated token counts repeatedly.
    pub(crate) fn scores(&self, tokens: &[String]) -> Vec<f32> {
        let wanted = self.embedder.embed(&tokens.join(" "));
        let mut scores = vec![0.0; self.count];
        for found in self.scorer.matches(&wanted) {
            if let Some(score) = scores.get_mut(found.id as usize) {
                *score = found.score;
            }
        }
        scores
    }
}

fn embedder<'a>(texts: impl Iterator<Item = &'a Vec<String>>, length: f32) -> Embedder<u32, SpaceTokenizer> {
    let (mut count, mut total) = (0_usize, 0_usize);
    texts.for_each(|text| (count, total) = (count + 1, total + text.len()));
    let average = total as f32 / count.max(1) as f32;
    EmbedderBuilder::<u32, SpaceTokenizer>::with_avgdl(average)
        .tokenizer(SpaceTokenizer)
        .k1(1.2)
        .b(length)
        .build()
}

fn secondary_text_embedder<'a>(
    texts: impl Iterator<Item = &'a Vec<String>>,
) -> Embedder<u32, SpaceTokenizer> {
    embedder(texts, 0.3)
}

/// Splits at spaces, because texts are tokenized already.
#[derive(Default)]
struct SpaceTokenizer;

impl Tokenizer for SpaceTokenizer {
    fn tokenize(&self, text: &str) -> Vec<String> {
        text.split(' ').filter(|token| !token.is_empty()).map(str::to_owned).collect()
    }
}
