//! A query made ready: tests joined by `and` and `or`, put to records where they lie.

use super::check::Check;
use super::data::{Data, View};
use super::path::{Member, Path};

/// What must hold.
#[derive(Clone, Debug)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Test(Box<Test>),
    Items(Box<Items>),
}

/// A value that must pass a check.
#[derive(Clone, Debug)]
pub(super) struct Test {
    /// The number of the list that the path starts in; 0 for the record.
    pub(super) root: usize,
    pub(super) path: Path,
    pub(super) check: Check,
}

/// Lists of a record of which one item must pass all tests; of several lists, one item of each. A list with
/// no item counts as one of null.
#[derive(Clone, Debug)]
pub(super) struct Items {
    pub(super) lists: Vec<Member>,
    pub(super) tests: Node,
}

impl Node {
    /// Whether it holds. `roots` are the record, or an item of each list.
    pub(super) fn holds<D: Data>(&self, roots: &[View<'_, D>]) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(roots)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(roots)),
            Self::Test(test) => roots
                .get(test.root)
                .is_some_and(|root| test.path.any(*root, &|value| test.check.passes(value))),
            Self::Items(items) => roots.first().is_some_and(|record| items.hold(*record)),
        }
    }
}

impl Items {
    fn hold<D: Data>(&self, record: View<'_, D>) -> bool {
        match &self.lists[..] {
            [list] => any_item(list.of(record), |item| self.tests.holds(&[item])),
            _ => self.product(record, &mut Vec::with_capacity(self.lists.len())),
        }
    }

    /// Tries every choice of an item of each list.
    fn product<'r, D: Data>(&self, record: View<'r, D>, chosen: &mut Vec<View<'r, D>>) -> bool {
        let Some(list) = self.lists.get(chosen.len()) else {
            return self.tests.holds(chosen);
        };
        any_item(list.of(record), |item| {
            chosen.push(item);
            let holds = self.product(record, chosen);
            chosen.pop();
            holds
        })
    }
}

fn any_item<'r, D: Data>(list: View<'r, D>, mut test: impl FnMut(View<'r, D>) -> bool) -> bool {
    match list {
        View::List([]) => test(View::Null),
        View::List(items) => items.iter().any(|item| test(item.view())),
        single => test(single),
    }
}
