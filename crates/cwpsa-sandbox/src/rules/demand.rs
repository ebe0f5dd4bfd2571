//! Purchasing demands: products that were sold and are to be bought become lines of a purchase order, of the
//! one that the demand names or of a new one for the vendor.

use serde_json::{Map, Value, json};

use super::{ActionCall, id_at};
use crate::api::{CollectionId, Plan, api};
use crate::problem::Problem;
use crate::write::Writing;

const ORDERS: &str = "/procurement/purchaseorders";
const LINES: &str = "/procurement/purchaseorders/{}/lineitems";
const PRODUCTS: &str = "/procurement/products";
const CATALOG: &str = "/procurement/catalog";
const UNITS: &str = "/procurement/unitOfMeasures";
const STATUSES: &str = "/procurement/purchaseorderstatuses";
const TERMS: &str = "/finance/billingTerms";
const NOUN: &str = "purchasingDemand";

fn missing(field: &str, what: &str, id: i64) -> Problem {
    Problem::fault("NotFound", NOUN, field, format!("{what} {id} not found"))
}

/// What a new record of the collection may hold.
fn plan(collection: CollectionId) -> Option<&'static Plan> {
    api().of(collection).create.map(|create| api().operations[create].plan())
}

pub(super) fn purchase(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    let demand = call.body.as_object().cloned().unwrap_or_default();
    let (orders, lines) = (writing.collection(ORDERS)?, writing.collection(LINES)?);
    let order = order(writing, &demand, orders)?;
    let Some(order) = order else { return Ok(None) };
    let products = demand.get("products").and_then(Value::as_array).cloned().unwrap_or_default();
    for product in products.iter().filter_map(Value::as_object) {
        line(writing, lines, order, product)?;
    }
    let mut answer = demand;
    answer
        .insert("purchaseOrder".to_owned(), writing.value(orders, order).map_or(Value::Null, Value::Object));
    Ok(Some(Value::Object(answer)))
}

/// The order that is named, or a new one; none where there is no vendor.
fn order(
    writing: &mut Writing<'_>,
    demand: &Map<String, Value>,
    orders: CollectionId,
) -> Result<Option<i64>, Problem> {
    let wanted = demand.get("purchaseOrder").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(id) = wanted.get("id").and_then(Value::as_i64).filter(|id| *id != 0) {
        return match writing.state.row(orders, id) {
            Some(_) => Ok(Some(id)),
            None => Err(missing("purchaseOrder/id", "Purchase Order", id)),
        };
    }
    let (Some(vendor), Some(plan)) = (id_at(demand, "vendor"), plan(orders)) else { return Ok(None) };
    let (statuses, terms) = (writing.collection(STATUSES)?, writing.collection(TERMS)?);
    let default = |writing: &Writing<'_>, given: Option<i64>, collection| {
        given.or_else(|| writing.default_row(collection, None).map(|row| row.id))
    };
    let status = default(writing, id_at(&wanted, "status"), statuses);
    let terms = default(writing, id_at(&wanted, "terms"), terms);
    let mut body = json!({"vendorCompany": {"id": vendor}, "status": {"id": status}, "terms": {"id": terms}});
    if let Some(warehouse) = id_at(demand, "warehouse") {
        body["warehouse"] = json!({"id": warehouse});
    }
    writing.create(orders, plan, 0, &body, "").map(Some)
}

fn line(
    writing: &mut Writing<'_>,
    lines: CollectionId,
    order: i64,
    product: &Map<String, Value>,
) -> Result<(), Problem> {
    let (products, catalog) = (writing.collection(PRODUCTS)?, writing.collection(CATALOG)?);
    let units = writing.collection(UNITS)?;
    let id = product.get("productRecId").and_then(Value::as_i64).unwrap_or_default();
    let sold = writing.value(products, id).and_then(|sold| id_at(&sold, "catalogItem"));
    let item = sold.and_then(|item| Some((item, writing.value(catalog, item)?)));
    let Some((item, known)) = item else { return Err(missing("products/productRecId", "Product", id)) };
    let unit = id_at(&known, "unitOfMeasure").or_else(|| writing.default_row(units, None).map(|row| row.id));
    let Some(plan) = plan(lines) else { return Ok(()) };
    let number = writing.under(lines, order).len() + 1;
    let body = json!({
        "product": {"id": item}, "description": known.get("description"), "lineNumber": number,
        "quantity": product.get("quantity"), "unitOfMeasure": {"id": unit}, "unitCost": product.get("cost"),
    });
    writing.create(lines, plan, order, &body, "").map(|_| ())
}
