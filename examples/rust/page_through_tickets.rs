use connectwise_psa::runtime::{Client, Error, Filter};
use connectwise_psa::{ListQuery, service};
use futures_util::TryStreamExt;

pub async fn open_tickets(client: &Client) -> Result<Vec<String>, Error> {
    let open = Filter::field("closedFlag").eq(false).and(Filter::field("company/name").like("Acme*"));
    let mut tickets = service::list_tickets(&ListQuery::new().filter(open)).items(client);
    let mut summaries = Vec::new();
    while let Some(ticket) = tickets.try_next().await? {
        summaries.extend(ticket.summary);
    }
    Ok(summaries)
}
