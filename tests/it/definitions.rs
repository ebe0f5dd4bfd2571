//! Compares the definitions of the most frequently used tools with files that reviewers can read. Read the diff before
//! accepting it.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{NameStyle, Tool, Value};

/// The nine contract tools, and other frequently used ones.
const TOOLS: [&str; 26] = [
    "list_all_inventory_on_hands",
    "create_a_procurement_purchaseorder",
    "update_a_procurement_purchaseorder_by_id",
    "create_a_purchaseorder_lineitem",
    "list_all_tickets",
    "create_a_ticket_note",
    "create_a_time_entry",
    "list_all_company_configurations",
    "create_a_sales_opportunity",
    "count_tickets",
    "create_a_company_contact",
    "create_a_schedule_entry",
    "create_a_ticket",
    "delete_a_order_lineitem_by_id",
    "get_single_company_by_id",
    "get_single_ticket_by_id",
    "list_all_board_statuses",
    "list_all_company_companies",
    "list_all_company_contacts",
    "list_all_procurement_catalogs",
    "list_all_procurement_purchaseorders",
    "list_all_service_priorities",
    "list_all_ticket_notes",
    "merge_a_ticket_by_id",
    "update_a_purchaseorder_lineitem_by_id",
    "update_a_ticket_by_id",
];

#[test]
fn most_used_tool_definitions_match_their_snapshots() {
    for name in TOOLS {
        let tool = CATALOG.get(name).unwrap_or_else(|| panic!("no tool {name}"));
        insta::assert_snapshot!(name, page(tool));
    }
}

/// Returns a tool as listed under short names.
fn page(tool: Tool) -> String {
    let schema = tool.input_schema_value_in(NameStyle::Short);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut text = format!(
        "{}\n{} {} ({})\n\n{}\n\n",
        tool.title(),
        tool.method(),
        tool.path(),
        tool.class(),
        tool.description_in(NameStyle::Short)
    );
    for (name, node) in schema["properties"].as_object().into_iter().flatten() {
        let mark = if required.iter().any(|required| required == name) { " (required)" } else { "" };
        let description = node["description"].as_str().map(|words| format!(": {words}")).unwrap_or_default();
        text.push_str(&format!("{name} {}{mark}{description}\n", kind(node)));
    }
    text
}

fn kind(node: &Value) -> String {
    match (&node["enum"], &node["type"]) {
        (Value::Array(values), _) => {
            values.iter().map(Value::to_string).collect::<Vec<_>>().join("|").replace('"', "")
        }
        (_, Value::String(kind)) => kind.clone(),
        _ => "any".to_owned(),
    }
}
