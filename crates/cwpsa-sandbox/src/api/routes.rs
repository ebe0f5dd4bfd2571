//! Maps paths to operations with a tree of path segments, in which literals take precedence over parameters.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use connectwise_psa::runtime::Method;
use percent_encoding::percent_decode_str;

use super::operation::ApiOperation;

/// The routing tree.
pub(super) struct Routes {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    literals: HashMap<String, usize>,
    /// Numbers come before text, and parameters with the longest literal text come first: `types{id}`.
    parameters: Vec<(RouteParameter, usize)>,
    /// Methods and numbers of operations.
    operations: Vec<(Method, usize)>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RouteParameter {
    text: bool,
    before: Reverse<(usize, String)>,
}

/// The result of looking up a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RouteMatch {
    /// An operation, and the decoded values of the path parameters in order.
    Operation { operation: usize, path_values: Vec<String> },
    /// The path has operations, but none with this method.
    WrongVerb,
    /// The path has no operations.
    NoEndpoint,
}

impl Routes {
    pub(super) fn new(operations: &[ApiOperation]) -> Self {
        let mut routes = Self { nodes: vec![Node::default()] };
        for (number, operation) in operations.iter().enumerate() {
            let mut at = 0;
            let mut numbers = operation.numbers();
            for segment in operation.template.split('/').skip(1) {
                let number = segment.ends_with('}') && numbers.next().unwrap_or(true);
                at = routes.below(at, segment, number);
            }
            routes.nodes[at].operations.push((operation.method(), number));
        }
        routes
    }

    fn below(&mut self, at: usize, segment: &str, number: bool) -> usize {
        let next = self.nodes.len();
        let found = match segment.strip_suffix("{}") {
            Some(before) => {
                let parameter =
                    RouteParameter { text: !number, before: Reverse((before.len(), before.to_owned())) };
                let parameters = &mut self.nodes[at].parameters;
                match parameters.iter().find(|(known, _)| *known == parameter) {
                    Some((_, found)) => *found,
                    None => {
                        parameters.push((parameter, next));
                        parameters.sort();
                        next
                    }
                }
            }
            None => *self.nodes[at].literals.entry(segment.to_owned()).or_insert(next),
        };
        if found == next {
            self.nodes.push(Node::default());
        }
        found
    }

    pub(super) fn find(&self, method: &str, path: &str) -> RouteMatch {
        let decoded: Vec<Cow<'_, str>> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy())
            .collect();
        let mut values = Vec::new();
        let mut wrong_verb = false;
        match self.walk(0, &decoded, method, &mut values, &mut wrong_verb) {
            Some(operation) => RouteMatch::Operation { operation, path_values: values },
            None if wrong_verb => RouteMatch::WrongVerb,
            None => RouteMatch::NoEndpoint,
        }
    }

    fn walk(
        &self,
        at: usize,
        segments: &[Cow<'_, str>],
        method: &str,
        values: &mut Vec<String>,
        wrong_verb: &mut bool,
    ) -> Option<usize> {
        let node = &self.nodes[at];
        let Some((first, rest)) = segments.split_first() else {
            *wrong_verb |= !node.operations.is_empty();
            return node
                .operations
                .iter()
                .find(|(verb, _)| verb.as_str() == method)
                .map(|(_, number)| *number);
        };
        let small = first.to_ascii_lowercase();
        if let Some(next) = node.literals.get(&small)
            && let Some(found) = self.walk(*next, rest, method, values, wrong_verb)
        {
            return Some(found);
        }
        for (parameter, next) in &node.parameters {
            let Reverse((_, before)) = &parameter.before;
            let Some(value) = small.strip_prefix(before.as_str()).filter(|value| !value.is_empty()) else {
                continue;
            };
            if !parameter.text && value.parse::<i64>().is_err() {
                continue;
            }
            let depth = values.len();
            values.push(first[first.len() - value.len()..].to_owned());
            if let Some(found) = self.walk(*next, rest, method, values, wrong_verb) {
                return Some(found);
            }
            values.truncate(depth);
        }
        None
    }
}
