//! Tests names in the two real releases: names that must not change, length limits, stability, and the lock file's
//! rules.

use std::collections::{BTreeMap, BTreeSet};

use toolcrate_catalog::{OperationKind, ToolClass};
use toolcrate_codegen::config::{NameRules, Profile, UsageTracker};
use toolcrate_codegen::ir::{ApiDefinition, Content, Method, Operation, SuccessResponse, Template, Type};
use toolcrate_codegen::naming::{self, Lock, Names, OperationName, SHORT_LIMIT};
use toolcrate_codegen::{load, lower, repair};
use toolcrate_testing::specs::{self, RELEASES, release_path, specs_folder};

use crate::support::settings;

fn profile() -> Profile {
    settings().0
}

fn lower_release(release: &str, usage: &UsageTracker) -> ApiDefinition {
    let document = load::load(&release_path(release)).unwrap();
    lower::lower(repair::repair(document).unwrap(), &profile(), usage).unwrap().api
}

/// An API and its names.
struct NamedApi {
    api: ApiDefinition,
    names: Names,
}

fn named(release: &str, lock: Lock) -> NamedApi {
    let usage = UsageTracker::new();
    let api = lower_release(release, &usage);
    let names = naming::name(&api, &profile(), lock, &usage).unwrap_or_else(|errors| panic!("{errors}"));
    NamedApi { api, names }
}

fn checked_in() -> Lock {
    Lock::read(&specs_folder().join("names.lock")).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Returns names by operation.
fn by_key(named: &NamedApi) -> BTreeMap<String, &OperationName> {
    named.api.operations.values().map(Operation::key).zip(named.names.operations.values()).collect()
}

#[test]
fn names_meet_the_contract_and_length_limits() {
    for release in RELEASES {
        let count = specs::count_operations(&specs::parse_release(release));
        for lock in [Lock::default(), checked_in()] {
            let named = named(release, lock);
            let names: BTreeSet<&str> =
                named.names.operations.values().map(|name| name.tool.as_str()).collect();
            let shorts: BTreeSet<&str> =
                named.names.operations.values().map(|name| name.short.as_str()).collect();
            let functions: BTreeSet<(&str, &str)> = named
                .names
                .operations
                .values()
                .map(|name| (name.module.as_str(), name.function.as_str()))
                .collect();
            assert_eq!(named.names.operations.len(), count);
            assert_eq!((names.len(), shorts.len(), functions.len()), (count, count, count), "all differ");
            for contract in [
                "list_all_connect_wise_psa_inventory_on_hands",
                "create_a_connect_wise_psa_procurement_purchaseorder",
                "update_a_connect_wise_psa_procurement_purchaseorder_by_id",
                "create_a_connect_wise_psa_purchaseorder_lineitem",
                "list_all_connect_wise_psa_tickets",
                "create_a_connect_wise_psa_ticket_note",
                "create_a_connect_wise_psa_time_entry",
                "list_all_connect_wise_psa_company_configurations",
                "create_a_connect_wise_psa_sales_opportunity",
                "merge_a_connect_wise_psa_ticket_by_id",
                "list_all_connect_wise_psa_company_companies",
            ] {
                assert!(names.contains(contract), "{contract}");
            }
            for name in named.names.operations.values() {
                assert!(naming::is_tool_name(&name.tool), "{}", name.tool);
                assert_eq!(name.tool.replacen("connect_wise_psa_", "", 1), name.short);
                assert!(name.tool.contains("connect_wise_psa_"), "{}", name.tool);
                assert!(name.short.len() <= SHORT_LIMIT, "{}", name.short);
                assert!(!name.short.ends_with(|c: char| c.is_ascii_digit()), "{}", name.short);
            }
        }
    }
}

#[test]
fn lock_contains_every_name() {
    let lock = checked_in();
    for release in RELEASES {
        let named = named(release, lock.clone());
        assert_eq!(named.names.lock, lock, "{release}");
        let tools: BTreeMap<&str, &str> =
            lock.all_operations().map(|(_, entry)| (entry.tool.as_str(), entry.function.as_str())).collect();
        for name in named.names.operations.values() {
            assert_eq!(tools.get(name.tool.as_str()), Some(&name.function.as_str()));
        }
        let schemas: Vec<&str> = named.names.types.keys().map(|id| id.as_str()).collect();
        for (name, locked) in named.names.types.values().zip(lock.types(&schemas)) {
            assert_eq!(locked, Some(name.rust.as_str()));
        }
    }
}

#[test]
fn names_from_2022_are_unchanged_in_2025() {
    let old = named("2022.1", Lock::default());
    let new = named("2025.1", old.names.lock.clone());
    assert!(new.names.lock.to_text().starts_with(&old.names.lock.to_text()), "a release adds lines only");
    let (before, after) = (by_key(&old), by_key(&new));
    let rust = |name: &OperationName| (name.module.clone(), name.file.clone(), name.function.clone());
    let mut stay = 0;
    for (key, name) in &before {
        if let Some(now) = after.get(key) {
            assert_eq!((now.tool.as_str(), rust(now)), (name.tool.as_str(), rust(name)), "{key}");
            stay += 1;
        } else {
            assert!(after.values().all(|now| now.tool != name.tool), "{} has a new owner", name.tool);
        }
    }
    let [old_operations, new_operations] =
        RELEASES.map(|release| specs::operations(&specs::parse_release(release)));
    let in_both = old_operations.intersection(&new_operations).count();
    assert_eq!((before.len(), stay), (old_operations.len(), in_both));
    assert!(stay < before.len(), "some operations of 2022.1 are gone");
    for (schema, name) in &old.names.types {
        if let Some(now) = new.names.types.get(schema) {
            assert_eq!(now.rust, name.rust, "{schema}");
        }
    }
}

#[test]
fn types_are_unique_identifiers() {
    let named = named("2025.1", checked_in());
    let mut types = BTreeSet::new();
    for (schema, name) in &named.names.types {
        assert!(types.insert(name.rust.clone()), "{}", name.rust);
        assert!(syn::parse_str::<syn::Ident>(&name.rust).is_ok(), "{}", name.rust);
        assert_eq!(name.fields.len(), named.api.schemas[schema].fields().len(), "{schema}");
        let fields: BTreeSet<&str> = name.fields.iter().map(|field| field.rust.as_str()).collect();
        assert_eq!(fields.len(), name.fields.len(), "{schema}");
        for field in &name.fields {
            assert!(syn::parse_str::<syn::Ident>(&field.rust).is_ok(), "{schema}.{}", field.rust);
            let Some(choice) = &field.choice else { continue };
            assert!(types.insert(choice.rust.clone()), "{}", choice.rust);
            let variants: BTreeSet<&String> = choice.variants.iter().collect();
            assert_eq!(variants.len(), choice.variants.len(), "{}", choice.rust);
            assert!(choice.variants.iter().all(|variant| syn::parse_str::<syn::Ident>(variant).is_ok()));
        }
    }
    for (operation, name) in named.api.operations.zip(&named.names.operations) {
        for parameter in name.parameters.iter().chain([&name.function, &name.module, &name.file]) {
            assert!(syn::parse_str::<syn::Ident>(parameter).is_ok(), "{} {parameter}", operation.key());
        }
        let unique: BTreeSet<&String> = name.parameters.iter().collect();
        assert_eq!(unique.len(), operation.parameters.len(), "{}", operation.key());
        assert_eq!(name.parents.len(), operation.path.placeholders().count(), "{}", operation.key());
        let subject = &name.subject;
        assert!(!subject.one.is_empty() && !subject.many.is_empty() && !name.verb.is_empty());
    }
}

#[test]
fn action_names_contain_the_action() {
    let named = named("2025.1", checked_in());
    let names = by_key(&named);
    let merge = names["POST /service/tickets/{parentId}/merge"];
    assert_eq!(
        (merge.class, merge.kind, merge.title.as_str()),
        (ToolClass::Custom, OperationKind::Action, "Merge a ticket")
    );
    assert!(!merge.read_only && !merge.idempotent);
    assert_eq!(merge.parents, ["id"]);
    let search = names["POST /service/tickets/search"];
    assert_eq!((search.short.as_str(), search.class), ("search_all_tickets", ToolClass::Custom));
    assert!(search.read_only && search.idempotent);
    let bulk = names["POST /procurement/purchaseorders/{parentId}/lineitems/bulk"];
    assert_eq!(bulk.short, "create_purchaseorder_lineitems_in_bulk");
    assert_eq!(bulk.function, "create_purchase_order_line_items_in_bulk");
    assert_eq!(bulk.parents, ["purchaseorderId"]);
    let line = names["PATCH /procurement/purchaseorders/{parentId}/lineitems/{id}"];
    assert_eq!(line.parameters[..2], ["purchase_order_id", "id"]);
    assert_eq!(line.subject.one, "purchase order line item");
    assert_eq!(line.subject.owner.as_deref(), Some("purchase order"));
    assert_eq!((line.module.as_str(), line.file.as_str()), ("procurement", "purchase_orders"));
    let by_method =
        |method| named.api.operations.zip(&named.names.operations).filter(move |(o, _)| o.method == method);
    assert!(by_method(Method::Get).all(|(_, name)| name.class == ToolClass::Read && name.read_only));
    assert!(by_method(Method::Delete).all(|(_, name)| name.idempotent));
}

#[test]
fn every_profile_rule_applies() {
    let (profile, usage) = (profile(), UsageTracker::new());
    naming::name(&lower_release("2025.1", &usage), &profile, checked_in(), &usage).unwrap();
    // Spellings are used later, by the emitter.
    let is_name = |entry: &String| entry.starts_with("names.") && !entry.starts_with("names.spellings.");
    let entries: Vec<String> = profile.entries().into_iter().filter(is_name).collect();
    assert_eq!(usage.unused(&entries), Vec::<&String>::new());
}

/// Creates a small API with one list operation per path.
fn small(version: &str, paths: &[&str]) -> ApiDefinition {
    let operations = paths
        .iter()
        .map(|path| Operation {
            method: Method::Get,
            spec_path: (*path).into(),
            path: Template::parse(path),
            pointer: format!("/paths/{path}"),
            id: String::new(),
            summary: String::new(),
            description: String::new(),
            tags: Vec::new(),
            deprecated: false,
            parameters: Vec::new(),
            body: None,
            response: SuccessResponse::new(vec![200], Content::Json(Type::List(Box::new(Type::Any))), None),
            error: None,
            security: None,
        })
        .collect();
    ApiDefinition { version: version.into(), operations, ..ApiDefinition::default() }
}

#[test]
fn new_operation_gets_another_name_and_removed_names_are_not_reused() {
    let profile = Profile { names: NameRules::default(), ..profile() };
    let run = |version: &str, paths: &[&str], lock: Lock| {
        let named = naming::name(&small(version, paths), &profile, lock, &UsageTracker::new()).unwrap();
        let names: Vec<String> = named.operations.values().map(|name| name.short.clone()).collect();
        (names, named.lock)
    };
    let (names, lock) = run("1", &["/service/boards/{id}/teams"], Lock::default());
    assert_eq!(names, ["list_all_board_teams"]);

    // Both exist: the old one keeps its plain name, although without the lock file both would include the
    // module.
    let both = ["/project/boards/{id}/teams", "/service/boards/{id}/teams"];
    let (names, second) = run("2", &both, lock.clone());
    assert_eq!(names, ["list_all_project_board_teams", "list_all_board_teams"]);
    assert_eq!(
        second.to_text().lines().count(),
        lock.to_text().lines().count() + 3,
        "one entry under its release"
    );
    let (names, _) = run("2", &both, Lock::default());
    assert_eq!(names, ["list_all_project_board_teams", "list_all_service_board_teams"]);

    // The old one is removed: its name stays unused, and is restored when the operation comes back.
    let (names, third) = run("2", &both[..1], lock);
    assert_eq!(names, ["list_all_project_board_teams"]);
    let (names, fourth) = run("3", &both, third.clone());
    assert_eq!(names, ["list_all_project_board_teams", "list_all_board_teams"]);
    assert_eq!(fourth.to_text(), third.to_text());

    // An edited lock file is respected, and its comments are preserved.
    let edited = third.to_text().replace("list_all_connect_wise_psa_board_teams", "list_all_old_teams");
    let edited = Lock::parse(&format!("# ours\n{edited}")).unwrap();
    let (names, kept) = run("3", &both, edited);
    assert_eq!(names, ["list_all_project_board_teams", "list_all_old_teams"]);
    assert!(kept.to_text().starts_with("# ours\n"));
}
