//! Evaluates compiled conditions, which are tests combined with `and` and `or`. Records are tested in place, without
//! being copied.

use super::field_path::{FieldPath, PathSegment};
use super::value::{QueryValue, ValueView};
use super::value_test::ValueTest;

/// A compiled condition.
#[derive(Clone, Debug)]
pub(super) enum Predicate {
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Test(Box<FieldTest>),
    Items(Box<ItemPredicate>),
}

/// A test of the value at a path.
#[derive(Clone, Debug)]
pub(super) struct FieldTest {
    /// The index of the list in which the path starts; 0 for the record.
    pub(super) root: usize,
    pub(super) path: FieldPath,
    pub(super) check: ValueTest,
}

/// A condition on list items: one item of each list must pass all tests. An empty list is treated as a list
/// with a null item.
#[derive(Clone, Debug)]
pub(super) struct ItemPredicate {
    pub(super) lists: Vec<PathSegment>,
    pub(super) tests: Predicate,
}

impl Predicate {
    /// Evaluates the condition. `roots` contains the record, or an item of each list.
    pub(super) fn holds<D: QueryValue>(&self, roots: &[ValueView<'_, D>]) -> bool {
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

impl ItemPredicate {
    fn hold<D: QueryValue>(&self, record: ValueView<'_, D>) -> bool {
        match &self.lists[..] {
            [list] => any_item(list.get(record), |item| self.tests.holds(&[item])),
            _ => self.product(record, &mut Vec::with_capacity(self.lists.len())),
        }
    }

    /// Tries every combination of list items.
    fn product<'r, D: QueryValue>(
        &self,
        record: ValueView<'r, D>,
        chosen: &mut Vec<ValueView<'r, D>>,
    ) -> bool {
        let Some(list) = self.lists.get(chosen.len()) else {
            return self.tests.holds(chosen);
        };
        any_item(list.get(record), |item| {
            chosen.push(item);
            let holds = self.product(record, chosen);
            chosen.pop();
            holds
        })
    }
}

fn any_item<'r, D: QueryValue>(
    list: ValueView<'r, D>,
    mut test: impl FnMut(ValueView<'r, D>) -> bool,
) -> bool {
    match list {
        ValueView::List([]) => test(ValueView::Null),
        ValueView::List(items) => items.iter().any(|item| test(item.view())),
        single => test(single),
    }
}
