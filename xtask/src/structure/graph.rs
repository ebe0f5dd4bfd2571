//! Finds the strongly connected components of a graph.

use std::collections::{BTreeMap, BTreeSet};

/// Edges from each node to its targets.
pub(crate) type Graph<N> = BTreeMap<N, BTreeSet<N>>;

/// Returns the groups of two or more nodes that can reach each other, sorted.
pub(crate) fn cycles<N: Ord + Clone>(graph: &Graph<N>) -> Vec<BTreeSet<N>> {
    let mut components: Vec<BTreeSet<N>> = Vec::new();
    for node in graph.keys() {
        if components.iter().any(|component| component.contains(node)) {
            continue;
        }
        let from = reachable(graph, node);
        // A file has so few imports that searching from each node is cheap.
        let component: BTreeSet<N> =
            from.into_iter().filter(|other| reachable(graph, other).contains(node)).collect();
        if component.len() > 1 {
            components.push(component);
        }
    }
    components
}

/// Returns the nodes reachable from `start`, directly or through others.
fn reachable<N: Ord + Clone>(graph: &Graph<N>, start: &N) -> BTreeSet<N> {
    let (mut found, mut pending) = (BTreeSet::new(), vec![start]);
    while let Some(node) = pending.pop() {
        for next in graph.get(node).into_iter().flatten() {
            if found.insert(next.clone()) {
                pending.push(next);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_that_reach_each_other_are_one_cycle() {
        let edges = [(1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (6, 7), (7, 6), (8, 8)];
        let mut graph: Graph<u8> = Graph::new();
        for (from, to) in edges {
            graph.entry(from).or_default().insert(to);
        }
        assert_eq!(cycles(&graph), [BTreeSet::from([1, 2, 3]), BTreeSet::from([6, 7])]);
    }
}
