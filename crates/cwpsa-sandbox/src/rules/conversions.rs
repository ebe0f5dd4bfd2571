//! Opportunities become tickets, projects, sales orders and agreements; each conversion is remembered.

use serde_json::{Map, Value, json};

use super::{ActionCall, text};
use crate::api::api;
use crate::clock;
use crate::problem::Problem;
use crate::write::Writing;

const OPPORTUNITIES: &str = "/sales/opportunities";
const CONVERSIONS: &str = "/sales/opportunities/conversions/{}";
const DAY: i64 = 86_400;

/// Makes a record of the opportunity that the call names.
fn convert(
    writing: &mut Writing<'_>,
    call: &ActionCall<'_>,
    into: &str,
    fill: impl Fn(&Map<String, Value>, &mut Map<String, Value>, i64),
) -> Result<Option<Value>, Problem> {
    let opportunities = writing.collection(OPPORTUNITIES)?;
    let target = writing.collection(into)?;
    let id = call.ids.last().copied().unwrap_or_default();
    let opportunity = writing.existing(opportunities, id)?;
    let known = api().of(target);
    let plan = match known.create {
        Some(create) => api().operations[create].plan(),
        None => return Ok(None),
    };
    let mut body = Map::new();
    for member in ["company", "contact", "site"] {
        if let Some(id) = opportunity.get(member).and_then(|value| value.get("id")) {
            body.insert(member.to_owned(), json!({"id": id}));
        }
    }
    body.insert("opportunity".to_owned(), json!({"id": id}));
    fill(&opportunity, &mut body, writing.now);
    // What the caller gave goes before.
    let given = call.body.as_object().cloned().unwrap_or_default();
    body.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
    body.retain(|name, _| plan.shape.members.contains_key(name));
    let body = Value::Object(body);
    let made = writing.create(target, plan, 0, &body, "")?;
    let conversions = writing.collection(CONVERSIONS)?;
    let conversion = json!({"parentType": "Opportunity", "convertedTo": {"id": made, "type": known.noun()}});
    let mut conversion = conversion.as_object().cloned().unwrap_or_default();
    let allowed = crate::api::resource("ConversionTypeReference");
    if let Some(Value::Object(members)) = conversion.get_mut("convertedTo") {
        members.retain(|name, _| allowed.member(name).is_some());
    }
    writing.insert(conversions, id, conversion);
    Ok(writing.value(target, made).map(Value::Object))
}

pub(super) fn to_ticket(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    convert(writing, call, "/service/tickets", |opportunity, ticket, _| {
        let summary: String = text(opportunity, "name").chars().take(100).collect();
        ticket.insert("summary".to_owned(), Value::from(summary));
    })
}

pub(super) fn to_project(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    let boards = writing.collection("/service/boards")?;
    let projects = writing
        .matching(boards, |board| board.get("projectFlag") == Some(&crate::store::Node::Boolean(true)));
    convert(writing, call, "/project/projects", |opportunity, project, now| {
        project.insert("name".to_owned(), Value::from(text(opportunity, "name")));
        project.insert("billingMethod".to_owned(), Value::from("ActualRates"));
        project.insert("estimatedStart".to_owned(), Value::from(clock::text(now)));
        project.insert("estimatedEnd".to_owned(), Value::from(clock::text(now + 90 * DAY)));
        if let Some(board) = projects.first() {
            project.insert("board".to_owned(), json!({"id": board}));
        }
    })
}

pub(super) fn to_order(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    let statuses = writing.collection("/sales/orders/statuses")?;
    let status = writing.default_row(statuses, None).map(|row| row.id);
    convert(writing, call, "/sales/orders", |opportunity, order, _| {
        if let Some(member) = opportunity.get("primarySalesRep").and_then(|member| member.get("id")) {
            order.insert("salesRep".to_owned(), json!({"id": member}));
        }
        if let Some(status) = status {
            order.insert("status".to_owned(), json!({"id": status}));
        }
    })
}

pub(super) fn to_agreement(
    writing: &mut Writing<'_>,
    call: &ActionCall<'_>,
) -> Result<Option<Value>, Problem> {
    let types = writing.collection("/finance/agreements/types")?;
    let kind = writing.default_row(types, None).map(|row| row.id);
    convert(writing, call, "/finance/agreements", |opportunity, agreement, now| {
        agreement.insert("name".to_owned(), Value::from(text(opportunity, "name")));
        agreement.insert("startDate".to_owned(), Value::from(clock::text(now)));
        if let Some(kind) = kind {
            agreement.insert("type".to_owned(), json!({"id": kind}));
        }
    })
}
