//! Tests a Redis store over TLS: a server is trusted only if its certificate is signed by one of the system's CAs, or
//! by a CA in the file that `SSL_CERT_FILE` points to.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::process::Command;
use toolcrate_testing::process::ServerProcess;
use toolcrate_testing::redis_server::RedisServer;

use crate::support::{cwpsa, origin};

/// Writes a CA certificate, and a certificate for `name` signed by it: returns the files of both, and of the key.
fn certify(folder: &Path, name: &str) -> (PathBuf, PathBuf, PathBuf) {
    let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let signed = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let write = |kind: &str, text: String| {
        let file = folder.join(format!("{name}-{kind}.pem"));
        std::fs::write(&file, text).unwrap();
        file
    };
    (write("authority", own.pem()), write("server", signed.pem()), write("key", key.serialize_pem()))
}

fn serve_command(state: &str, authority: Option<&Path>) -> Command {
    let mut command = cwpsa();
    command.args(["serve", "--sandbox", "--listen", "127.0.0.1:0"]).env("CWPSA_STATE", state);
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
    command.envs(authority.map(|file| ("SSL_CERT_FILE", file)));
    command
}

async fn serve(state: &str, authority: &Path) -> (ServerProcess, String) {
    let server = ServerProcess::start(serve_command(state, Some(authority)));
    let base = origin(&server).await;
    (server, base)
}

#[tokio::test]
async fn server_certificate_must_be_signed_by_a_known_authority() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (authority, certificate, key) = certify(folder.path(), "localhost");
    let Some(redis) = RedisServer::start_tls(&certificate, &key).await else { return };
    let (_one, at_one) = serve(&redis.address, &authority).await;
    let (_other, at_other) = serve(&redis.address, &authority).await;
    let write = async |base: &str, text: &str| {
        let request = Client::new().post(format!("{base}/tools/create_a_ticket_note/call"));
        let request = request
            .header("idempotency-key", "k")
            .json(&json!({"ticketId": 8812, "text": text, "internalAnalysisFlag": true}));
        request.send().await.unwrap().status()
    };
    assert_eq!(write(&at_one, "a").await, StatusCode::OK);
    // They share a store: the other server knows the key, which was used for a different text.
    assert_eq!(write(&at_other, "b").await, StatusCode::UNPROCESSABLE_ENTITY);

    let refused = async |state: &str, authority: Option<&Path>| {
        let output = serve_command(state, authority).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("Redis at "), "{said}");
        said
    };
    let said = refused(&redis.address, None).await;
    assert!(said.contains("invalid peer certificate: UnknownIssuer"), "{said}");
    let said = refused(&redis.address.replace("rediss://", "rediss://:hush@"), None).await;
    assert!(said.contains("UnknownIssuer") && !said.contains("hush"), "{said}");
    let (foreign, ..) = certify(folder.path(), "foreign.example");
    let said = refused(&redis.address, Some(&foreign)).await;
    assert!(said.contains("invalid peer certificate"), "{said}");
    // No URL can lower the requirements.
    let said = refused(&format!("{}#insecure", redis.address), None).await;
    assert!(said.contains("insecure"), "{said}");
    refused(&redis.address.replace("rediss://", "redis://"), Some(&authority)).await;

    // A certificate for another name isn't valid for this one.
    let (authority, certificate, key) = certify(folder.path(), "other.example");
    let redis = RedisServer::start_tls(&certificate, &key).await.unwrap();
    let said = refused(&redis.address, Some(&authority)).await;
    assert!(said.contains("not valid for name"), "{said}");
}
