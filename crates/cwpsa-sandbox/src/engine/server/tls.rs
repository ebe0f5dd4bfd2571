//! Serves HTTPS, for clients that don't support plain HTTP.
//!
//! The certificate is self-signed, valid for the local machine's names, and stored in a folder, so clients only have to
//! be configured once to trust it.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// The names for which generated certificates are valid.
const CERTIFICATE_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A certificate and its private key.
#[derive(Clone)]
pub struct ServerCertificate {
    config: Arc<ServerConfig>,
    certificate: PathBuf,
}

impl std::fmt::Debug for ServerCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerCertificate").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl ServerCertificate {
    /// Loads `cert.pem` and `key.pem` from a folder, generating them if neither exists.
    ///
    /// # Errors
    /// Returns an error if the folder can't be used, contains only one of the files, or if they aren't a
    /// certificate and its key.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        match (certificate.exists(), key.exists()) {
            (true, true) => {}
            (false, false) => generate(folder, &certificate, &key)?,
            _ => {
                return Err(invalid(
                    folder,
                    "expected both cert.pem and key.pem, but one of the two files is missing",
                ));
            }
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

    /// Returns the file that clients must trust.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.clone())
    }
}

fn generate(folder: &Path, certificate: &Path, key: &Path) -> io::Result<()> {
    let generated = rcgen::generate_simple_self_signed(CERTIFICATE_NAMES.map(str::to_owned));
    let generated = generated.map_err(|error| io::Error::other(error.to_string()))?;
    std::fs::create_dir_all(folder)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(key)?.write_all(generated.signing_key.serialize_pem().as_bytes())?;
    std::fs::write(certificate, generated.cert.pem())
}

fn invalid(path: &Path, error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))
}
