//! Texts that are ranked by BM25: each has a main part and a lesser one, whose words weigh less.

use std::collections::HashMap;

use bm25::{Embedder, EmbedderBuilder, Embedding, Scorer, TokenEmbedding, Tokenizer};

/// Texts before they are indexed, as tokens.
#[derive(Default)]
pub struct Texts {
    main: Vec<Vec<String>>,
    lesser: Vec<Vec<String>>,
}

/// What scores texts.
pub struct Index {
    embedder: Embedder<u32, Tokens>,
    scorer: Scorer<u32, u32>,
}

impl Texts {
    /// Adds a text, whose number is how many there were before.
    pub fn add(&mut self, main: Vec<String>, lesser: Vec<String>) {
        self.main.push(main);
        self.lesser.push(lesser);
    }

    /// Indexes the texts. `length` says how much a long main part counts against its words (the `b` of BM25), `weight`
    /// how much a word of the lesser part counts.
    pub fn index(self, length: f32, weight: f32) -> Index {
        let embedder = embedder(&self.main, length);
        let of_lesser = embedder_of_lesser(&self.lesser);
        let mut scorer = Scorer::new();
        for (number, (main, lesser)) in (0..).zip(self.main.iter().zip(&self.lesser)) {
            let mut values: HashMap<u32, f32> = HashMap::new();
            for TokenEmbedding { index, value } in embedder.embed(&main.join(" ")).0 {
                values.insert(index, value);
            }
            for TokenEmbedding { index, value } in of_lesser.embed(&lesser.join(" ")).0 {
                values.entry(index).or_insert(value * weight);
            }
            let tokens = values.into_iter().map(|(index, value)| TokenEmbedding { index, value });
            scorer.upsert(&number, Embedding(tokens.collect()));
        }
        Index { embedder, scorer }
    }
}

impl Index {
    /// The score of each text that has any of the tokens; one that is there twice counts twice.
    pub fn scores(&self, tokens: &[String]) -> HashMap<u32, f32> {
        let wanted = self.embedder.embed(&tokens.join(" "));
        self.scorer.matches(&wanted).into_iter().map(|found| (found.id, found.score)).collect()
    }
}

fn embedder(texts: &[Vec<String>], length: f32) -> Embedder<u32, Tokens> {
    let average = texts.iter().map(Vec::len).sum::<usize>() as f32 / texts.len().max(1) as f32;
    EmbedderBuilder::<u32, Tokens>::with_avgdl(average).tokenizer(Tokens).k1(1.2).b(length).build()
}

fn embedder_of_lesser(texts: &[Vec<String>]) -> Embedder<u32, Tokens> {
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
