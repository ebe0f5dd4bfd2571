//! Rules, which implement the special behavior of some records and actions. Without a rule, records behave as their
//! schema specifies.
//!
//! Each rule is one file. [`all_rules`] lists all rules, and `data/rules.json` specifies the collections and operations
//! to which each one applies.

mod adjustment;
mod adjustment_detail;
mod attach_child_tickets;
mod batch_purchase_order;
mod bundle;
mod callback;
mod collections;
mod communication;
mod contact;
mod contact_communications;
mod convert_opportunity;
mod copy_purchase_order;
mod delete_schedule_entry;
mod merge_tickets;
mod note_kinds;
mod order_totals;
mod purchase_order;
mod purchase_order_line;
mod purchasing_demand;
mod quantity_on_hand;
mod record_fields;
mod report;
mod schedule_entry;
mod sheet_status;
mod stock;
mod system_info;
mod ticket;
mod ticket_note;
mod time_entry;

use std::sync::{Arc, OnceLock};

use crate::api::api;
use crate::data::{DataError, RulesFile, collection_at};
use crate::engine::rule::{NamedRule, RuleSet};
use crate::engine::store::CollectionOverrides;

use convert_opportunity::{ConversionTarget, ConvertOpportunityRule};
use report::{ReportPart, ReportRule};
use sheet_status::SheetStatusRule;
use ticket_note::TicketNoteRule;

/// Returns all rules, with their names in `data/rules.json`.
fn all_rules(file: &mut RulesFile) -> Vec<NamedRule> {
    let convert = |target| ConvertOpportunityRule { target };
    let sheet = |status| SheetStatusRule { status };
    let collections = Arc::new(std::mem::take(&mut file.reports));
    let report = |part| ReportRule { part, collections: collections.clone() };
    let note = |tickets, resource, code| TicketNoteRule { tickets, resource, code };
    let lists = std::mem::take(&mut file.bundles);
    vec![
        NamedRule::new("adjustment", adjustment::AdjustmentRule),
        NamedRule::new("adjustment_detail", adjustment_detail::AdjustmentDetailRule),
        NamedRule::new("approve_sheet", sheet("ReadyToBill")),
        NamedRule::new("attach_children", attach_child_tickets::AttachChildTicketsRule),
        NamedRule::new("bundle", bundle::BundleRule { lists }),
        NamedRule::new("callback", callback::CallbackRule),
        NamedRule::new("communication", communication::CommunicationRule),
        NamedRule::new("contact", contact::ContactRule),
        NamedRule::new("convert_to_agreement", convert(ConversionTarget::Agreement)),
        NamedRule::new("convert_to_order", convert(ConversionTarget::SalesOrder)),
        NamedRule::new("convert_to_project", convert(ConversionTarget::Project)),
        NamedRule::new("convert_to_ticket", convert(ConversionTarget::Ticket)),
        NamedRule::new("copy_order", copy_purchase_order::CopyPurchaseOrderRule),
        NamedRule::new("delete_schedule_entry", delete_schedule_entry::DeleteScheduleEntryRule),
        NamedRule::new("merge_tickets", merge_tickets::MergeTicketsRule),
        NamedRule::new("note", note(collections::TICKETS, "serviceNote", "ServiceNote")),
        NamedRule::new("project_note", note(collections::PROJECT_TICKETS, "ticketNote", "TicketNote")),
        NamedRule::new("purchase_demand", purchasing_demand::PurchasingDemandRule),
        NamedRule::new("purchase_order", purchase_order::PurchaseOrderRule),
        NamedRule::new("purchase_order_line", purchase_order_line::PurchaseOrderLineRule),
        NamedRule::new("quantity_on_hand", quantity_on_hand::QuantityOnHandRule),
        NamedRule::new("rebatch_order", batch_purchase_order::BatchPurchaseOrderRule { batched: true }),
        NamedRule::new("reject_sheet", sheet("Rejected")),
        NamedRule::new("report", report(ReportPart::Rows)),
        NamedRule::new("report_columns", report(ReportPart::Columns)),
        NamedRule::new("report_count", report(ReportPart::Count)),
        NamedRule::new("reverse_sheet", sheet("Open")),
        NamedRule::new("schedule_entry", schedule_entry::ScheduleEntryRule),
        NamedRule::new("submit_sheet", sheet("PendingApproval")),
        NamedRule::new("system_info", system_info::SystemInfoRule),
        NamedRule::new("ticket", ticket::TicketRule),
        NamedRule::new("time_entry", time_entry::TimeEntryRule),
        NamedRule::new("unbatch_order", batch_purchase_order::BatchPurchaseOrderRule { batched: false }),
    ]
}

/// The contents of `data/rules.json`: the rules, bound to the collections and operations to which they apply,
/// and how collections differ from the catalog.
pub(crate) struct ApiRules {
    pub(crate) rules: RuleSet,
    pub(crate) overrides: CollectionOverrides,
}

/// Returns the API's rules, which are loaded once per process.
///
/// # Panics
/// Panics if `data/rules.json` contradicts the catalog or the list of rules, which a test rules out.
pub(crate) fn api_rules() -> &'static ApiRules {
    static RULES: OnceLock<ApiRules> = OnceLock::new();
    RULES.get_or_init(|| match load() {
        Ok(rules) => rules,
        Err(error) => panic!("data/rules.json: {error}"),
    })
}

fn load() -> Result<ApiRules, DataError> {
    let mut file = RulesFile::load()?;
    let overrides = file.take_overrides()?;
    let mut rules = RuleSet::new(all_rules(&mut file));
    let unknown_rule = |name: &str| DataError::new(name, "unknown rule");
    for (template, names) in &file.records {
        let collection = collection_at(template)?;
        for name in names {
            if !rules.bind_collection(collection, name) {
                return Err(unknown_rule(name));
            }
        }
    }
    for (operation, name) in &file.actions {
        let (method, template) = operation.split_once(' ').unwrap_or_default();
        let mut operations = api().operations.iter();
        let index =
            operations.position(|known| known.method().as_str() == method && known.template == template);
        let index = index.ok_or_else(|| DataError::new(operation, "unknown operation"))?;
        if !rules.bind_operation(index, name) {
            return Err(unknown_rule(name));
        }
    }
    if let Some(name) = rules.unused().next() {
        return Err(DataError::new(name, "the rule matches nothing"));
    }
    Ok(ApiRules { rules, overrides })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_file_matches_the_catalog_and_the_rules() {
        if let Err(error) = load() {
            panic!("{error}");
        }
    }
}
