//! Tests the lookup plan of every tool: it must be finite, its steps must exist, and earlier steps must supply what
//! each step requires.

use std::collections::BTreeSet;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Source;

#[test]
fn every_plan_can_be_followed() {
    let (mut with_steps, mut chains, mut longest) = (0, 0, 0);
    for tool in CATALOG.tools() {
        let plan = tool.prerequisites();
        for (number, step) in plan.steps.iter().enumerate() {
            let record = CATALOG.get(step.tool).expect(step.tool).details();
            let required: BTreeSet<&str> = record.required().iter().map(AsRef::as_ref).collect();
            let given: BTreeSet<&str> = step.arguments.keys().map(String::as_str).collect();
            assert_eq!(given, required, "{} of {}", step.tool, tool.name());
            for source in step.arguments.values() {
                if let Source::Step { step, .. } = source {
                    assert!(*step < number, "{}", tool.name());
                }
            }
        }
        with_steps += usize::from(!plan.steps.is_empty());
        chains += usize::from(plan.steps.len() > 1);
        longest = longest.max(plan.steps.len());
    }
    println!("{with_steps} tools need look-ups, {chains} more than one, at most {longest}");
    assert!(with_steps > 1500 && chains > 500, "{with_steps}, {chains}");
}

#[test]
fn well_known_plans_are_as_expected() {
    let plan = |name: &str| CATALOG.get(name).expect(name).prerequisites().to_string();
    assert_eq!(
        plan("create_a_purchaseorder_lineitem").lines().next(),
        Some("1. list_all_connect_wise_psa_procurement_purchaseorders: id is purchaseorderId")
    );
    assert_eq!(
        plan("update_a_purchaseorder_lineitem_by_id"),
        "1. list_all_connect_wise_psa_procurement_purchaseorders: id is purchaseorderId\n\
         2. list_all_connect_wise_psa_purchaseorder_lineitems (purchaseorderId = id of 1): id is id"
    );
    let ticket = CATALOG.get("create_a_ticket").expect("a tool");
    assert_eq!(
        ticket.prerequisites_for(&["status"]).to_string(),
        "1. list_all_connect_wise_psa_service_boards\n\
         2. list_all_connect_wise_psa_board_statuses (boardId = id of 1): id is status"
    );
}
