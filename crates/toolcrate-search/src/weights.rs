//! The numbers that the ranking is tuned by.

/// Tuning weights of the ranking. The defaults are those that did best on labeled queries; see
/// [`evaluate`](crate::evaluate).
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Weight of a description relative to a title.
    pub description: f32,
    /// The same where no list says what people call the records of the API, so that descriptions are all there is.
    pub unlisted_description: f32,
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
    /// Factor for an action whose name the query contains.
    pub named_action: f32,
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
    /// How often a word of the query counts.
    pub query_word: usize,
    /// How often a stem counts that a word of the query is a synonym of.
    pub query_synonym: usize,
    /// How often a word of a name or of quoted content counts.
    pub query_name: usize,
    /// How often an alias in the query counts, at most; otherwise as often as it has words.
    pub query_alias_max: usize,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            description: 0.2,
            unlisted_description: 0.4,
            collection_alias: 1.5,
            action_alias: 0.8,
            alias_word: 0.6,
            title_length_penalty: 0.9,
            description_length_penalty: 0.3,
            named_action: 1.2,
            nesting: 0.97,
            popular: 1.07,
            owned_part: 0.08,
            coverage: 0.7,
            missing_head: 0.8,
            matching_head: 1.1,
            sibling: 0.94,
            uncertain_list: 0.85,
            query_word: 3,
            query_synonym: 2,
            query_name: 1,
            query_alias_max: 5,
        }
    }
}
