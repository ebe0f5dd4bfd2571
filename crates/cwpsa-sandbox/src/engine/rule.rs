//! The interface between the engine and the rules, which implement the special behavior of some records and actions.
//!
//! The engine calls rules through [`SandboxRule`] and doesn't depend on any particular rule. A [`RuleSet`] determines
//! which rule applies to which collection and operation.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::transaction::Transaction;
use crate::api::{ApiOperation, CollectionId};
use crate::connectwise::error::{ApiError, InvalidField};

/// A write to a single record, before it is stored.
pub(crate) struct RecordChange<'a> {
    pub(crate) collection: CollectionId,
    /// The parent record's ID; 0 if it has no parent.
    pub(crate) parent: i64,
    /// The previous record; `None` for a new one.
    pub(crate) before: Option<&'a Map<String, Value>>,
    /// The record to be stored. It also contains fields that are only accepted on writes.
    pub(crate) record: &'a mut Map<String, Value>,
}

/// A write to a single record, after it has been stored.
pub(crate) struct WrittenRecord<'a> {
    pub(crate) collection: CollectionId,
    pub(crate) id: i64,
    /// The previous record; `None` for a new one.
    pub(crate) before: Option<&'a Map<String, Value>>,
}

/// A call to an operation that has a rule.
pub(crate) struct ActionRequest<'a> {
    pub(crate) operation: &'a ApiOperation,
    /// The values of the path parameters.
    pub(crate) path_values: &'a [String],
    /// The IDs of the records they identify; 0 for a parameter that doesn't identify one.
    pub(crate) ids: &'a [i64],
    pub(crate) query: &'a [(String, String)],
    /// The validated body; null if it is empty.
    pub(crate) body: &'a Value,
    /// The rules for writes made by the action.
    pub(crate) rules: &'a RuleSet,
}

impl ActionRequest<'_> {
    /// Returns the IDs in a list in the body.
    pub(crate) fn body_ids(&self, field: &str) -> Vec<i64> {
        let ids = self.body.get(field).and_then(Value::as_array);
        ids.into_iter().flatten().filter_map(Value::as_i64).collect()
    }
}

/// Special behavior for a collection's records, or for an action. A rule implements only the hooks that it needs.
pub(crate) trait SandboxRule: Send + Sync + 'static {
    /// The value that [`before_write`](Self::before_write) passes to [`after_write`](Self::after_write).
    type CarryOver: Default;

    /// Reports invalid fields in a record to be written, together with those that violate its schema. References
    /// have not been resolved yet.
    fn validate(&self, _record: &Map<String, Value>, _invalid_fields: &mut Vec<InvalidField>) {}

    /// Changes or rejects a write before it is stored.
    fn before_write(
        &self,
        _tx: &mut Transaction<'_>,
        _change: &mut RecordChange<'_>,
    ) -> Result<Self::CarryOver, ApiError> {
        Ok(Self::CarryOver::default())
    }

    /// Makes the changes resulting from a write.
    fn after_write(
        &self,
        _tx: &mut Transaction<'_>,
        _written: &WrittenRecord<'_>,
        _carried: Self::CarryOver,
    ) -> Result<(), ApiError> {
        Ok(())
    }

    /// Makes the changes resulting from a deletion.
    fn after_delete(&self, _tx: &mut Transaction<'_>, _deleted: &Map<String, Value>) -> Result<(), ApiError> {
        Ok(())
    }

    /// Carries out an action and returns its response; if there is none, the response is generated from the schema.
    fn run(
        &self,
        _tx: &mut Transaction<'_>,
        _request: &ActionRequest<'_>,
    ) -> Result<Option<Value>, ApiError> {
        Ok(None)
    }
}

/// The second half of a rule's write, with the value carried over from the first half.
type AfterWrite<'r> = Box<dyn FnOnce(&mut Transaction<'_>, &WrittenRecord<'_>) -> Result<(), ApiError> + 'r>;

/// A rule with its carry-over type erased, so rules of different types fit into one list.
trait ErasedRule: Send + Sync {
    fn validate(&self, record: &Map<String, Value>, invalid_fields: &mut Vec<InvalidField>);

    fn before_write<'r>(
        &'r self,
        tx: &mut Transaction<'_>,
        change: &mut RecordChange<'_>,
    ) -> Result<AfterWrite<'r>, ApiError>;

    fn after_delete(&self, tx: &mut Transaction<'_>, deleted: &Map<String, Value>) -> Result<(), ApiError>;

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError>;
}

impl<R: SandboxRule> ErasedRule for R {
    fn validate(&self, record: &Map<String, Value>, invalid_fields: &mut Vec<InvalidField>) {
        SandboxRule::validate(self, record, invalid_fields);
    }

    fn before_write<'r>(
        &'r self,
        tx: &mut Transaction<'_>,
        change: &mut RecordChange<'_>,
    ) -> Result<AfterWrite<'r>, ApiError> {
        let carried = SandboxRule::before_write(self, tx, change)?;
        Ok(Box::new(move |tx, written| self.after_write(tx, written, carried)))
    }

    fn after_delete(&self, tx: &mut Transaction<'_>, deleted: &Map<String, Value>) -> Result<(), ApiError> {
        SandboxRule::after_delete(self, tx, deleted)
    }

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        SandboxRule::run(self, tx, request)
    }
}

/// A rule with its name in data files.
pub(crate) struct NamedRule {
    pub(crate) name: &'static str,
    rule: Box<dyn ErasedRule>,
}

impl NamedRule {
    pub(crate) fn new(name: &'static str, rule: impl SandboxRule) -> Self {
        Self { name, rule: Box::new(rule) }
    }
}

/// The rules, by the collections and operations to which they apply.
#[derive(Default)]
pub(crate) struct RuleSet {
    rules: Vec<NamedRule>,
    by_collection: HashMap<CollectionId, Vec<usize>>,
    by_operation: HashMap<usize, usize>,
}

impl RuleSet {
    pub(crate) fn new(rules: Vec<NamedRule>) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Applies a rule to a collection's records, after any existing rules. Returns false if the rule doesn't exist.
    #[must_use]
    pub(crate) fn bind_collection(&mut self, collection: CollectionId, name: &str) -> bool {
        let rule = self.index(name);
        rule.map(|rule| self.by_collection.entry(collection).or_default().push(rule)).is_some()
    }

    /// Lets a rule carry out the operation with this index. Returns false if the rule doesn't exist.
    #[must_use]
    pub(crate) fn bind_operation(&mut self, operation: usize, name: &str) -> bool {
        self.index(name).map(|rule| self.by_operation.insert(operation, rule)).is_some()
    }

    /// Returns the names of rules that aren't applied to anything.
    pub(crate) fn unused(&self) -> impl Iterator<Item = &'static str> {
        let used = |at: &usize| {
            self.by_operation.values().chain(self.by_collection.values().flatten()).any(|used| used == at)
        };
        self.rules.iter().enumerate().filter(move |(at, _)| !used(at)).map(|(_, rule)| rule.name)
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.name == name)
    }

    /// Returns true if an operation is carried out by a rule.
    pub(crate) fn has_action(&self, operation: usize) -> bool {
        self.by_operation.contains_key(&operation)
    }

    /// Carries out an operation that has a rule; returns `None` for any other.
    pub(crate) fn run_action(
        &self,
        operation: usize,
        tx: &mut Transaction<'_>,
        request: &ActionRequest<'_>,
    ) -> Result<Option<Value>, ApiError> {
        match self.by_operation.get(&operation) {
            Some(rule) => self.rules[*rule].rule.run(tx, request),
            None => Ok(None),
        }
    }

    /// Lets a collection's rules report invalid fields.
    pub(crate) fn validate(
        &self,
        collection: CollectionId,
        record: &Map<String, Value>,
        invalid_fields: &mut Vec<InvalidField>,
    ) {
        self.of_collection(collection).for_each(|rule| rule.validate(record, invalid_fields));
    }

    /// Lets a collection's rules change or reject a write. Returns the work to do after it.
    pub(crate) fn before_write(
        &self,
        tx: &mut Transaction<'_>,
        change: &mut RecordChange<'_>,
    ) -> Result<PendingRules<'_>, ApiError> {
        let rules = self.of_collection(change.collection);
        let pending = rules.map(|rule| rule.before_write(tx, change)).collect::<Result<_, _>>()?;
        Ok(PendingRules(pending))
    }

    /// Makes the changes resulting from a deletion.
    pub(crate) fn after_delete(
        &self,
        tx: &mut Transaction<'_>,
        collection: CollectionId,
        deleted: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        self.of_collection(collection).try_for_each(|rule| rule.after_delete(tx, deleted))
    }

    fn of_collection(&self, collection: CollectionId) -> impl Iterator<Item = &dyn ErasedRule> {
        self.by_collection.get(&collection).into_iter().flatten().map(|rule| &*self.rules[*rule].rule)
    }
}

/// The effects of a collection's rules after a write.
#[must_use]
pub(crate) struct PendingRules<'r>(Vec<AfterWrite<'r>>);

impl PendingRules<'_> {
    /// Makes the changes resulting from a write.
    pub(crate) fn after_write(
        self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
    ) -> Result<(), ApiError> {
        self.0.into_iter().try_for_each(|rule| rule(tx, written))
    }
}
