use connectwise_psa::runtime::{Client, Error, Patch};
use connectwise_psa::service;
use connectwise_psa::shared::{CustomFieldValue, Ticket};

pub async fn set_change_window(client: &Client, ticket: i32) -> Result<Ticket, Error> {
    let window = vec![CustomFieldValue::with_id(1, "Sunday 02:00")];
    let patch = Patch::new().set(|ticket: &mut Ticket| &mut ticket.custom_fields, window);
    service::update_ticket(ticket, &patch).send(client).await
}
