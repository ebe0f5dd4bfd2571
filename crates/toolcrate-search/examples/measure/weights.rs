//! Sets a weight by name.

use toolcrate_search::Weights;

macro_rules! set_weight {
    ($weights:ident, $name:ident, $value:ident, $($field:ident),+) => {
        match $name {
            $(stringify!($field) => $weights.$field = $value.parse().expect("a value of the weight"),)+
            _ => panic!("unknown weight {}", $name),
        }
    };
}

/// Sets the weight called `name`.
pub(crate) fn set(weights: &mut Weights, name: &str, value: &str) {
    set_weight!(
        weights,
        name,
        value,
        description,
        own_description,
        description_meaning,
        field,
        field_coverage,
        related_coverage,
        description_coverage,
        meaning,
        verb_meaning,
        content_meaning,
        collection_alias,
        action_alias,
        alias_word,
        title_length_penalty,
        description_length_penalty,
        field_length_penalty,
        named_action,
        plain_edit,
        commanded_action,
        existing,
        nesting,
        popular,
        owned_part,
        coverage,
        missing_head,
        matching_head,
        sibling,
        uncertain_list,
        other_sense,
        part_of_existing,
        unnamed_action,
        unmentioned_head,
        has_compounds,
        alias_head,
        common,
        text_common,
        query_word,
        query_synonym,
        query_related,
        related_to_known,
        related_to_unknown_only,
        related_thing,
        query_name,
        query_alias_max,
        answering_write,
        text_title,
        text_length_penalty,
        text_meaning,
        text_synonym,
        word_rarity,
        meaning_rarity,
        text_whole,
        text_requests,
        requests
    );
}
