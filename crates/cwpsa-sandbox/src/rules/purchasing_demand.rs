//! Purchasing demands: products that were sold and must be purchased become lines of a purchase order, which is either
//! the order given in the demand or a new one for the vendor.

use serde_json::{Map, Value, json};

use super::collections::{
    BILLING_TERMS, CATALOG_ITEMS, PRODUCTS, PURCHASE_ORDER_LINES, PURCHASE_ORDER_STATUSES, PURCHASE_ORDERS,
    UNITS_OF_MEASURE,
};
use super::record_fields::reference_id;
use crate::api::{CollectionId, OperationDetails, api};
use crate::connectwise::error::ApiError;
use crate::engine::crud;
use crate::engine::rule::{ActionRequest, RuleSet, SandboxRule};
use crate::engine::transaction::Transaction;
use crate::engine::write_body::WriteBody;

const RESOURCE: &str = "purchasingDemand";

pub(super) struct PurchasingDemandRule;

impl SandboxRule for PurchasingDemandRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let demand = request.body.as_object().cloned().unwrap_or_default();
        let (orders, lines) = (tx.collection(PURCHASE_ORDERS)?, tx.collection(PURCHASE_ORDER_LINES)?);
        let order = find_or_create_order(request.rules, tx, &demand, orders)?;
        let Some(order) = order else { return Ok(None) };
        let products = demand.get("products").and_then(Value::as_array).cloned().unwrap_or_default();
        for product in products.iter().filter_map(Value::as_object) {
            add_line(request.rules, tx, lines, order, product)?;
        }
        let mut response = demand;
        response.insert("purchaseOrder".to_owned(), tx.get(orders, order).map_or(Value::Null, Value::Object));
        Ok(Some(Value::Object(response)))
    }
}

fn missing(field: &str, what: &str, id: i64) -> ApiError {
    ApiError::invalid_field("NotFound", RESOURCE, field, format!("{what} {id} not found"))
}

/// Returns the operation details for creating a record in the collection.
fn details(collection: CollectionId) -> Option<&'static OperationDetails> {
    api().collection(collection).create.map(|create| api().operations[create].details())
}

/// Returns the given order, or a new one; `None` if there is no vendor.
fn find_or_create_order(
    rules: &RuleSet,
    tx: &mut Transaction<'_>,
    demand: &Map<String, Value>,
    orders: CollectionId,
) -> Result<Option<i64>, ApiError> {
    let wanted = demand.get("purchaseOrder").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(id) = wanted.get("id").and_then(Value::as_i64).filter(|id| *id != 0) {
        return match tx.state.row(orders, id) {
            Some(_) => Ok(Some(id)),
            None => Err(missing("purchaseOrder/id", "Purchase Order", id)),
        };
    }
    let (Some(vendor), Some(details)) = (reference_id(demand, "vendor"), details(orders)) else {
        return Ok(None);
    };
    let (statuses, terms) = (tx.collection(PURCHASE_ORDER_STATUSES)?, tx.collection(BILLING_TERMS)?);
    let default = |tx: &Transaction<'_>, given: Option<i64>, collection| {
        given.or_else(|| tx.default_row(collection, None).map(|row| row.id))
    };
    let status = default(tx, reference_id(&wanted, "status"), statuses);
    let terms = default(tx, reference_id(&wanted, "terms"), terms);
    let mut body = json!({"vendorCompany": {"id": vendor}, "status": {"id": status}, "terms": {"id": terms}});
    if let Some(warehouse) = reference_id(demand, "warehouse") {
        body["warehouse"] = json!({"id": warehouse});
    }
    crud::create(rules, tx, orders, 0, WriteBody { details, value: &body, text: "" }).map(Some)
}

/// Adds a line for a product to an order.
fn add_line(
    rules: &RuleSet,
    tx: &mut Transaction<'_>,
    lines: CollectionId,
    order: i64,
    product: &Map<String, Value>,
) -> Result<(), ApiError> {
    let (products, catalog) = (tx.collection(PRODUCTS)?, tx.collection(CATALOG_ITEMS)?);
    let units = tx.collection(UNITS_OF_MEASURE)?;
    let id = product.get("productRecId").and_then(Value::as_i64).unwrap_or_default();
    let sold = tx.get(products, id).and_then(|sold| reference_id(&sold, "catalogItem"));
    let item = sold.and_then(|item| Some((item, tx.get(catalog, item)?)));
    let Some((item, known)) = item else { return Err(missing("products/productRecId", "Product", id)) };
    let unit =
        reference_id(&known, "unitOfMeasure").or_else(|| tx.default_row(units, None).map(|row| row.id));
    let Some(details) = details(lines) else { return Ok(()) };
    let number = tx.children_of(lines, order).len() + 1;
    let body = json!({
        "product": {"id": item}, "description": known.get("description"), "lineNumber": number,
        "quantity": product.get("quantity"), "unitOfMeasure": {"id": unit}, "unitCost": product.get("cost"),
    });
    crud::create(rules, tx, lines, order, WriteBody { details, value: &body, text: "" }).map(|_| ())
}
