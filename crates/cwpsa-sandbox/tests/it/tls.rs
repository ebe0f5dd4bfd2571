//! Tests HTTPS: which certificate a client must trust, and whether links point back to the server.

use crate::support::http::{self as http_client, AUTHORIZATION, server};
use connectwise_psa::runtime::serde_json::{self, Value};
use cwpsa_sandbox::server::{MockServerSettings, ServerCertificate};

/// Returns the response received by a client that trusts the certificate.
async fn trusting(certificate: &[u8], url: &str) -> Result<Value, String> {
    let certificate = reqwest::Certificate::from_pem(certificate).expect("a certificate");
    let client =
        reqwest::Client::builder().no_proxy().tls_certs_only([certificate]).build().expect("a client");
    let request = client.get(url).header("authorization", AUTHORIZATION).header("clientid", "x");
    let text = request.send().await.map_err(|error| format!("{error:?}"))?.text().await;
    serde_json::from_str(&text.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

#[tokio::test]
async fn clients_that_trust_the_certificate_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let tls = ServerCertificate::in_folder(folder.path()).expect("a certificate");
    let certificate = std::fs::read(tls.certificate()).expect("the certificate");
    let (server, _store) =
        server(MockServerSettings { tls: Some(tls), ..MockServerSettings::default() }).await;
    // Installs the cryptography provider that this test's client also needs.
    assert!(
        http_client::send(http::Method::GET, &format!("http://{}/", server.address()), None).await.is_err()
    );

    let root = server.base_url();
    assert!(root.starts_with("https://127.0.0.1:"), "{root}");
    assert_eq!(
        trusting(&certificate, &format!("{root}/service/tickets")).await,
        Ok(Value::Array(Vec::new()))
    );
    let by_name = root.replace("127.0.0.1", "localhost");
    assert!(trusting(&certificate, &format!("{by_name}/service/tickets")).await.is_ok());

    // The same folder yields the same certificate; a different certificate isn't trusted.
    let again = ServerCertificate::in_folder(folder.path()).expect("the certificate");
    assert_eq!(std::fs::read(again.certificate()).expect("the certificate"), certificate);
    let other = tempfile::tempdir().expect("a folder");
    let other = ServerCertificate::in_folder(other.path()).expect("a certificate");
    let other = std::fs::read(other.certificate()).expect("the certificate");
    assert!(trusting(&other, &format!("{root}/service/tickets")).await.is_err());
}

#[tokio::test]
async fn folder_with_only_a_key_or_certificate_is_rejected() {
    let folder = tempfile::tempdir().expect("a folder");
    ServerCertificate::in_folder(folder.path()).expect("a certificate");
    std::fs::write(folder.path().join("cert.pem"), "nonsense").expect("written");
    assert!(ServerCertificate::in_folder(folder.path()).is_err());
    std::fs::remove_file(folder.path().join("cert.pem")).expect("removed");
    let error = ServerCertificate::in_folder(folder.path()).expect_err("one is missing");
    assert!(error.to_string().contains("expected both cert.pem and key.pem"), "{error}");
}
