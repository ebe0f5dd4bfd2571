//! What the catalog tells beside schemas: where ids come from, the lives of records, names in two lengths.

use connectwise_psa::CATALOG;

#[test]
fn a_reference_says_which_tool_lists_it_and_what_that_tool_needs() {
    let tool = CATALOG.find("create_a_connect_wise_psa_ticket").unwrap();
    let relations = tool.relations();
    let of = |argument: &str| relations.iter().find(|relation| relation.argument == argument).unwrap();
    assert_eq!(of("company").tool, "list_all_connect_wise_psa_company_companies");
    let status = of("status");
    assert_eq!(status.tool, "list_all_connect_wise_psa_board_statuses");
    assert_eq!(status.with["boardId"], "board/id", "a status needs the ticket's board");
    let tool = CATALOG.find("create_a_connect_wise_psa_purchaseorder_lineitem").unwrap();
    let relations = tool.relations();
    let order = relations.iter().find(|relation| relation.argument == "purchaseorderId").unwrap();
    assert_eq!(order.tool, "list_all_connect_wise_psa_procurement_purchaseorders");
}

#[test]
fn every_relation_leads_from_an_argument_to_a_tool() {
    for tool in CATALOG.tools() {
        let schema = tool.input_schema_value();
        for relation in tool.relations() {
            let argument = relation.argument.split('/').next().unwrap();
            assert!(schema["properties"].get(argument).is_some(), "{} has no {argument}", tool.name());
            assert!(CATALOG.get(&relation.tool).is_some(), "{}: {}", tool.name(), relation.tool);
        }
    }
}

#[test]
fn the_life_of_a_purchase_order_is_told() {
    let tool = CATALOG.find("create_a_connect_wise_psa_purchaseorder_lineitem").unwrap();
    let life = tool.lifecycle();
    assert_eq!(life[0]["name"], "purchase order");
    assert_eq!(life[0]["before"]["tools"][0], "create_a_procurement_purchaseorder");
    assert_eq!(life[0]["after"]["tools"][0], "update_a_procurement_purchaseorder_by_id");
}

#[test]
fn a_tool_is_found_by_its_long_and_its_short_name() {
    for tool in CATALOG.tools() {
        assert_eq!(CATALOG.get(tool.short_name()).unwrap().name(), tool.name());
        assert_eq!(tool.name().replacen("connect_wise_psa_", "", 1), tool.short_name());
    }
    let error = CATALOG.find("create_ticket_note").unwrap_err().to_json();
    assert!(error["error"]["next_step"].as_str().unwrap().contains("ticket_note"), "{error}");
}

/// The names of 2022.1 of operations that 2025.1 has under another path; the lock says what they are now.
#[test]
fn a_tool_that_moved_is_found_by_its_old_names_in_this_release() {
    for (old, new) in [
        ("list_all_connect_wise_psa_service_slainfo_info", "list_all_connect_wise_psa_service_sla_info"),
        (
            "replace_a_connect_wise_psa_company_finance_by_id",
            "replace_a_connect_wise_psa_finance_company_finance_by_id",
        ),
    ] {
        let short = old.replacen("connect_wise_psa_", "", 1);
        for name in [old, short.as_str()] {
            let tool = CATALOG.find(name).unwrap();
            assert_eq!((tool.name(), tool.asked_as()), (new, Some(name)));
        }
        assert!(CATALOG.tools().all(|tool| tool.name() != old), "an alias is no tool of its own");
    }
}
