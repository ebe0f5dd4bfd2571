//! Checks that the entries in the word lists match the catalog.

use std::collections::HashSet;

use toolcrate_runtime::Catalog;

use crate::aliases::{AliasIndex, collection_path, normalize_path};
use crate::decision_trees::DecisionTrees;
use crate::features;
use crate::intent::Intent;
use crate::labeled_queries::parse_queries;
use crate::rare_tools::Penalty;
use crate::word_lists::{WordLists, lines, sections};

/// Returns a message for each entry that is malformed, is a duplicate, or matches no tool in the catalog.
pub fn check_word_lists(catalog: &'static Catalog, lists: &WordLists) -> Vec<String> {
    let paths: Vec<String> = catalog.tools().map(|tool| normalize_path(tool.path())).collect();
    let names: HashSet<&str> = catalog.tools().map(|tool| tool.short_name()).collect();
    let (collections, actions) = (sections(lists.collection_aliases), sections(lists.action_aliases));
    let index = AliasIndex::new(&collections, &actions);
    let mut messages = Vec::new();
    for (list, headings) in [("collection aliases", &collections), ("action aliases", &actions)] {
        let mut seen = HashSet::new();
        for (heading, aliases) in headings {
            if !seen.insert(heading) {
                messages.push(format!("{list}: {heading} is listed twice"));
            }
            if aliases.is_empty() {
                messages.push(format!("{list}: {heading} has no aliases"));
            }
        }
    }
    let of_tools: HashSet<usize> = paths.iter().filter_map(|path| index.collection(path)).collect();
    for (number, (path, _)) in collections.iter().enumerate() {
        if !of_tools.contains(&number) {
            messages.push(format!("collection aliases: no tool uses {path}"));
        }
    }
    let of_tools: HashSet<usize> =
        catalog.tools().zip(&paths).filter_map(|(tool, path)| index.action(tool.method(), path)).collect();
    for (number, (operation, _)) in actions.iter().enumerate() {
        if !of_tools.contains(&number) {
            messages.push(format!("action aliases: no tool executes {operation}"));
        }
    }
    for popular in lines(lists.popular) {
        if !paths.iter().any(|path| collection_path(path) == popular) {
            messages.push(format!("popular: no tool belongs to {popular}"));
        }
    }
    for line in lines(lists.penalties) {
        match Penalty::parse(line) {
            None => messages.push(format!("penalties: expected `part: weight: words`, got \"{line}\"")),
            Some(penalty) if !names.iter().any(|name| penalty.applies_to(name)) => {
                messages.push(format!("penalties: no tool's name contains \"{}\"", penalty.part));
            }
            Some(_) => {}
        }
    }
    let mut seen = HashSet::new();
    for example in parse_queries(lists.examples) {
        if !seen.insert(example.query) {
            messages.push(format!("examples: \"{}\" is listed twice", example.query));
        }
        for tool in example.tools.iter().filter(|tool| !names.contains(*tool)) {
            messages.push(format!("examples: no tool is called {tool}"));
        }
    }
    let mut ranking = lists.ranking.lines();
    for name in ranking.next().unwrap_or_default().split(' ') {
        if !name.is_empty() && !features::NAMES.contains(&name) {
            messages.push(format!("ranking: no feature is called {name}"));
        }
    }
    let (trees, valid) = (ranking.count(), DecisionTrees::parse(lists.ranking, &features::NAMES).len());
    if valid < trees {
        messages.push(format!("ranking: {} of {trees} trees are malformed", trees - valid));
    }
    for (name, _) in sections(lists.api_verbs) {
        let is_action = || catalog.tools().any(|tool| tool.verb() == name);
        if Intent::from_name(name).is_none() && !is_action() {
            messages.push(format!("verbs: no tool's name starts with {name}"));
        }
    }
    messages
}
