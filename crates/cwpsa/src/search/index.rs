//! Texts that are ranked by BM25: each has a main part and a lesser one, whose words weigh less.

use bm25::{Embedder, EmbedderBuilder, Embedding, Scorer, TokenEmbedding, Tokenizer};

/// What scores texts.
pub struct Index {
    embedder: Embedder<u32, Tokens>,
    scorer: Scorer<u32, u32>,
    count: usize,
}

impl Index {
    /// Indexes texts, as the tokens of their main parts and of their lesser ones; the number of a text is its place.
    /// `length` says how much a long main part counts against its words (the `b` of BM25), `weight` how much a word of
    /// the lesser part counts.
    pub fn new(texts: &[(Vec<String>, Vec<String>)], length: f32, weight: f32) -> Self {
        let embedder = embedder(texts.iter().map(|(main, _)| main), length);
        let of_lesser = embedder_of_lesser(texts.iter().map(|(_, lesser)| lesser));
        let mut scorer = Scorer::new();
        for (number, (main, lesser)) in (0..).zip(texts) {
            let mut tokens = embedder.embed(&main.join(" ")).0;
            let lesser = if lesser.is_empty() { Vec::new() } else { of_lesser.embed(&lesser.join(" ")).0 };
            tokens.extend(
                lesser
                    .into_iter()
                    .map(|TokenEmbedding { index, value }| TokenEmbedding { index, value: value * weight }),
            );
            // A token that is there twice has its value twice; of both parts, the main one's is taken.
            tokens.sort_by_key(|token| token.index);
            tokens.dedup_by_key(|token| token.index);
            scorer.upsert(&number, Embedding(tokens));
        }
        Self { embedder, scorer, count: texts.len() }
    }

    /// The score of each text, by its number; a token that is there twice counts twice.
    pub fn scores(&self, tokens: &[String]) -> Vec<f32> {
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

fn embedder<'a>(texts: impl Iterator<Item = &'a Vec<String>>, length: f32) -> Embedder<u32, Tokens> {
    let (mut count, mut total) = (0_usize, 0_usize);
    texts.for_each(|text| (count, total) = (count + 1, total + text.len()));
    let average = total as f32 / count.max(1) as f32;
    EmbedderBuilder::<u32, Tokens>::with_avgdl(average).tokenizer(Tokens).k1(1.2).b(length).build()
}

fn embedder_of_lesser<'a>(texts: impl Iterator<Item = &'a Vec<String>>) -> Embedder<u32, Tokens> {
    embedder(texts, 0.3)
}

/// Texts come as tokens already.
#[derive(Default)]
struct Tokens;

impl Tokenizer for Tokens {
    fn tokenize(&self, text: &str) -> Vec<String> {
        text.split(' ').filter(|token| !token.is_empty()).map(str::to_owned).collect()
    }
}
