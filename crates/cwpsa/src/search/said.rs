//! What people call the records of a collection, by its path: `/service/tickets: case, incident, support request`.
//! All tools of a collection (of its items, its count and so on) share what is said of it. And what people say when
//! they want one thing done, by its operation: `POST /time/sheets/{}/approve: sign off a timesheet`.

use std::collections::{HashMap, HashSet};

use connectwise_psa::runtime::Method;

const SAID: &str = include_str!("../../data/said.txt");
const ACTS: &str = include_str!("../../data/acts.txt");
const OFTEN: &str = include_str!("../../data/often.txt");
/// What a path ends with that is no collection of its own.
const ENDS: [&str; 7] = ["", "{}", "count", "default", "bulk", "info", "usages"];

/// The sayings of each collection, in the order of the file.
pub fn of_collections() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    sayings(SAID)
}

/// The sayings of each operation, in the order of the file.
pub fn of_acts() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    sayings(ACTS)
}

/// The [`records`] that people speak of most.
pub fn often() -> HashSet<&'static str> {
    super::words::lines(OFTEN).collect()
}

fn sayings(text: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    super::words::lines(text)
        .filter_map(|line| line.split_once(": "))
        .map(|(path, said)| (path.trim(), said.split(',').map(str::trim).collect()))
}

/// The numbers of collections by their paths, and of acts by their operations.
pub struct Places {
    collections: HashMap<&'static str, usize>,
    acts: HashMap<&'static str, usize>,
}

impl Places {
    /// Numbers them in the order of the files.
    pub fn new() -> Self {
        let numbered = |(number, (path, _)): (usize, (&'static str, _))| (path, number);
        Self {
            collections: (0..).zip(of_collections()).map(numbered).collect(),
            acts: (0..).zip(of_acts()).map(numbered).collect(),
        }
    }

    /// The collection that the operation at a [`plain`] path belongs to: the longest that it begins with, if no more than the
    /// item, its count and the like is left.
    pub fn collection(&self, path: &str) -> Option<usize> {
        let mut path = path;
        loop {
            if let Some(number) = self.collections.get(path) {
                return Some(*number);
            }
            let (rest, end) = path.rsplit_once('/')?;
            if !ENDS.contains(&end) && end != "list" {
                return None;
            }
            path = rest;
        }
    }
}

impl Places {
    /// The number of an operation, by its [`plain`] path, of which something is said.
    pub fn act(&self, method: Method, path: &str) -> Option<usize> {
        self.acts.get(format!("{method} {path}").as_str()).copied()
    }
}

/// The [`plain`] path of the records that the operation at a path is about, without what leads to one of them, to their
/// number and the like.
pub fn records(path: &str) -> &str {
    let mut path = path;
    while let Some((rest, end)) = path.rsplit_once('/')
        && (ENDS.contains(&end) || end == "list")
    {
        path = rest;
    }
    path
}

/// A path in lower case whose parameters have no names, as the files write it.
pub fn plain(path: &str) -> String {
    let segment = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_lowercase() };
    path.trim_end_matches('/').split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use connectwise_psa::CATALOG;

    use super::*;

    #[test]
    fn the_tools_of_a_collection_share_its_sayings() {
        let places = Places::new();
        let tickets = places.collection("/service/tickets");
        assert!(tickets.is_some());
        assert_eq!(places.collection("/service/tickets/{}"), tickets);
        assert_eq!(places.collection("/service/tickets/count"), tickets);
        assert_ne!(places.collection("/service/tickets/{}/notes/{}"), tickets);
        assert_eq!(places.collection("/nothing/here"), None);
    }

    #[test]
    fn every_line_is_of_a_collection_that_is_there_and_says_something() {
        let places = Places::new();
        let of_tools: Vec<usize> =
            CATALOG.tools().filter_map(|tool| places.collection(&plain(tool.path()))).collect();
        for (number, (path, said)) in (0..).zip(of_collections()) {
            assert!(of_tools.contains(&number), "{path} is of no tool");
            assert_eq!(places.collection(path), Some(number), "{path} is there twice");
            assert!(said.iter().all(|saying| !saying.is_empty()), "{path} has an empty saying");
        }
    }

    #[test]
    fn every_record_spoken_of_often_is_of_a_tool() {
        let paths: Vec<String> = CATALOG.tools().map(|tool| plain(tool.path())).collect();
        for often in often() {
            assert!(paths.iter().any(|path| records(path) == often), "{often}");
        }
    }

    #[test]
    fn every_act_is_an_operation() {
        let places = Places::new();
        let numbers: Vec<usize> =
            CATALOG.tools().filter_map(|tool| places.act(tool.method(), &plain(tool.path()))).collect();
        for (number, (operation, said)) in (0..).zip(of_acts()) {
            assert!(numbers.contains(&number), "{operation} is of no tool, or there twice");
            assert!(said.iter().all(|saying| !saying.is_empty()), "{operation} has an empty saying");
        }
    }
}
