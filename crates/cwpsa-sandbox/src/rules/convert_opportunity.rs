//! Converts opportunities to tickets, projects, sales orders and agreements, and records each conversion.

use serde_json::{Map, Value, json};

use super::collections::{
    AGREEMENT_TYPES, AGREEMENTS, BOARDS, OPPORTUNITIES, OPPORTUNITY_CONVERSIONS, PROJECTS,
    SALES_ORDER_STATUSES, SALES_ORDERS, TICKETS,
};
use super::record_fields::{reference_id, text_field};
use crate::api::{api, resource};
use crate::connectwise::date;
use crate::connectwise::error::ApiError;
use crate::engine::crud;
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::store::RecordValue;
use crate::engine::transaction::Transaction;
use crate::engine::write_body::WriteBody;

const DAY: i64 = 86_400;
/// Estimated duration of a project, in days.
const PROJECT_DAYS: i64 = 90;
const MAX_SUMMARY_LENGTH: usize = 100;

pub(super) struct ConvertOpportunityRule {
    pub(super) target: ConversionTarget,
}

/// The kind of record to which an opportunity is converted.
#[derive(Clone, Copy)]
pub(super) enum ConversionTarget {
    Agreement,
    Project,
    SalesOrder,
    Ticket,
}

impl SandboxRule for ConvertOpportunityRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let opportunities = tx.collection(OPPORTUNITIES)?;
        let target = tx.collection(self.target.template())?;
        let id = request.ids.last().copied().unwrap_or_default();
        let opportunity = tx.get_or_404(opportunities, id)?;
        let known = api().collection(target);
        let details = match known.create {
            Some(create) => api().operations[create].details(),
            None => return Ok(None),
        };
        let mut body = Map::new();
        for member in ["company", "contact", "site"] {
            if let Some(id) = opportunity.get(member).and_then(|value| value.get("id")) {
                body.insert(member.to_owned(), json!({"id": id}));
            }
        }
        body.insert("opportunity".to_owned(), json!({"id": id}));
        self.target.fill(tx, &opportunity, &mut body)?;
        // The caller's fields take precedence.
        let given = request.body.as_object().cloned().unwrap_or_default();
        body.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
        body.retain(|name, _| details.shape.members.contains_key(name));
        let body = Value::Object(body);
        let body = WriteBody { details, value: &body, text: "" };
        let created = crud::create(request.rules, tx, target, 0, body)?;
        let conversions = tx.collection(OPPORTUNITY_CONVERSIONS)?;
        let conversion =
            json!({"parentType": "Opportunity", "convertedTo": {"id": created, "type": known.noun()}});
        let mut conversion = conversion.as_object().cloned().unwrap_or_default();
        let allowed = resource("ConversionTypeReference");
        if let Some(Value::Object(members)) = conversion.get_mut("convertedTo") {
            members.retain(|name, _| allowed.member(name).is_some());
        }
        tx.insert(conversions, id, conversion);
        Ok(tx.get(target, created).map(Value::Object))
    }
}

impl ConversionTarget {
    /// Returns the template of the collection.
    fn template(self) -> &'static str {
        match self {
            Self::Agreement => AGREEMENTS,
            Self::Project => PROJECTS,
            Self::SalesOrder => SALES_ORDERS,
            Self::Ticket => TICKETS,
        }
    }

    /// Fills in the fields that the new record takes from the opportunity.
    fn fill(
        self,
        tx: &mut Transaction<'_>,
        opportunity: &Map<String, Value>,
        body: &mut Map<String, Value>,
    ) -> Result<(), ApiError> {
        let mut put = |name: &str, value: Value| {
            body.insert(name.to_owned(), value);
        };
        let name = Value::from(text_field(opportunity, "name"));
        match self {
            Self::Ticket => {
                let summary = text_field(opportunity, "name").chars().take(MAX_SUMMARY_LENGTH);
                put("summary", Value::from(summary.collect::<String>()));
            }
            Self::Project => {
                put("name", name);
                put("billingMethod", Value::from("ActualRates"));
                put("estimatedStart", Value::from(date::format(tx.now)));
                put("estimatedEnd", Value::from(date::format(tx.now + PROJECT_DAYS * DAY)));
                let boards = tx.collection(BOARDS)?;
                let is_project = RecordValue::Boolean(true);
                let project_boards = tx.find(boards, |board| board.get("projectFlag") == Some(&is_project));
                if let Some(board) = project_boards.first() {
                    put("board", json!({"id": board}));
                }
            }
            Self::SalesOrder => {
                let statuses = tx.collection(SALES_ORDER_STATUSES)?;
                if let Some(member) = reference_id(opportunity, "primarySalesRep") {
                    put("salesRep", json!({"id": member}));
                }
                if let Some(status) = tx.default_row(statuses, None) {
                    put("status", json!({"id": status.id}));
                }
            }
            Self::Agreement => {
                let types = tx.collection(AGREEMENT_TYPES)?;
                put("name", name);
                put("startDate", Value::from(date::format(tx.now)));
                if let Some(agreement_type) = tx.default_row(types, None) {
                    put("type", json!({"id": agreement_type.id}));
                }
            }
        }
        Ok(())
    }
}
