//! Names of the two real releases: the contracts, the limits, and that they stay.

use std::collections::BTreeSet;
use std::path::PathBuf;

use toolcrate_codegen::config::{self, Ledger, Profile};
use toolcrate_codegen::name::lock::Lock;
use toolcrate_codegen::name::{self, Named, SHORT_LIMIT};
use toolcrate_codegen::{load, lower, repair};

fn named(release: &str, lock: Lock) -> Named {
    let specs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let profile: Profile = config::read_yaml(&specs.join("toolcrate.yaml")).unwrap();
    let document = load::load(&specs.join(format!("connectwise-psa-{release}.json"))).unwrap();
    let ledger = Ledger::new();
    let lowered = lower::lower(repair::repair(document).unwrap(), &profile, &ledger).unwrap();
    name::name(lowered, &profile, lock, &ledger).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn names_keep_the_contract_and_the_limits() {
    let named = named("2025.1", Lock::default());
    let names: BTreeSet<&str> = named.operations.iter().map(|operation| operation.tool.as_str()).collect();
    assert_eq!(named.operations.len(), 3053);
    assert_eq!(names.len(), 3053, "all names differ");
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
    for name in names {
        assert!(name::is_tool_name(name), "{name}");
        assert!(name.contains("connect_wise_psa"), "{name}");
        assert!(name.replace("connect_wise_psa_", "").len() <= SHORT_LIMIT, "{name}");
    }
}

#[test]
fn names_of_2022_stay_in_2025() {
    let old = named("2022.1", Lock::default());
    let new = named("2025.1", old.lock.clone());
    let after: BTreeSet<String> = new.api.operations.iter().map(|o| o.key()).collect();
    let kept = old.api.operations.iter().zip(&old.operations).filter(|(o, _)| after.contains(&o.key()));
    let mut count = 0;
    for (operation, before) in kept {
        let at = new.api.operations.iter().position(|o| o.key() == operation.key()).unwrap();
        assert_eq!(new.operations[at].tool, before.tool, "{}", operation.key());
        count += 1;
    }
    println!("{count} of {count} names of 2022.1 stay");
    assert_eq!(count, 2808);
}
