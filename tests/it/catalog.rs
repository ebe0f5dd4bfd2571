//! Tests catalog contents other than schemas: the sources of IDs, record lifecycles, and full and short names.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::OperationTarget;
use connectwise_psa::runtime::catalog::IndexEntry;

#[test]
fn reference_names_its_list_and_the_lists_requirements() {
    let tool = CATALOG.resolve("create_a_connect_wise_psa_ticket").unwrap();
    let relations = tool.relations();
    let of = |argument: &str| relations.iter().find(|relation| relation.argument == argument).unwrap();
    assert_eq!(of("company").tool, "list_all_connect_wise_psa_company_companies");
    let status = of("status");
    assert_eq!(status.tool, "list_all_connect_wise_psa_board_statuses");
    assert_eq!(status.with["boardId"], "board/id", "a status needs the ticket's board");
    let tool = CATALOG.resolve("create_a_connect_wise_psa_purchaseorder_lineitem").unwrap();
    let relations = tool.relations();
    let order = relations.iter().find(|relation| relation.argument == "purchaseorderId").unwrap();
    assert_eq!(order.tool, "list_all_connect_wise_psa_procurement_purchaseorders");
}

#[test]
fn every_relation_connects_an_argument_to_a_tool() {
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
fn purchase_order_life_cycle_is_described() {
    let tool = CATALOG.resolve("create_a_connect_wise_psa_purchaseorder_lineitem").unwrap();
    let life = tool.lifecycle();
    assert_eq!(life[0]["name"], "purchase order");
    assert_eq!(life[0]["before"]["tools"][0], "create_a_procurement_purchaseorder");
    assert_eq!(life[0]["after"]["tools"][0], "update_a_procurement_purchaseorder_by_id");
}

#[test]
fn tool_is_found_by_long_and_short_name() {
    for tool in CATALOG.tools() {
        assert_eq!(CATALOG.get(tool.short_name()).unwrap().name(), tool.name());
        assert_eq!(tool.name().replacen("connect_wise_psa_", "", 1), tool.short_name());
    }
    let error = CATALOG.resolve("create_ticket_note").unwrap_err().to_json();
    assert!(error["error"]["next_step"].as_str().unwrap().contains("ticket_note"), "{error}");
}

/// Names in 2022.1 of operations that have a different path in 2025.1; the lock file lists their current
/// names.
#[test]
fn renamed_tool_is_found_by_its_old_names_for_one_release() {
    for (old, new) in [
        ("list_all_connect_wise_psa_service_slainfo_info", "list_all_connect_wise_psa_service_sla_info"),
        (
            "replace_a_connect_wise_psa_company_finance_by_id",
            "replace_a_connect_wise_psa_finance_company_finance_by_id",
        ),
    ] {
        let short = old.replacen("connect_wise_psa_", "", 1);
        for name in [old, short.as_str()] {
            let tool = CATALOG.resolve(name).unwrap();
            assert_eq!((tool.name(), tool.asked_as()), (new, Some(name)));
        }
        assert!(CATALOG.tools().all(|tool| tool.name() != old), "an alias is no tool of its own");
    }
}

/// The index repeats information from the records; each of its lines must match the tool's record.
#[test]
fn index_agrees_with_the_records_of_the_whole_catalog() {
    for tool in CATALOG.tools() {
        let record = tool.details();
        let expected = IndexEntry::new(&record, tool.line().len());
        assert_eq!(tool.index().to_string(), expected.to_string());
        assert_eq!(serde_json::to_string(&record).unwrap(), tool.line(), "written as it was read");
    }
    let [shapes, schemas, filters, collections] = [
        CATALOG.shapes().iter().map(|shape| shape.name.as_ref()).collect::<Vec<_>>(),
        CATALOG.schemas().iter().map(|schema| schema.name.as_ref()).collect(),
        CATALOG.filters().iter().map(|filter| filter.name.as_ref()).collect(),
        CATALOG.collections().iter().map(|collection| collection.name.as_ref()).collect(),
    ];
    assert_eq!(shapes, CATALOG.shapes().names().collect::<Vec<_>>());
    assert_eq!(schemas, CATALOG.schemas().names().collect::<Vec<_>>());
    assert_eq!(filters, CATALOG.filters().names().collect::<Vec<_>>());
    assert_eq!(collections, CATALOG.collections().names().collect::<Vec<_>>());
}

/// Collections that records refer to by name exist.
#[test]
fn every_name_in_a_record_resolves() {
    for tool in CATALOG.tools() {
        let record = tool.details();
        let operations = (0..record.bindings.len()).map(Some).chain([None]);
        for operation in operations.map(|binding| record.operation(binding)) {
            let filter = operation.request.filter.as_deref();
            assert!(filter.is_none_or(|name| CATALOG.filters().get(name).is_some()), "{}", tool.name());
            let schema = operation.response.schema_name();
            assert!(schema.is_none_or(|name| CATALOG.schemas().get(name).is_some()), "{}", tool.name());
        }
        assert_eq!(record.input.shape.is_some(), tool.shape(&record).is_some(), "{}", tool.name());
        let collection = record.collection.as_deref().map(|name| CATALOG.collections().get(name).unwrap());
        let parent = collection.and_then(|collection| collection.parents.last()?.as_deref());
        assert_eq!(record.parent.as_deref(), parent, "{}", tool.name());
        if tool.target() == OperationTarget::Item {
            assert!(!collection.unwrap().singleton, "{}", tool.name());
        }
    }
}
