//! HTTPS, for clients that speak nothing else. The certificate is self-signed, for this machine's own names,
//! and kept in a folder, so that clients can be told once to trust it.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// The names that a certificate made here is good for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A certificate and its key, ready for connections.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    certificate: PathBuf,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Tls {
    /// Uses `cert.pem` and `key.pem` of a folder; makes both where neither is there.
    ///
    /// # Errors
    /// The folder can't be used, has one of the files alone, or has what is no certificate and key.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        match (certificate.exists(), key.exists()) {
            (true, true) => {}
            (false, false) => make(folder, &certificate, &key)?,
            _ => return Err(invalid(folder, "cert.pem and key.pem belong together, and one is missing")),
        }
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&certificate)
            .and_then(Iterator::collect)
            .map_err(|error| invalid(&certificate, error))?;
        let private = PrivateKeyDer::from_pem_file(&key).map_err(|error| invalid(&key, error))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
            .map_err(|error| invalid(&certificate, error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), certificate })
    }

    /// The file that clients are to trust.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.clone())
    }
}

fn make(folder: &Path, certificate: &Path, key: &Path) -> io::Result<()> {
    let made = rcgen::generate_simple_self_signed(NAMES.map(str::to_owned));
    let made = made.map_err(|error| io::Error::other(error.to_string()))?;
    std::fs::create_dir_all(folder)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(key)?.write_all(made.signing_key.serialize_pem().as_bytes())?;
    std::fs::write(certificate, made.cert.pem())
}

fn invalid(path: &Path, error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))
}
