use std::time::Duration;

use connectwise_psa::runtime::{Client, Error, ErrorKind, Filter};
use connectwise_psa::shared::Ticket;
use connectwise_psa::{ListQuery, service};

/// Creates a ticket exactly once. `reference` is your own reference number, unique to this ticket.
pub async fn create_once(client: &Client, ticket: &Ticket, reference: &str) -> Result<Ticket, Error> {
    let created = ListQuery::new().filter(Filter::field("externalXRef").eq(reference));
    loop {
        let error = match service::create_ticket(ticket).send(client).await {
            Ok(ticket) => return Ok(ticket),
            Err(error) => error,
        };
        match error.kind() {
            ErrorKind::RateLimited => {
                tokio::time::sleep(error.retry_after().unwrap_or(Duration::from_secs(60))).await;
            }
            // The response was lost. Check whether the ticket exists before sending it again.
            ErrorKind::OutcomeUnknown => match service::list_tickets(&created).send(client).await?.pop() {
                Some(ticket) => return Ok(ticket),
                None => continue,
            },
            _ => return Err(error),
        }
    }
}
