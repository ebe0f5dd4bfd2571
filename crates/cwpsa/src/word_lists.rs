//! The search vocabulary: words that users say for ConnectWise PSA's records and actions.

use connectwise_psa::CATALOG;
use toolcrate_search::{SearchEngine, WordLists};

/// ConnectWise's word lists.
pub const WORD_LISTS: WordLists = WordLists {
    stems: include_str!("../data/stems.txt"),
    synonyms: include_str!("../data/synonyms.txt"),
    collection_aliases: include_str!("../data/collection_aliases.txt"),
    action_aliases: include_str!("../data/action_aliases.txt"),
    examples: include_str!("../data/examples.tsv"),
    ranking: include_str!("../data/ranking.txt"),
    penalties: include_str!("../data/penalties.txt"),
    popular: include_str!("../data/popular.txt"),
    context: include_str!("../data/context.txt"),
    ..WordLists::ENGLISH
};

/// Indexes the catalog with ConnectWise's word lists.
pub fn search_engine() -> SearchEngine {
    SearchEngine::new(&CATALOG, &WORD_LISTS)
}
