//! The query language of lists: a small stand-in for tests of the engine, which knows `path = literal` joined
//! by `and`.

use std::cmp::Ordering;

use serde_json::Value;

/// The names that a resource's records can be searched by.
pub trait Names {
    /// The kind of the value at a member path like `company/name`, matched loosely in case; `None` if the
    /// resource has no such path.
    fn kind(&self, path: &str) -> Option<Kind>;
}

/// What a value can be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A date.
    Date,
    /// One of these texts.
    Choice(Vec<String>),
}

/// All of the filter parameters of a list, parsed once.
#[derive(Default)]
pub struct Search {
    tests: Vec<(String, bool, Value)>,
    order: Option<String>,
}

/// The filter parameters of a list as they came, decoded.
#[derive(Default)]
pub struct SearchText<'a> {
    /// `conditions`.
    pub conditions: Option<&'a str>,
    /// `childConditions`.
    pub child_conditions: Option<&'a str>,
    /// `customFieldConditions`.
    pub custom_field_conditions: Option<&'a str>,
    /// `orderBy`.
    pub order_by: Option<&'a str>,
}

/// Why a query is refused.
#[derive(Debug)]
pub struct QueryError {
    /// The API's code.
    pub code: &'static str,
    /// The API's words.
    pub message: String,
}

impl Search {
    /// Reads the parameters of a list.
    ///
    /// # Errors
    /// A name that is not known.
    pub fn parse(parameters: &SearchText<'_>, names: &dyn Names) -> Result<Search, QueryError> {
        let mut search = Self::default();
        let check = |name: &str| match names.kind(name) {
            Some(_) => Ok(()),
            None => Err(QueryError {
                code: "ApiFindCondition",
                message: format!("{name} is not a recognized name."),
            }),
        };
        let all = [parameters.conditions, parameters.child_conditions, parameters.custom_field_conditions];
        for text in all.into_iter().flatten() {
            for test in text.split(" and ") {
                let Some((path, value)) = test.split_once('=') else { continue };
                let (path, negated) = path.strip_suffix('!').map_or((path, false), |path| (path, true));
                check(path.trim())?;
                let value = value.trim();
                let value = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map_or_else(
                    || serde_json::from_str(value).unwrap_or_else(|_| Value::from(value)),
                    Value::from,
                );
                search.tests.push((path.trim().to_owned(), negated, value));
            }
        }
        if let Some(order) = parameters.order_by {
            check(order.split(' ').next().unwrap_or_default())?;
            search.order = Some(order.to_owned());
        }
        Ok(search)
    }

    /// Whether a record is asked for.
    pub fn matches(&self, record: &Value) -> bool {
        self.tests.iter().all(|(path, negated, value)| (at(record, path) == value) != *negated)
    }

    /// Which of two records comes first.
    pub fn compare(&self, a: &Value, b: &Value) -> Ordering {
        let Some(order) = &self.order else { return Ordering::Equal };
        let (path, down) = order.split_once(' ').map_or((order.as_str(), false), |(p, d)| (p, d == "desc"));
        let order = match (at(a, path), at(b, path)) {
            (Value::Number(a), Value::Number(b)) => {
                a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
            }
            (a, b) => a.as_str().cmp(&b.as_str()),
        };
        if down { order.reverse() } else { order }
    }

    /// Whether an order is asked for.
    pub fn has_order(&self) -> bool {
        self.order.is_some()
    }
}

fn at<'r>(record: &'r Value, path: &str) -> &'r Value {
    path.split('/').fold(record, |value, member| &value[member])
}

/// Which members an answer has.
pub struct Projection {
    paths: Vec<Vec<String>>,
}

impl Projection {
    /// Reads the `fields` parameter.
    pub fn parse(fields: &str) -> Projection {
        let paths = fields.split(',').map(|path| path.trim().split('/').map(str::to_owned).collect());
        Self { paths: paths.collect() }
    }

    /// The record with those members.
    pub fn apply(&self, record: &Value) -> Value {
        let mut found = serde_json::Map::new();
        for path in &self.paths {
            let Some(value) = record.get(&path[0]) else { continue };
            match path.get(1) {
                Some(below) => {
                    let object = found.entry(path[0].clone()).or_insert_with(|| serde_json::json!({}));
                    object[below] = value[below].clone();
                }
                None => {
                    found.insert(path[0].clone(), value.clone());
                }
            }
        }
        Value::Object(found)
    }
}
