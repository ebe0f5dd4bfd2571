//! Splits a query that asks for several things, such as "find the company and open a ticket".

use crate::file_paths::find_file_paths;
use crate::query_parser::QueryParser;
use crate::tokenizer::tokenize;

/// Minimum number of distinctive words in a request, for tools without metadata.
const MIN_WORDS: usize = 2;

/// Splits a query for tools without metadata into requests: sentences, other parts that start with a verb, and the file
/// that the result is saved to.
pub(crate) fn split_clauses(text: &str, parser: &QueryParser) -> Vec<String> {
    let mut requests: Vec<String> = Vec::new();
    for part in parts(text) {
        let starts = part.starts_sentence || parser.verbs.end_of_request(&tokenize(part.text)).is_some();
        push(&mut requests, part.text, starts);
    }
    let is_distinctive = |word: &String| !parser.analyzer.is_stop_word(word);
    requests
        .retain(|request| tokenize(request).iter().filter(|word| is_distinctive(word)).count() >= MIN_WORDS);
    let most = parser.weights.text_requests;
    if requests.len() > most {
        // The start and the end contain the request; the details are in between.
        requests.drain(most / 2..requests.len() - (most - most / 2));
    }
    let target = find_file_paths(text).into_iter().find(|path| path.is_target);
    requests.extend(target.map(|path| format!("write file {}", path.extension)));
    requests
}

/// Splits a query for operations on records into requests, each of which starts with a verb and names a thing.
pub(crate) fn split_requests(text: &str, parser: &QueryParser) -> Vec<String> {
    let mut requests: Vec<String> = Vec::new();
    let mut has_request = false;
    for part in parts(text) {
        let words = tokenize(part.text);
        let is_thing = |word: &String| parser.analyzer.names_thing(word);
        let is_request =
            parser.verbs.end_of_request(&words).is_some_and(|end| words[end..].iter().any(is_thing));
        push(&mut requests, part.text, is_request && has_request);
        has_request |= is_request;
    }
    if requests.len() > parser.weights.requests { Vec::new() } else { requests }
}

/// Adds a part to the last request, or as a new one.
fn push(requests: &mut Vec<String>, part: &str, starts: bool) {
    match requests.last_mut().filter(|_| !starts) {
        Some(request) => {
            request.push_str(", ");
            request.push_str(part);
        }
        None => requests.push(part.to_owned()),
    }
}

/// A part of a query between punctuation and conjunctions.
struct QueryPart<'q> {
    text: &'q str,
    starts_sentence: bool,
}

fn parts(text: &str) -> Vec<QueryPart<'_>> {
    const CONJUNCTIONS: [&str; 4] = [" and then ", " and ", " then ", " - "];
    let mut parts: Vec<QueryPart<'_>> = Vec::new();
    let mut start = 0;
    let mut starts_sentence = true;
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_alphanumeric()) {
        let behind = &text[at + c.len_utf8()..];
        let is_mark = behind.chars().next().is_none_or(char::is_whitespace);
        let ends_sentence = c == '\n' || is_mark && ['.', '?', '!', ';'].contains(&c);
        let ends_part = ends_sentence || is_mark && [',', ':', '\u{2013}', '\u{2014}'].contains(&c);
        let conjunction = CONJUNCTIONS.iter().find(|word| text[at..].starts_with(**word));
        let length = if ends_part { Some(c.len_utf8()) } else { conjunction.map(|word| word.len() - 1) };
        if let Some(length) = length.filter(|_| at >= start) {
            parts.push(QueryPart { text: text[start..at].trim(), starts_sentence });
            start = at + length;
            starts_sentence =
                ends_sentence || starts_sentence && parts.last().is_some_and(|part| part.text.is_empty());
        }
    }
    parts.push(QueryPart { text: text[start.min(text.len())..].trim(), starts_sentence });
    parts.retain(|part| !part.text.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_split_at_punctuation_and_conjunctions() {
        let text = "Find v1.2 of it, and then open a ticket. Notify me";
        let parts: Vec<(&str, bool)> =
            parts(text).into_iter().map(|part| (part.text, part.starts_sentence)).collect();
        assert_eq!(parts, [("Find v1.2 of it", true), ("open a ticket", false), ("Notify me", true)]);
    }
}
