//! The weights that tune the ranking.

/// Tuning weights for the ranking. The defaults are those that performed best on labeled queries; see
/// [`evaluate`](crate::evaluate).
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Weight of a title's explanation, relative to the title.
    pub description: f32,
    /// Weight of a description that adds information, relative to the title.
    pub own_description: f32,
    /// How much a title's explanation adds to its meaning.
    pub description_meaning: f32,
    /// Weight of record fields, relative to a title.
    pub field: f32,
    /// How well a tool covers a thing for which its records have a field.
    pub field_coverage: f32,
    /// How well a tool covers a thing that its description contains.
    pub description_coverage: f32,
    /// How well a tool covers a thing for which its title has a related word.
    pub related_coverage: f32,
    /// Weight of a tool's meaning, relative to the best title.
    pub meaning: f32,
    /// Weight of a verb in a query's meaning, relative to a noun.
    pub verb_meaning: f32,
    /// Weight of names and quoted content in a query's meaning.
    pub content_meaning: f32,
    /// Weight of a collection's aliases, relative to a title.
    pub collection_alias: f32,
    /// Weight of an action's aliases, relative to a title.
    pub action_alias: f32,
    /// Weight of a single word of a multi-word alias, relative to the whole alias.
    pub alias_word: f32,
    /// Penalty for titles that are longer than others: the `b` of BM25.
    pub title_length_penalty: f32,
    /// Length penalty for descriptions. Aliases have none.
    pub description_length_penalty: f32,
    /// Length penalty for record fields.
    pub field_length_penalty: f32,
    /// Factor for an action whose name the query contains.
    pub named_action: f32,
    /// Factor for an action that starts a clause of the query.
    pub commanded_action: f32,
    /// Factor for lists and plain edits of records with such an action.
    pub plain_edit: f32,
    /// Factor for creating or listing a record that already exists, because something is added to it or its parts
    /// are requested.
    pub existing: f32,
    /// Factor for each path parameter of a tool: parts of records are requested less often.
    pub nesting: f32,
    /// Factor for the tools of a popular collection.
    pub popular: f32,
    /// Factor for the logarithm of a record type's number of parts, added for its tools if no list specifies the
    /// popular collections.
    pub owned_part: f32,
    /// Share of a score that depends on covering everything in the query: matching two things in one tool is worth
    /// more than matching one of them twice.
    pub coverage: f32,
    /// Factor for a tool whose title lacks the query's main thing.
    pub missing_head: f32,
    /// Factor for a tool whose title ends with the query's main thing.
    pub matching_head: f32,
    /// Factor for each better tool in the same collection: a reader wants to choose between different things, not
    /// between six ways to change one of them.
    pub sibling: f32,
    /// Factor for list tools if the query's activity is uncertain.
    pub uncertain_list: f32,
    /// Share of the scores of a word's other meanings, added to that of the best one.
    pub other_sense: f32,
    /// Factor for creating, listing or changing a part of a record that the query says exists.
    pub part_of_existing: f32,
    /// Factor for an action that the query doesn't name.
    pub unnamed_action: f32,
    /// Factor for a tool whose title ends with a thing that the query doesn't mention.
    pub unmentioned_head: f32,
    /// True if the last of several things without words between them is the subject.
    pub has_compounds: bool,
    /// Factor for a tool whose records are called like the query's main thing.
    pub alias_head: f32,
    /// The number of leading components of meanings that say little about a subject.
    pub common: usize,
    /// Tools without metadata: the same.
    pub text_common: usize,
    /// Weight of a word in the query.
    pub query_word: f32,
    /// Weight of a stem for which a query word is a synonym.
    pub query_synonym: f32,
    /// Weight of a stem to which a query word is related, if both have the same meaning.
    pub query_related: f32,
    /// Share of that weight for a word that itself occurs in titles.
    pub related_to_known: f32,
    /// True if only words that occur in no title and no list are replaced with related ones.
    pub related_to_unknown_only: bool,
    /// Minimum similarity at which a related word counts as the thing itself.
    pub related_thing: f32,
    /// Weight of a word in a name or in quoted content.
    pub query_name: f32,
    /// Maximum number of times that an alias in the query counts; otherwise, it counts once per word.
    pub query_alias_max: usize,
    /// Factor for a tool that changes records where the query only asks for information.
    pub answering_write: f32,
    /// Tools without metadata: how many times a word in the title counts, compared with a word in the description.
    pub text_title: usize,
    /// Tools without metadata: the length penalty.
    pub text_length_penalty: f32,
    /// Tools without metadata: the weight of the meaning, relative to the best score for words.
    pub text_meaning: f32,
    /// Tools without metadata: the weight of a synonym of a query word.
    pub text_synonym: f32,
    /// Tools without metadata: how much a word's rarity in English affects its weight in the query. 0 means not at all.
    pub word_rarity: f32,
    /// Tools without metadata: how much a word's rarity in English affects its weight in the query's meaning.
    pub meaning_rarity: f32,
    /// Tools without metadata: how many results for the entire query precede the results for its individual requests.
    pub text_whole: usize,
    /// Tools without metadata: the maximum number of requests in a query.
    pub text_requests: usize,
    /// Other tools: the maximum number of requests in a query.
    pub requests: usize,
}

impl Weights {
    /// The weights for an API without a list of record aliases.
    pub const UNLISTED: Self = Self {
        other_sense: 0.3,
        part_of_existing: 1.3,
        unnamed_action: 0.7,
        unmentioned_head: 0.85,
        has_compounds: true,
        common: 2,
        description: 0.6,
        own_description: 0.7,
        uncertain_list: 0.92,
        sibling: 0.9,
        related_coverage: 0.75,
        description_coverage: 0.8,
        field: 0.25,
        field_coverage: 0.5,
        meaning: 1.0,
        verb_meaning: 0.3,
        content_meaning: 0.3,
        query_related: 0.0,
        related_to_unknown_only: false,
        ..Self::LISTED
    };

    /// The weights for an API with such a list, which are the default.
    pub const LISTED: Self = Self {
        description: 0.2,
        own_description: 0.2,
        description_meaning: 0.3,
        field: 0.1,
        field_coverage: 0.3,
        description_coverage: 0.0,
        related_coverage: 0.6,
        meaning: 0.15,
        verb_meaning: 0.0,
        content_meaning: 0.0,
        collection_alias: 1.5,
        action_alias: 0.8,
        alias_word: 0.6,
        title_length_penalty: 0.9,
        description_length_penalty: 0.3,
        field_length_penalty: 0.5,
        named_action: 1.2,
        commanded_action: 1.5,
        plain_edit: 0.8,
        existing: 0.75,
        nesting: 0.97,
        popular: 1.07,
        owned_part: 0.08,
        coverage: 0.7,
        missing_head: 0.8,
        matching_head: 1.1,
        sibling: 0.94,
        uncertain_list: 0.97,
        other_sense: 1.0,
        part_of_existing: 1.15,
        unnamed_action: 1.0,
        unmentioned_head: 1.0,
        alias_head: 1.1,
        has_compounds: true,
        common: 6,
        text_common: 6,
        query_word: 3.0,
        query_synonym: 2.0,
        query_related: 1.0,
        related_to_known: 0.3,
        related_to_unknown_only: true,
        related_thing: 0.55,
        query_name: 1.0,
        query_alias_max: 5,
        answering_write: 0.7,
        text_title: 2,
        text_length_penalty: 0.6,
        text_meaning: 2.0,
        text_synonym: 0.2,
        word_rarity: 0.5,
        meaning_rarity: 1.0,
        text_whole: 2,
        text_requests: 4,
        requests: 2,
    };
}

impl Default for Weights {
    fn default() -> Self {
        Self::LISTED
    }
}
