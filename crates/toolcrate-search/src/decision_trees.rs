//! A sum of decision trees, which combines what is known of a query and a tool into one score.

/// The trees.
#[derive(Default)]
pub(crate) struct DecisionTrees(Vec<Tree>);

/// A tree's nodes. A node's number is the position of a branch or, if negative, that of a leaf counted from -1.
struct Tree {
    branches: Vec<Branch>,
    leaves: Vec<f32>,
}

/// Selects one of two nodes.
struct Branch {
    threshold: f32,
    feature: u16,
    below: i16,
    above: i16,
}

impl DecisionTrees {
    /// Parses the names of the features in the first line, separated by spaces, and then one tree per line: its branches
    /// as `feature threshold below above`, separated by commas, and after a semicolon its leaves. Malformed trees are
    /// ignored. `names` are the names of the features that are passed to [`scores`](Self::scores); the value of any other
    /// feature is 0.
    pub(crate) fn parse(text: &str, names: &[&str]) -> Self {
        let mut lines = text.lines();
        let position = |name| names.iter().position(|known| *known == name).and_then(|at| at.try_into().ok());
        let features: Vec<u16> = lines
            .next()
            .unwrap_or_default()
            .split(' ')
            .map(|name| position(name).unwrap_or(u16::MAX))
            .collect();
        Self(lines.filter_map(|line| Tree::parse(line, &features)).collect())
    }

    /// Returns true if there are no trees.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of trees.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the sum of the trees' values for each set of features.
    pub(crate) fn scores<const COUNT: usize>(&self, features: &[[f32; COUNT]]) -> Vec<f32> {
        let mut scores = vec![0.0; features.len()];
        for tree in &self.0 {
            for (score, features) in scores.iter_mut().zip(features) {
                *score += tree.value(features);
            }
        }
        scores
    }
}

impl Tree {
    /// Parses a tree. `features` are the positions of the features in the list.
    fn parse(line: &str, features: &[u16]) -> Option<Self> {
        let (branches, leaves) = line.split_once(';')?;
        let branches =
            branches.split(',').map(|branch| Branch::parse(branch, features)).collect::<Option<_>>()?;
        let leaves = leaves.split(',').map(|leaf| leaf.parse().ok()).collect::<Option<_>>()?;
        Some(Self { branches, leaves }).filter(Self::ends_at_leaves)
    }

    /// Returns true if each branch selects later branches or existing leaves, so every path ends at a leaf.
    fn ends_at_leaves(&self) -> bool {
        let is_valid = |position: usize, node: i16| match usize::try_from(node) {
            Ok(next) => (position + 1..self.branches.len()).contains(&next),
            Err(_) => usize::try_from(!node).is_ok_and(|leaf| leaf < self.leaves.len()),
        };
        let mut branches = self.branches.iter().enumerate();
        branches
            .all(|(position, branch)| is_valid(position, branch.below) && is_valid(position, branch.above))
    }

    /// Returns the value of the leaf that the branches select.
    fn value(&self, features: &[f32]) -> f32 {
        let mut node = 0;
        while let Some(branch) = usize::try_from(node).ok().and_then(|position| self.branches.get(position)) {
            let value = features.get(usize::from(branch.feature)).copied().unwrap_or_default();
            node = if value <= branch.threshold { branch.below } else { branch.above };
        }
        usize::try_from(!node).ok().and_then(|leaf| self.leaves.get(leaf)).copied().unwrap_or_default()
    }
}

impl Branch {
    /// Parses a branch. `features` are the positions of the features in the list.
    fn parse(text: &str, features: &[u16]) -> Option<Self> {
        let mut numbers = text.split(' ');
        Some(Self {
            feature: *features.get(numbers.next()?.parse::<usize>().ok()?)?,
            threshold: numbers.next()?.parse().ok()?,
            below: numbers.next()?.parse().ok()?,
            above: numbers.next()?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_branch_selects_one_of_two_nodes() {
        let text = "b a\n0 0.5 -1 1,1 2 -2 -3;1,10,100\nmalformed\n0 1 -1 -2;0.25,0.5\n";
        let trees = DecisionTrees::parse(text, &["b", "a"]);
        assert_eq!(trees.scores(&[[0.5, 3.0], [0.6, 2.0], [2.0, 2.5]]), [1.25, 10.25, 100.5]);
        assert_eq!(DecisionTrees::parse(text, &["a", "b"]).scores(&[[2.5, 2.0]]), [100.5]);
        assert!(DecisionTrees::parse("", &[]).is_empty());
    }

    #[test]
    fn tree_without_an_end_is_ignored() {
        for tree in ["0 1 0 -1;1", "0 1 1 -1,0 2 0 -1;1", "0 1 -1 -2;1", "0 1 -1 1;1"] {
            assert!(DecisionTrees::parse(&format!("a\n{tree}\n"), &["a"]).is_empty(), "{tree}");
        }
    }
}
