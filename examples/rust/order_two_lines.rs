use connectwise_psa::procurement::{self, PurchaseOrder, PurchaseOrderLineItem};
use connectwise_psa::runtime::{Client, Error};
use connectwise_psa::shared::{CompanyReference, IvItemReference};

pub async fn order_drives(client: &Client) -> Result<PurchaseOrder, Error> {
    // The vendor is given by identifier, and the status and payment terms by ID.
    let mut order = PurchaseOrder::new(CompanyReference::identifier("TechSource"), 1, 2);
    order.internal_notes = Some("For the new rack".into());
    let order = procurement::create_purchase_order(&order).send(client).await?;
    let id = order.id.unwrap_or_default();
    for (number, product, quantity) in [(1, "Samsung 1TB SSD", 10), (2, "RAM-16GB", 4)] {
        let item = IvItemReference::identifier(product);
        let line = PurchaseOrderLineItem::new(product, number, item, quantity, 1);
        procurement::create_purchase_order_line_item(id, &line).send(client).await?;
    }
    Ok(order)
}
