use connectwise_psa::runtime::{Client, Error, Form};
use connectwise_psa::system::{self, DocumentInfo};

pub async fn attach(client: &Client, ticket: i32, report: Vec<u8>) -> Result<DocumentInfo, Error> {
    let form = Form::new()
        .text_field("recordType", "Ticket")
        .text_field("recordId", ticket)
        .text_field("title", "Report")
        .file("file", "report.pdf", report);
    system::create_document(&form).send(client).await
}
