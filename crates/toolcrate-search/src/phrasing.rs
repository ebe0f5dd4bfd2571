//! Predicts the activity that a query requests from its phrasing.
//!
//! The model is a logistic regression over groups of up to three adjacent words. Numbers, names, and words in tool titles
//! are replaced with placeholders, so the model applies to any API in English.

use std::sync::LazyLock;

use foldhash::HashMap;

use crate::analyzer::Analyzer;
use crate::intent::{Intent, VerbTable};
use crate::tokenizer::has_digit;

/// The activities between which the model distinguishes, in the order of its weights.
pub(crate) const ACTIVITIES: [Intent; 8] = [
    Intent::List,
    Intent::Get,
    Intent::Count,
    Intent::Create,
    Intent::Update,
    Intent::Replace,
    Intent::Delete,
    Intent::Other,
];

/// The probability of each of the [`ACTIVITIES`].
pub(crate) type ActivityShares = [f32; ACTIVITIES.len()];

/// The weights of each feature. Those of the empty feature apply to every query.
static MODEL: LazyLock<HashMap<&str, ActivityShares>> =
    LazyLock::new(|| include_str!("../data/ranking/phrasing.txt").lines().filter_map(parse).collect());

/// Parses a line: a feature, a tab, and its weight for each activity.
fn parse(line: &'static str) -> Option<(&'static str, ActivityShares)> {
    let (feature, weights) = line.split_once('\t')?;
    let mut parsed = [0.0; ACTIVITIES.len()];
    for (parsed, weight) in parsed.iter_mut().zip(weights.split(' ')) {
        *parsed = weight.parse::<f32>().ok()? / 10.0;
    }
    Some((feature, parsed))
}

/// Returns the probability of each activity for a query with these features.
pub(crate) fn activity_shares(features: &[String]) -> ActivityShares {
    let mut sums = MODEL.get("").copied().unwrap_or_default();
    for weights in features.iter().filter_map(|feature| MODEL.get(feature.as_str())) {
        sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
    }
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let powers = sums.map(|sum| (sum - most).exp());
    let total: f32 = powers.iter().sum();
    powers.map(|power| power / total)
}

/// Returns the features of a query, given its words in lower case and which of them belong to names.
pub(crate) fn features(
    query: &[String],
    names: &[bool],
    analyzer: &Analyzer,
    verbs: &VerbTable,
) -> Vec<String> {
    let mut words = vec!["^".to_owned()];
    for (position, word) in query.iter().enumerate() {
        let is_name = names.get(position).copied().unwrap_or(false);
        words.push(placeholder(word, is_name, analyzer, verbs));
    }
    words.push("$".to_owned());
    let mut features: Vec<String> = Vec::with_capacity(words.len() * 4);
    for length in 1..=3 {
        features.extend(words.windows(length).map(|group| group.join(" ")));
    }
    features.extend((1..words.len().min(4)).map(|position| format!("{position}:{}", words[position])));
    if let Some(first) = words.iter().position(|word| word.starts_with('*')) {
        features.push(format!("first:{}", words[first]));
        features.push(format!("before:{}", words[first - 1]));
    }
    features.sort_unstable();
    features.dedup();
    features
}

/// Returns the placeholder for a number, a name, or a word in titles, or else the word itself. Verbs are kept.
fn placeholder(word: &str, is_name: bool, analyzer: &Analyzer, verbs: &VerbTable) -> String {
    if has_digit(word) {
        return if word.len() < 3 { "0" } else { "#" }.to_owned();
    }
    let is_verb = verbs.has_word(word);
    if is_name && !is_verb {
        return "@".to_owned();
    }
    if analyzer.is_stop_word(word) || !analyzer.is_titled(&analyzer.stem(word)) {
        return word.to_owned();
    }
    let number = if word.ends_with('s') { "*s" } else { "*" };
    if is_verb { format!("{number}{word}") } else { number.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::tokenize;
    use crate::word_lists::WordLists;

    fn features_of(query: &str, names: &[bool]) -> Vec<String> {
        let mut analyzer = Analyzer::new(&WordLists::ENGLISH);
        analyzer.index_title("find ticket notes");
        features(&tokenize(query), names, &analyzer, &VerbTable::new(WordLists::ENGLISH.verbs, ""))
    }

    #[test]
    fn records_names_and_numbers_are_replaced() {
        let features = features_of("tickets of acme 48213", &[false, false, true, false]);
        assert!(features.contains(&"^ *s of".to_owned()), "{features:?}");
        assert!(features.contains(&"@ # $".to_owned()), "{features:?}");
        assert!(features.contains(&"before:^".to_owned()), "{features:?}");
    }

    #[test]
    fn phrasing_shows_the_activity() {
        for (query, activity) in [
            ("how many tickets are open", Intent::Count),
            ("please open a ticket for the printer", Intent::Create),
            ("remove the ticket", Intent::Delete),
            ("which tickets are open", Intent::List),
            ("set the ticket to closed", Intent::Update),
        ] {
            let shares = activity_shares(&features_of(query, &[]));
            let most = shares.iter().copied().fold(0.0, f32::max);
            let likeliest = ACTIVITIES.iter().zip(shares).find(|(_, share)| *share == most);
            assert_eq!(likeliest.map(|(activity, _)| *activity), Some(activity), "{query}: {shares:?}");
            assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn each_line_of_the_model_is_valid() {
        assert_eq!(MODEL.len(), include_str!("../data/ranking/phrasing.txt").lines().count());
    }
}
