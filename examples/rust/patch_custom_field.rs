use connectwise_psa::runtime::{Client, Error, Patch};
use connectwise_psa::service;
use connectwise_psa::shared::Ticket;

pub async fn set_change_window(client: &Client, ticket: i32) -> Result<Ticket, Error> {
    let patch = Patch::new().custom_field("Change Window", "Sunday 02:00");
    service::update_ticket(ticket, &patch).send(client).await
}
