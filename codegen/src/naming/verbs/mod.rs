//! Recognizes operations whose path ends in a verb. For example, `POST /articles/delete` deletes articles rather than
//! creating a "delete".
//!
//! The verb is inferred from three sources: the last path segment, the summary and the operation ID. If they disagree,
//! the most severe effect is assumed. An operation whose verb isn't in the [`VerbList`](verb_list::VerbList) is assumed
//! to be destructive; its name is a guess and is reported.

mod evidence;
mod path_position;
mod verb_list;

use toolcrate_catalog::OperationKind;

use crate::config::{NameRules, PathAction, VerbEffect};
use crate::id::OperationTable;
use crate::ir::{ApiDefinition, Method, Operation};
use evidence::{Evidence, stem};
use path_position::{PathEnd, Resources};
use verb_list::{KnownVerb, VerbList};

/// The interpretation of an operation's verb.
#[derive(Clone, Debug, Default)]
pub struct VerbReading {
    /// The action, if it differs from what the method implies.
    pub action: Option<PathAction>,
    /// The reason why that is a guess, if it is one.
    pub guess: Option<String>,
}

/// Interprets the verbs of all operations. `prefixes` contains the number of segments of each path that don't name a
/// resource.
pub fn read(
    api: &ApiDefinition,
    rules: &NameRules,
    prefixes: &OperationTable<usize>,
) -> OperationTable<VerbReading> {
    let verbs = VerbList::new(rules);
    let resources = Resources::new(api);
    api.operations.map(|(id, operation)| {
        if !matches!(operation.method, Method::Get | Method::Post | Method::Put | Method::Patch) {
            return VerbReading::default();
        }
        PathEnd::new(operation, prefixes[id], &resources)
            .map(|end| OperationWords::new(operation, end, &verbs).read(&resources))
            .unwrap_or_default()
    })
}

/// All text that describes an operation's effect.
struct OperationWords<'a> {
    operation: &'a Operation,
    end: PathEnd,
    /// The verb in the last literal segment of the path, and the position of its word.
    in_path: Option<(KnownVerb, usize)>,
    summary: Evidence,
    id: Evidence,
}

impl<'a> OperationWords<'a> {
    fn new(operation: &'a Operation, end: PathEnd, verbs: &VerbList) -> Self {
        let last = end.words.len().saturating_sub(1);
        let summary = evidence::of_summary(&operation.summary, verbs, &end.nouns);
        let id = evidence::of_operation_id(&operation.id, verbs, &end.nouns, &end.words);
        let in_path = [0, last].into_iter().find_map(|at| Some((verbs.base(end.words.get(at)?)?, at)));
        // `/approval` and `/closes` are verbs only with further evidence.
        let in_path = in_path.or_else(|| {
            let [word] = &end.words[..] else { return None };
            let verb = verbs.present(word).or_else(|| verbs.nominal(word))?;
            (summary.names(&verb) || id.names(&verb)).then_some((verb, 0))
        });
        Self { operation, end, in_path, summary, id }
    }

    fn read(self, resources: &Resources) -> VerbReading {
        let reading = |action| VerbReading { action, guess: None };
        if let Some((verb, at)) = self.verb_of_path() {
            return reading(Some(self.path_action(&verb, at)));
        }
        // A PUT or PATCH target is a resource, unless its path indicates otherwise.
        if self.operation.method != Method::Post {
            return VerbReading::default();
        }
        if let Some(verb) = self.summary.main_verb() {
            return reading(Some(self.whole_path_action(verb)));
        }
        if self.summary.creates() {
            return VerbReading::default();
        }
        if let Some(verb) = self.id.main_verb() {
            return reading(Some(self.whole_path_action(verb)));
        }
        if self.summary.unknown.is_none() && self.id.creates() {
            return VerbReading::default();
        }
        self.guess(resources)
    }

    /// Returns the verb in the path, unless the rest of the evidence contradicts it.
    fn verb_of_path(&self) -> Option<(KnownVerb, usize)> {
        let (verb, at) = self.in_path.clone()?;
        let evidence = [&self.summary, &self.id];
        let is_confirmed = evidence.iter().any(|evidence| evidence.names(&verb));
        let is_contradicted = evidence.iter().any(|evidence| !evidence.verbs.is_empty()) && !is_confirmed;
        let holds = match (self.operation.method, verb.effect) {
            // A GET that destroys data is a defect in the API, but not a read.
            (Method::Get, effect) => is_confirmed && effect == VerbEffect::Destructive && !self.end.has_item,
            _ if self.end.is_resource => {
                is_confirmed && verb.effect != VerbEffect::Create && !self.end.has_item
            }
            (Method::Post, VerbEffect::Destructive) => true,
            // `POST /log-entries`, `POST /exports` with the summary "Create an export".
            (Method::Post, VerbEffect::Create) => !(self.end.is_plural() && is_contradicted),
            (Method::Post, _) => is_confirmed || !(self.summary.creates() || self.end.is_plural()),
            // `PUT /articles/{id}/copy` may replace a copy.
            (_, effect) => {
                let is_verb = is_confirmed || (effect == VerbEffect::Destructive && !is_contradicted);
                is_verb && !self.end.has_item
            }
        };
        holds.then_some((verb, at))
    }

    /// Returns the action for a verb in the last literal segment of a path; that segment isn't a resource.
    fn path_action(&self, verb: &KnownVerb, at: usize) -> PathAction {
        let words = self.end.words.iter().enumerate();
        let rest: String =
            words.filter(|(index, _)| *index != at).map(|(_, word)| format!("_{word}")).collect();
        let has_noun = !self.end.is_first || self.end.is_on_item;
        let is_one = self.end.is_on_item || (verb.effect == VerbEffect::Create && rest.is_empty());
        let noun = match (has_noun, is_one) {
            (false, _) => "{P}",
            (true, true) => "a_{P}_{one}",
            (true, false) => "{P}_{many}",
        };
        let tail = match (has_noun, self.end.has_item) {
            (false, _) => String::new(),
            (true, false) => self.end.text.clone(),
            (true, true) => format!("{}/{{}}", self.end.text),
        };
        let by = if has_noun { "{by}" } else { "" };
        self.action(verb, tail, format!("{}_{noun}{rest}{by}", verb.word))
    }

    /// Returns the action for a verb that applies to the resource of the complete path.
    fn whole_path_action(&self, verb: &KnownVerb) -> PathAction {
        let is_plural = self.summary.is_plural || (verb.effect == VerbEffect::Read && self.end.is_plural());
        let noun = if is_plural && !self.end.has_item { "{P}_{many}" } else { "a_{P}_{one}" };
        self.action(verb, String::new(), format!("{}_{noun}{{by}}", verb.word))
    }

    fn action(&self, verb: &KnownVerb, tail: String, name: String) -> PathAction {
        let path = self.in_path.iter().map(|(verb, _)| verb).filter(|_| !self.end.is_resource);
        let mut all = path.chain(&self.summary.verbs).chain(&self.id.verbs).chain([verb]);
        let destructive = all.clone().any(|verb| verb.effect == VerbEffect::Destructive);
        let read_only = all.all(|verb| verb.effect == VerbEffect::Read);
        PathAction {
            tail,
            methods: vec![self.operation.method.as_str().to_owned()],
            name,
            on_item: None,
            read_only,
            destructive: Some(destructive),
            idempotent: read_only,
            argument: None,
            variant: None,
            kind: match verb.word.as_str() {
                "create" | "insert" | "make" | "new" | "place" => Some(OperationKind::Create),
                "delete" => Some(OperationKind::Delete),
                _ => None,
            },
        }
    }

    /// Returns a guess for a POST without a known verb.
    fn guess(&self, resources: &Resources) -> VerbReading {
        let unknown = |word: &str| KnownVerb { word: word.to_owned(), effect: VerbEffect::Destructive };
        let is_collection = self.end.is_resource || self.end.is_plural();
        let last = self.end.words.first().filter(|_| !is_collection && !self.end.has_item);
        let named = self.summary.unknown.as_ref().or(self.id.unknown.as_ref());
        let in_path = last.filter(|word| named.is_none_or(|named| stem(word) == stem(named)));
        let (verb, action) = match (in_path, named) {
            (Some(word), Some(_)) => (word, self.path_action(&unknown(word), 0)),
            (Some(word), None) if !resources.has_noun(word) => (word, self.path_action(&unknown(word), 0)),
            // For a single resource without a list, the request may replace the existing data.
            (Some(_), None) => {
                let guess = format!(
                    "it is unclear whether `{}` creates something; it is treated as destructive",
                    self.operation.key()
                );
                let create = KnownVerb { word: "create".to_owned(), effect: VerbEffect::Destructive };
                return VerbReading { action: Some(self.whole_path_action(&create)), guess: Some(guess) };
            }
            (None, Some(word)) => (word, self.whole_path_action(&unknown(word))),
            (None, None) if self.end.has_item => {
                let guess = format!(
                    "it is unclear what `{}` does; it is treated as destructive",
                    self.operation.key()
                );
                let action = self.whole_path_action(&unknown("submit"));
                return VerbReading { action: Some(action), guess: Some(guess) };
            }
            (None, None) => return VerbReading::default(),
        };
        let guess =
            format!("`{verb}` is not a known verb; `{}` is treated as destructive", self.operation.key());
        VerbReading { action: Some(action), guess: Some(guess) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Interprets `operations`, each given as method, path, summary and ID, and returns the name, destructive hint and
    /// read-only hint of the last one.
    fn read_last(operations: &[(Method, &str, &str, &str)]) -> Option<(String, bool, bool)> {
        let operations = operations.iter().map(|(method, path, summary, id)| Operation {
            summary: (*summary).to_owned(),
            id: (*id).to_owned(),
            ..Operation::bare(*method, path)
        });
        let api = ApiDefinition { operations: operations.collect(), ..ApiDefinition::default() };
        let prefixes = api.operations.map(|_| 0);
        let readings = read(&api, &NameRules::default(), &prefixes);
        let reading = readings.values().last()?.clone();
        let action = reading.action?;
        let guessed = if reading.guess.is_some() { "?" } else { "" };
        Some((format!("{}{guessed}", action.name), action.destructive == Some(true), action.read_only))
    }

    fn post(path: &str, summary: &str, id: &str) -> Option<(String, bool, bool)> {
        read_last(&[(Method::Post, path, summary, id)])
    }

    fn name(found: Option<(String, bool, bool)>) -> String {
        found.map_or("as its method".to_owned(), |(name, ..)| name)
    }

    #[test]
    fn verb_at_the_end_of_a_path_names_the_action() {
        let delete = post("/articles/delete", "Delete knowledge base articles", "").unwrap();
        assert_eq!(delete, ("delete_{P}_{many}{by}".to_owned(), true, false));
        let remove = post("/roles/{id}/remove-members", "", "").unwrap();
        assert_eq!(remove, ("remove_a_{P}_{one}_members{by}".to_owned(), true, false));
        assert_eq!(
            post("/devices/search", "", "").unwrap(),
            ("search_{P}_{many}{by}".to_owned(), false, true)
        );
        for (path, expected) in [
            ("/tickets/{id}/approve", "approve_a_{P}_{one}{by}"),
            ("/articles/bulkDelete", "delete_{P}_{many}_bulk{by}"),
            ("/entries/{id}/cancelReject", "cancel_a_{P}_{one}_reject{by}"),
            ("/service/templates/{id}/unlink", "unlink_a_{P}_{one}{by}"),
            ("/device/{id}/reboot/{mode}", "reboot_a_{P}_{one}{by}"),
            ("/login", "login_{P}"),
            ("/send-mail", "send_{P}_mail"),
            ("/users/create", "create_a_{P}_{one}{by}"),
            ("/users/{id}/uploadImage", "upload_a_{P}_{one}_image{by}"),
        ] {
            assert_eq!(name(post(path, "", "")), expected, "{path}");
        }
    }

    #[test]
    fn summary_and_operation_id_are_evidence_too() {
        let reset = post("/users/{id}/password", "Resets the password", "").unwrap();
        assert_eq!(reset, ("reset_a_{P}_{one}{by}".to_owned(), true, false));
        assert_eq!(post("/devices/search", "Delete what is found", "").map(|found| found.1), Some(true));
        assert_eq!(post("/devices/search", "", "purgeDevices").map(|found| found.1), Some(true));
        assert_eq!(
            post("/devices/approval/{mode}", "Approve/Reject devices", "").map(|found| found.1),
            Some(true)
        );
        for (path, summary, id, expected) in [
            ("/alerts/export", "Create an export", "", "as its method"),
            ("/articles", "Adds an article", "", "as its method"),
            ("/store/order", "Place an order", "placeOrder", "as its method"),
            ("/devices/approval/{mode}", "Approve/Reject devices", "", "approve_{P}_{many}{by}"),
            ("/addons", "Install an Add-on", "", "install_a_{P}_{one}{by}"),
            ("/services/{id}/frobnicate", "", "Services_FrobnicateService", "frobnicate_a_{P}_{one}{by}?"),
            ("/pet/{petId}", "Updates a pet with form data", "", "update_a_{P}_{one}{by}"),
            ("/metrics/incidents/all", "Get aggregated data", "getMetrics", "get_a_{P}_{one}{by}"),
        ] {
            assert_eq!(name(post(path, summary, id)), expected, "{path}");
        }
    }

    #[test]
    fn post_without_a_verb_is_a_create_only_on_a_listed_collection() {
        let list = |path: &'static str| (Method::Get, path, "", "");
        let post = |path: &'static str| (Method::Post, path, "", "");
        assert_eq!(name(read_last(&[list("/staff"), post("/staff")])), "as its method");
        assert_eq!(name(read_last(&[post("/widgets")])), "as its method");
        let of_thing =
            read_last(&[list("/accounts/{id}/balance"), list("/balance"), post("/users/{id}/balance")]);
        assert_eq!(of_thing, Some(("create_a_{P}_{one}{by}?".to_owned(), true, false)));
        let unknown = read_last(&[list("/widgets"), post("/widgets/{id}/frobnicate")]);
        assert_eq!(unknown, Some(("frobnicate_a_{P}_{one}{by}?".to_owned(), true, false)));
        let of_item = read_last(&[post("/widgets/{id}")]);
        assert_eq!(of_item, Some(("submit_a_{P}_{one}{by}?".to_owned(), true, false)));
        let summary =
            read_last(&[list("/widgets"), (Method::Post, "/widgets", "Frobnicate the widgets", "")]);
        assert_eq!(summary.map(|found| found.1), Some(true));
    }

    #[test]
    fn replaced_or_read_path_is_a_noun_without_other_evidence() {
        let one = |method, path, summary, id| name(read_last(&[(method, path, summary, id)]));
        assert_eq!(one(Method::Put, "/articles/{id}/copy", "Update the copy", ""), "as its method");
        assert_eq!(one(Method::Put, "/articles/{id}/copy", "", ""), "as its method");
        assert_eq!(one(Method::Put, "/users/{id}/disable", "Disables a user", ""), "disable_a_{P}_{one}{by}");
        assert_eq!(one(Method::Put, "/users/{id}/disable", "", ""), "disable_a_{P}_{one}{by}");
        let members = one(Method::Patch, "/role/{id}/add-members", "Add user role members", "");
        assert_eq!(members, "add_a_{P}_{one}_members{by}");
        assert_eq!(one(Method::Get, "/articles/search", "", ""), "as its method");
        assert_eq!(one(Method::Get, "/devices/{id}/reboot", "", ""), "as its method");
        let reboot = read_last(&[(Method::Get, "/devices/{id}/reboot", "Reboot a device", "")]);
        assert_eq!(reboot, Some(("reboot_a_{P}_{one}{by}".to_owned(), true, false)));
        let has_list =
            [(Method::Get, "/users/{id}/report", "", ""), (Method::Put, "/users/{id}/report", "", "")];
        assert_eq!(name(read_last(&has_list)), "as its method");
    }
}
