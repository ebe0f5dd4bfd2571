//! The numbers that the ranking is tuned by.

/// Tuning weights of the ranking. The defaults are those that did best on labeled queries; see
/// [`evaluate`](crate::evaluate).
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Weight of the explanation of a title relative to the title.
    pub description: f32,
    /// Weight of a description that says more than the title, relative to the title.
    pub own_description: f32,
    /// How much the explanation of a title adds to its meaning.
    pub description_meaning: f32,
    /// Weight of the fields of records relative to a title.
    pub field: f32,
    /// How far a tool is about a thing that its records have a field for.
    pub field_coverage: f32,
    /// How far a tool is about a thing that its description contains.
    pub description_coverage: f32,
    /// How far a tool is about a thing that its title has a related word for.
    pub related_coverage: f32,
    /// Weight of the meaning of a tool, relative to the best title.
    pub meaning: f32,
    /// Weight of a verb in the meaning of a query, relative to a noun.
    pub verb_meaning: f32,
    /// The same of names and quoted content.
    pub content_meaning: f32,
    /// Weight of a collection's aliases relative to a title.
    pub collection_alias: f32,
    /// Weight of an action's aliases relative to a title.
    pub action_alias: f32,
    /// Weight of a single word of a multi-word alias, relative to the whole alias.
    pub alias_word: f32,
    /// How much a title loses by being longer than others: the `b` of BM25.
    pub title_length_penalty: f32,
    /// The same of a description. Aliases have no penalty.
    pub description_length_penalty: f32,
    /// The same of the fields of records.
    pub field_length_penalty: f32,
    /// Factor for an action whose name the query contains.
    pub named_action: f32,
    /// Factor for an action that a clause of the query starts with.
    pub commanded_action: f32,
    /// Factor for lists and plain edits of the records that have such an action.
    pub plain_edit: f32,
    /// Factor for creating or listing the record that something is added to or that has the parts asked for.
    pub existing: f32,
    /// Factor for each parameter in the path of a tool: parts of records are requested less often.
    pub nesting: f32,
    /// Factor for the tools of a popular collection.
    pub popular: f32,
    /// Factor of the logarithm of the number of parts that a record has, added for its tools where no list specifies
    /// which collections are popular.
    pub owned_part: f32,
    /// Share of a score that depends on covering everything that the query mentions: two things in one tool say more
    /// than one of them twice.
    pub coverage: f32,
    /// Factor for a tool whose title lacks the thing that the query is about.
    pub missing_head: f32,
    /// Factor for a tool whose title ends with it.
    pub matching_head: f32,
    /// Factor for each better tool of the same collection: a reader wants to choose between things, not between six
    /// ways to change one of them.
    pub sibling: f32,
    /// Factor for list tools where the activity of the query is uncertain.
    pub uncertain_list: f32,
    /// Weight of a word of the query.
    pub query_word: f32,
    /// Weight of a stem that a word of the query is a synonym of.
    pub query_synonym: f32,
    /// Weight of a stem that a word of the query is related to, if both mean the same.
    pub query_related: f32,
    /// The share of that for a word that occurs in titles itself.
    pub related_to_known: f32,
    /// Whether only words that occur in no title and no list stand for related ones.
    pub related_to_unknown_only: bool,
    /// The least similarity for which a related word counts as the thing itself.
    pub related_thing: f32,
    /// Weight of a word of a name or of quoted content.
    pub query_name: f32,
    /// How often an alias in the query counts, at most; otherwise as often as it has words.
    pub query_alias_max: usize,
    /// Factor for a tool that changes records where the query only asks for information.
    pub answering_write: f32,
    /// For tools of which only texts are known: how often a word of the title counts, where one of the description counts
    /// once.
    pub text_title: usize,
    /// How much such a text loses by being longer than others.
    pub text_length_penalty: f32,
    /// Weight of the meaning of such a text, relative to the best one by words.
    pub text_meaning: f32,
    /// Weight of a word that a word of the query is a synonym of.
    pub text_synonym: f32,
    /// How much the rarity of a word in English counts for its weight in such a query: 0 for not at all.
    pub word_rarity: f32,
    /// The same for its weight in the meaning of the query.
    pub meaning_rarity: f32,
    /// How many of the best tools for a whole query come before those for the requests that it consists of.
    pub text_whole: usize,
    /// The most requests that a query for such tools is read as.
    pub text_requests: usize,
    /// The most requests that any other query is read as.
    pub requests: usize,
}

impl Weights {
    /// The weights for an API that has no list of what people call its records.
    pub const UNLISTED: Self = Self {
        description: 0.6,
        own_description: 1.0,
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
        requests: 5,
    };
}

impl Default for Weights {
    fn default() -> Self {
        Self::LISTED
    }
}
