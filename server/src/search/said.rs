//! What people call the records of a collection, by its path: `/service/tickets: case, incident, support request`.
//! All tools of a collection (of its items, its count and so on) share what is said of it.

use std::collections::HashMap;

const SAID: &str = include_str!("../../data/said.txt");
/// What a path ends with that is no collection of its own.
const ENDS: [&str; 7] = ["", "{}", "count", "default", "bulk", "info", "usages"];

/// The sayings of each collection, in the order of the file.
pub fn sayings() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    super::words::lines(SAID)
        .filter_map(|line| line.split_once(": "))
        .map(|(path, said)| (path.trim(), said.split(',').map(str::trim).collect()))
}

/// The numbers of collections by their paths.
pub struct Collections {
    numbers: HashMap<&'static str, u32>,
}

impl Collections {
    /// Numbers the collections as [`sayings`] gives them.
    pub fn new() -> Self {
        Self { numbers: (0..).zip(sayings()).map(|(number, (path, _))| (path, number)).collect() }
    }

    /// The collection that the operation at a path belongs to: the longest that it begins with, if no more than the
    /// item, its count and the like is left.
    pub fn of(&self, path: &str) -> Option<u32> {
        let mut plain = plain(path);
        loop {
            if let Some(number) = self.numbers.get(plain.as_str()) {
                return Some(*number);
            }
            let (rest, end) = plain.rsplit_once('/')?;
            if !ENDS.contains(&end) && end != "list" {
                return None;
            }
            plain.truncate(rest.len());
        }
    }
}

/// A path in lower case whose parameters have no names.
fn plain(path: &str) -> String {
    let segment = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_lowercase() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use connectwise_psa::CATALOGUE;

    use super::*;

    #[test]
    fn the_tools_of_a_collection_share_its_sayings() {
        let collections = Collections::new();
        let tickets = collections.of("/service/tickets");
        assert!(tickets.is_some());
        assert_eq!(collections.of("/service/tickets/{id}"), tickets);
        assert_eq!(collections.of("/service/tickets/count"), tickets);
        assert_ne!(collections.of("/service/tickets/{parentId}/notes/{id}"), tickets);
        assert_eq!(collections.of("/nothing/here"), None);
    }

    #[test]
    fn every_line_is_of_a_collection_that_is_there_and_says_something() {
        let collections = Collections::new();
        let of_tools: Vec<u32> =
            CATALOGUE.tools().filter_map(|tool| collections.of(&tool.http().path)).collect();
        for (number, (path, said)) in (0..).zip(sayings()) {
            assert!(of_tools.contains(&number), "{path} is of no tool");
            assert_eq!(collections.of(path), Some(number), "{path} is there twice");
            assert!(said.iter().all(|saying| !saying.is_empty()), "{path} has an empty saying");
        }
    }
}
