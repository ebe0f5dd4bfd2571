//! The same records with serde's derive, as a programmer would write them by hand: closed enums, floats, no unknown
//! fields.

use std::collections::BTreeMap;

use connectwise_psa::runtime::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A ticket.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    pub id: Option<i32>,
    pub company: Option<Reference>,
    pub summary: Option<String>,
    pub actual_hours: Option<f64>,
    pub address_line1: Option<String>,
    pub address_line2: Option<String>,
    pub agreement: Option<Reference>,
    pub agreement_type: Option<String>,
    pub allow_all_clients_portal_view: Option<bool>,
    pub approved: Option<bool>,
    pub automatic_email_cc: Option<String>,
    pub automatic_email_cc_flag: Option<bool>,
    pub automatic_email_contact_flag: Option<bool>,
    pub automatic_email_resource_flag: Option<bool>,
    pub bill_expenses: Option<TicketBillExpenses>,
    pub bill_products: Option<TicketBillProducts>,
    pub bill_time: Option<TicketBillTime>,
    pub billing_amount: Option<f64>,
    pub billing_method: Option<TicketBillingMethod>,
    pub board: Option<Reference>,
    pub budget_hours: Option<f64>,
    pub city: Option<String>,
    pub closed_by: Option<String>,
    pub closed_date: Option<Timestamp>,
    pub closed_flag: Option<bool>,
    pub contact: Option<Reference>,
    pub contact_email_address: Option<String>,
    pub contact_email_lookup: Option<String>,
    pub contact_name: Option<String>,
    pub contact_phone_extension: Option<String>,
    pub contact_phone_number: Option<String>,
    pub country: Option<Reference>,
    pub currency: Option<Reference>,
    pub custom_fields: Option<Vec<CustomField>>,
    pub customer_updated_flag: Option<bool>,
    pub date_resolved: Option<Timestamp>,
    pub date_resplan: Option<Timestamp>,
    pub date_responded: Option<Timestamp>,
    pub department: Option<Reference>,
    pub duration: Option<i32>,
    pub escalation_level: Option<i32>,
    #[serde(rename = "escalationStartDateUTC")]
    pub escalation_start_date_utc: Option<Timestamp>,
    pub estimated_expense_cost: Option<f64>,
    pub estimated_expense_revenue: Option<f64>,
    pub estimated_product_cost: Option<f64>,
    pub estimated_product_revenue: Option<f64>,
    pub estimated_start_date: Option<Timestamp>,
    pub estimated_time_cost: Option<f64>,
    pub estimated_time_revenue: Option<f64>,
    pub external_x_ref: Option<String>,
    pub has_child_ticket: Option<bool>,
    pub has_merged_child_ticket_flag: Option<bool>,
    pub hourly_rate: Option<f64>,
    pub impact: Option<TicketImpact>,
    pub initial_description: Option<String>,
    pub initial_description_from: Option<String>,
    pub initial_internal_analysis: Option<String>,
    pub initial_resolution: Option<String>,
    pub integrator_tags: Option<Vec<String>>,
    pub is_in_sla: Option<bool>,
    pub item: Option<Reference>,
    pub knowledge_base_category_id: Option<i32>,
    pub knowledge_base_link_id: Option<i32>,
    pub knowledge_base_link_type: Option<TicketKnowledgeBaseLinkType>,
    pub knowledge_base_sub_category_id: Option<i32>,
    pub lag_days: Option<i32>,
    pub lag_nonworking_days_flag: Option<bool>,
    pub location: Option<Reference>,
    pub merged_parent_ticket: Option<Reference>,
    pub minutes_before_waiting: Option<i32>,
    pub minutes_waiting: Option<i32>,
    pub mobile_guid: Option<String>,
    pub opportunity: Option<Reference>,
    pub owner: Option<Reference>,
    pub parent_ticket_id: Option<i32>,
    pub po_number: Option<String>,
    pub predecessor_closed_flag: Option<bool>,
    pub predecessor_id: Option<i32>,
    pub predecessor_type: Option<TicketPredecessorType>,
    pub priority: Option<Reference>,
    pub process_notifications: Option<bool>,
    pub record_type: Option<TicketRecordType>,
    pub request_for_change_flag: Option<bool>,
    pub required_date: Option<Timestamp>,
    pub res_plan_minutes: Option<i32>,
    pub resolution_hours: Option<f64>,
    pub resolve_minutes: Option<i32>,
    pub resolved_by: Option<String>,
    pub resources: Option<String>,
    pub resplan_by: Option<String>,
    pub resplan_hours: Option<f64>,
    pub resplan_skipped_minutes: Option<i32>,
    pub respond_minutes: Option<i32>,
    pub responded_by: Option<String>,
    pub responded_hours: Option<f64>,
    pub responded_skipped_minutes: Option<i32>,
    pub service_location: Option<Reference>,
    pub severity: Option<TicketSeverity>,
    pub site: Option<Reference>,
    pub site_name: Option<String>,
    pub skip_callback: Option<bool>,
    pub sla: Option<Reference>,
    pub sla_status: Option<String>,
    pub source: Option<Reference>,
    pub state_identifier: Option<String>,
    pub status: Option<Reference>,
    pub sub_billing_amount: Option<f64>,
    pub sub_billing_method: Option<TicketSubBillingMethod>,
    pub sub_date_accepted: Option<String>,
    pub sub_type: Option<Reference>,
    pub team: Option<Reference>,
    pub r#type: Option<Reference>,
    pub work_role: Option<Reference>,
    pub work_type: Option<Reference>,
    pub zip: Option<String>,
    #[serde(rename = "_info")]
    pub info: Option<BTreeMap<String, String>>,
}

/// A reference to another record.
#[derive(Deserialize)]
pub struct Reference {
    pub id: Option<i32>,
    pub identifier: Option<String>,
    pub name: Option<String>,
    pub _info: Option<BTreeMap<String, String>>,
}

/// The value of a custom field.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomField {
    pub id: Option<i32>,
    pub caption: Option<String>,
    pub r#type: Option<String>,
    pub entry_method: Option<String>,
    pub number_of_decimals: Option<i32>,
    pub value: Option<Value>,
    pub connect_wise_id: Option<String>,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketBillExpenses {
    Billable,
    DoNotBill,
    NoCharge,
    NoDefault,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketBillProducts {
    Billable,
    DoNotBill,
    NoCharge,
    NoDefault,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketBillTime {
    Billable,
    DoNotBill,
    NoCharge,
    NoDefault,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketBillingMethod {
    ActualRates,
    FixedFee,
    NotToExceed,
    OverrideRate,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketImpact {
    Low,
    Medium,
    High,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketKnowledgeBaseLinkType {
    Activity,
    ProjectIssue,
    KnowledgeBaseArticle,
    ProjectTicket,
    ServiceTicket,
    Time,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketPredecessorType {
    Ticket,
    Phase,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketRecordType {
    ProjectIssue,
    ProjectTicket,
    ServiceTicket,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketSeverity {
    Low,
    Medium,
    High,
}

/// A choice.
#[derive(Deserialize)]
pub enum TicketSubBillingMethod {
    ActualRates,
    FixedFee,
    NotToExceed,
    OverrideRate,
}
