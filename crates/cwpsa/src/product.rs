//! Describes ConnectWise PSA to the generic servers: the catalog, prompts, and text for MCP clients.

use connectwise_psa::CATALOG;
use toolcrate_executor::{Product, PromptPlaceholder, PromptTemplate, PromptValueSource};

/// ConnectWise PSA as a product.
pub static PRODUCT: Product = Product {
    catalog: &CATALOG,
    title: "ConnectWise PSA",
    server_name: "connectwise",
    version: env!("CARGO_PKG_VERSION"),
    description: "ConnectWise PSA: service tickets, companies, procurement, time, finance, sales, projects.",
    uri_scheme: "cwpsa",
    featured_tools: &["list_all_tickets", "list_all_company_companies"],
    prompts: PROMPTS,
};

const COMPANY: Option<PromptValueSource> = source("list_all_company_companies", "name");
const TICKET: Option<PromptValueSource> = source("list_all_tickets", "id");
const ITEM: Option<PromptValueSource> = source("list_all_procurement_catalogs", "identifier");
const WORK_ROLE: Option<PromptValueSource> = source("list_all_time_work_roles", "name");

const fn source(tool: &'static str, field: &'static str) -> Option<PromptValueSource> {
    Some(PromptValueSource { tool, field })
}

const fn argument(
    name: &'static str,
    description: &'static str,
    source: Option<PromptValueSource>,
) -> PromptPlaceholder {
    PromptPlaceholder { name, description, source }
}

const PROMPTS: &[PromptTemplate] = &[
    PromptTemplate {
        name: "procurement",
        description: "Check the stock of an item. If there is not enough, draft a purchase order and add a note to the ticket.",
        arguments: &[
            argument("item", "Identifier of the catalog item.", ITEM),
            argument("quantity", "Quantity needed.", None),
            argument("company", "Customer name.", COMPANY),
            argument("ticket", "ID of the ticket that requests the item.", TICKET),
        ],
        text: "Find the on-hand quantity of the catalog item {item} in each warehouse. If there are {quantity} or more, report \
               where and stop. If not, draft a purchase order for the customer {company} from the item's primary \
               vendor, add one line with the quantity {quantity}, and write an internal note on ticket {ticket} that \
               names the number of the purchase order. Look up every ID; never guess one. Before each write, state what \
               you are about to write.",
    },
    PromptTemplate {
        name: "warranty_audit",
        description: "Find a customer's devices whose warranty ends soon, and open a sales opportunity for each.",
        arguments: &[
            argument("company", "Customer name.", COMPANY),
            argument("days", "Number of days to look ahead.", None),
        ],
        text: "List the active configurations of the company {company} whose warrantyExpirationDate is within the next {days} \
               days. Fetch all pages. For each, open one sales opportunity for that company that names the \
               device and the date, with the configuration's ID in its notes. Skip devices that already have such an \
               open opportunity. End with a table of devices, dates and opportunities.",
    },
    PromptTemplate {
        name: "time_entry",
        description: "Log billable time on a ticket.",
        arguments: &[
            argument("ticket", "Ticket ID.", TICKET),
            argument("minutes", "Minutes worked.", None),
            argument("role", "Work role name.", WORK_ROLE),
        ],
        text: "Log {minutes} billable minutes on ticket {ticket} under the work role {role}, ending now, with a note of one \
               sentence about what was done. First check that the ticket's status allows time entry.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_use_their_arguments_and_completions_come_from_tools() {
        for prompt in PRODUCT.prompts {
            for argument in prompt.arguments {
                assert!(prompt.text.contains(&format!("{{{}}}", argument.name)), "{}", argument.name);
                if let Some(PromptValueSource { tool, field }) = argument.source {
                    let tool = CATALOG.get(tool).unwrap();
                    assert!(tool.filter_fields().iter().any(|known| known == field), "{}", tool.name());
                }
            }
            assert_eq!(prompt.text.matches('{').count(), prompt.text.matches('}').count());
        }
    }

    #[test]
    fn arguments_of_many_tools_have_known_values() {
        let arguments = |name: &str| toolcrate_mcp::arguments_with_values(CATALOG.get(name).unwrap());
        assert!(
            arguments("get_single_ticket_by_id").is_empty()
                || arguments("create_a_ticket_note").contains(&"ticketId".to_owned())
        );
        let tools = CATALOG.tools().filter(|tool| !toolcrate_mcp::arguments_with_values(*tool).is_empty());
        assert!(tools.count() > 1000);
    }

    #[test]
    fn featured_tools_exist() {
        assert!(PRODUCT.featured_tools.iter().all(|name| CATALOG.get(name).is_some()));
    }
}
