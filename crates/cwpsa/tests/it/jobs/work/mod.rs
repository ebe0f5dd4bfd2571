//! The tasks: what the user says, what the agent does, and what must have changed in the tenant.

mod add_line;
mod draft_order;
mod log_time;
mod order_hardware;
mod past_warranty;
mod purchasing;
pub mod restock;
mod stale_tickets;
mod stock;
mod warranty_audit;

use serde_json::Value;

use crate::jobs::agent::Agent;
use crate::jobs::tenant::{Changes, Tenant};

/// A task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Job {
    OrderHardware,
    WarrantyAudit,
    Stock,
    DraftOrder,
    AddLine,
    StaleTickets,
    LogTime,
    PastWarranty,
    Restock,
}

impl Job {
    pub const ALL: [Self; 9] = [
        Self::OrderHardware,
        Self::WarrantyAudit,
        Self::Stock,
        Self::DraftOrder,
        Self::AddLine,
        Self::StaleTickets,
        Self::LogTime,
        Self::PastWarranty,
        Self::Restock,
    ];

    /// Returns the heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::OrderHardware => "Order out-of-stock hardware",
            Self::WarrantyAudit => "Offer replacements before warranties expire",
            Self::Stock => "Report stock levels",
            Self::DraftOrder => "Draft a purchase order",
            Self::AddLine => "Add a line to a purchase order",
            Self::StaleTickets => "Find stale tickets",
            Self::LogTime => "Log time on a ticket",
            Self::PastWarranty => "Find out-of-warranty servers",
            Self::Restock => "Restock an item",
        }
    }

    /// Returns the user's message.
    pub fn ask(self) -> &'static str {
        match self {
            Self::OrderHardware => order_hardware::ASK,
            Self::WarrantyAudit => warranty_audit::ASK,
            Self::Stock => stock::ASK,
            Self::DraftOrder => draft_order::ASK,
            Self::AddLine => add_line::ASK,
            Self::StaleTickets => stale_tickets::ASK,
            Self::LogTime => log_time::ASK,
            Self::PastWarranty => past_warranty::ASK,
            Self::Restock => restock::ASK,
        }
    }

    /// Performs the task and returns the agent's final answer.
    pub async fn run(self, agent: &mut Agent) -> Value {
        match self {
            Self::OrderHardware => order_hardware::run(agent).await,
            Self::WarrantyAudit => warranty_audit::run(agent).await,
            Self::Stock => stock::run(agent).await,
            Self::DraftOrder => draft_order::run(agent).await,
            Self::AddLine => add_line::run(agent).await,
            Self::StaleTickets => stale_tickets::run(agent).await,
            Self::LogTime => log_time::run(agent).await,
            Self::PastWarranty => past_warranty::run(agent).await,
            Self::Restock => restock::run(agent).await,
        }
    }

    /// Checks the reported result and the changes against the tenant's own records.
    pub async fn check(self, tenant: &Tenant, told: &Value, changes: &Changes) {
        match self {
            Self::OrderHardware => order_hardware::check(told, changes),
            Self::WarrantyAudit => warranty_audit::check(tenant, told, changes).await,
            Self::Stock => stock::check(tenant, told, changes).await,
            Self::DraftOrder => draft_order::check(told, changes),
            Self::AddLine => add_line::check(changes),
            Self::StaleTickets => stale_tickets::check(tenant, told, changes).await,
            Self::LogTime => log_time::check(changes),
            Self::PastWarranty => past_warranty::check(tenant, told, changes).await,
            Self::Restock => restock::check(told, changes),
        }
    }
}

/// Returns the rows with this field value.
fn with<'a>(rows: &'a [Value], pointer: &'a str, value: impl Into<Value>) -> impl Iterator<Item = &'a Value> {
    let value = value.into();
    rows.iter().filter(move |row| row.pointer(pointer) == Some(&value))
}
