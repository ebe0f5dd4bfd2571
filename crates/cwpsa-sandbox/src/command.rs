//! Implements the `sandbox` command: its arguments, startup message and shutdown.
//!
//! This crate's binary runs only this command. Other binaries can include it as a subcommand.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use connectwise_psa::runtime::{Secret, Value, serde_json};
use toolcrate_listener::shutdown_signal;

use crate::callbacks::CallbackSettings;
use crate::engine::sandbox::Sandbox;
use crate::engine::server::{MockServer, MockServerSettings, ServerCertificate, serve};
use crate::fault_injection::{FaultRule, FaultSettings, RequestBudget};
use crate::settings::{ApiKey, SandboxSettings};

/// Shown after the options.
const EXAMPLES: &str = "\
Examples:
  cwpsa sandbox
      Serve sample records, in memory, at http://127.0.0.1:9090.
  cwpsa sandbox --data tenant.db
      Save changes across restarts.
  cwpsa sandbox --scale 100000 --seed 7
      Generate 100,000 tickets and 50,000 configurations. The seed makes them reproducible.
  cwpsa sandbox --budget 60/60 --fault 'html_error 5%' --fault 'cut_after x1 POST /service/tickets'
      Allow 60 requests a minute. Respond to 5% of requests with a 502 and an HTML page. Create the first ticket but
      don't send the response.
  cwpsa sandbox --seed records.json
      Load your own records, as lists by collection path, for example
      {\"/company/companies\": [{\"identifier\": \"Umbra\", \"name\": \"Umbra Ltd\"}]}. A record whose id matches a
      sample record replaces that record.

Faults, as --fault 'FAULT[=VALUE] [PERCENT%] [xCOUNT] [METHOD] [PATH]':
  latency=MILLISECONDS         delay before the request is handled
  too_many_requests[=SECONDS]  429 with Retry-After
  timeout, connection_pool     retryable 500
  bad_value                    500 that isn't retryable
  html_error[=STATUS]          502 with an HTML page
  empty_error[=STATUS]         503 without a body
  cut_before, cut_after        connection closed before or after handling
  truncated_body[=BYTES]       connection closed in the middle of the response
  half_body                    half of the response, sent as if it were complete
  wrong_content_type[=TYPE]    response with the content type text/html
  slow_body=MILLISECONDS       response sent in ten chunks over this time
In a path, * matches part of a segment and ** matches anything. A file (--faults) supports more options, such as
\"after_effect\": true for an error after the request has taken effect. While the server runs, use /_sandbox/faults
(GET, PUT, DELETE, or POST to add a rule).";

/// The arguments of the command.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SandboxArguments {
    /// Address to listen on. Port 0 selects a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9090")]
    pub listen: SocketAddr,
    /// Serve HTTPS with the certificate in this folder (cert.pem, key.pem), which is generated if missing.
    #[arg(long, value_name = "FOLDER")]
    pub tls: Option<PathBuf>,
    /// File to save records in. If not set, changes are lost when the sandbox stops.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Number of tickets to generate. Half as many configurations are generated as well.
    #[arg(long, value_name = "TICKETS")]
    pub scale: Option<u32>,
    /// Seed for random records and faults, or a JSON file that contains records (see below). May be repeated to set both.
    #[arg(long, value_name = "NUMBER | FILE")]
    pub seed: Vec<SeedArgument>,
    /// API key to accept instead of acme+public:private. May be repeated.
    #[arg(long = "key", value_name = "COMPANY+PUBLIC:PRIVATE")]
    pub keys: Vec<SandboxLogin>,
    /// JSON file that contains faults.
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// Fault to inject (see below). May be repeated.
    #[arg(long = "fault", value_name = "RULE")]
    pub rules: Vec<FaultRule>,
    /// Rate limit, for example 60/60. Further requests get status 429.
    #[arg(long, value_name = "REQUESTS/SECONDS")]
    pub budget: Option<RequestBudget>,
    /// Send callbacks to any address, not just to localhost.
    #[arg(long)]
    pub allow_callbacks_to_anyone: bool,
    /// Additional host name to accept in the Host and Origin headers. May be repeated.
    #[arg(long = "allow-host", value_name = "HOST")]
    pub allowed_hosts: Vec<String>,
    /// Token that lets callers on other machines use /_sandbox. Callers send it in the x-sandbox-token header.
    #[arg(long = "control-token", value_name = "TOKEN")]
    pub control_token: Option<Secret>,
}

/// A value of `--seed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeedArgument {
    /// The seed of the random number generator.
    Number(u64),
    /// A file of records.
    File(PathBuf),
}

impl FromStr for SeedArgument {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::File(text.into()), Self::Number))
    }
}

/// Credentials of a caller: `company+public:private`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxLogin {
    /// The company ID.
    pub company: String,
    /// The public key.
    pub public: String,
    /// The private key. It isn't treated as a secret, because it only grants access to a sandbox.
    pub private: String,
}

/// The reason why an argument isn't a valid login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected company+public:private")]
pub struct LoginSyntaxError;

impl Default for SandboxLogin {
    fn default() -> Self {
        Self { company: "acme".to_owned(), public: "public".to_owned(), private: "private".to_owned() }
    }
}

impl FromStr for SandboxLogin {
    type Err = LoginSyntaxError;

    fn from_str(text: &str) -> Result<Self, LoginSyntaxError> {
        let parts = text.split_once('+').and_then(|(company, keys)| {
            let (public, private) = keys.split_once(':')?;
            Some([company, public, private])
        });
        match parts {
            Some(parts) if parts.iter().all(|part| !part.is_empty()) => {
                let [company, public, private] = parts.map(str::to_owned);
                Ok(Self { company, public, private })
            }
            _ => Err(LoginSyntaxError),
        }
    }
}

impl Default for SandboxArguments {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9090)),
            tls: None,
            data: None,
            scale: None,
            seed: Vec::new(),
            keys: Vec::new(),
            faults: None,
            rules: Vec::new(),
            budget: None,
            allow_callbacks_to_anyone: false,
            allowed_hosts: Vec::new(),
            control_token: None,
        }
    }
}

impl SandboxArguments {
    /// Returns the accepted logins.
    pub fn logins(&self) -> Vec<SandboxLogin> {
        if self.keys.is_empty() { vec![SandboxLogin::default()] } else { self.keys.clone() }
    }

    /// Returns the seed of the random number generator.
    fn random_seed(&self) -> u64 {
        let number = self.seed.iter().find_map(|seed| match seed {
            SeedArgument::Number(number) => Some(*number),
            SeedArgument::File(_) => None,
        });
        number.unwrap_or(1)
    }

    /// Returns the engine settings.
    pub fn settings(&self) -> SandboxSettings {
        let keys = self.logins().into_iter().map(|login| ApiKey {
            company_id: login.company,
            public_key: login.public,
            private_key: login.private,
            ..SandboxSettings::default().keys.swap_remove(0)
        });
        SandboxSettings {
            keys: keys.collect(),
            data: self.data.clone(),
            scale: self.scale,
            records: self.seed.iter().find_map(|seed| match seed {
                SeedArgument::File(path) => Some(path.clone()),
                SeedArgument::Number(_) => None,
            }),
            seed: self.random_seed(),
            ..SandboxSettings::default()
        }
    }

    /// Returns the server settings.
    ///
    /// # Errors
    /// Returns an error if the faults file can't be read or is invalid.
    pub fn server_settings(&self) -> io::Result<MockServerSettings> {
        let mut faults = match &self.faults {
            Some(path) => {
                let with_path = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
                let text =
                    std::fs::read(path).map_err(|error| io::Error::new(error.kind(), with_path(&error)))?;
                let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, with_path(&error));
                let faults: Value = serde_json::from_slice(&text).map_err(invalid)?;
                let seeded = faults.get("seed").is_some();
                let faults: FaultSettings = serde_json::from_value(faults).map_err(invalid)?;
                if seeded { faults } else { FaultSettings { seed: self.random_seed(), ..faults } }
            }
            None => FaultSettings { seed: self.random_seed(), ..FaultSettings::default() },
        };
        faults.rules.extend(self.rules.iter().cloned());
        if self.budget.is_some() {
            faults.budget.clone_from(&self.budget);
        }
        Ok(MockServerSettings {
            listen: self.listen,
            tls: self.tls.as_deref().map(ServerCertificate::in_folder).transpose()?,
            companies: self.logins().into_iter().map(|login| login.company).collect(),
            allowed_hosts: self.allowed_hosts.clone(),
            admin_token: self.control_token.clone(),
            faults,
            callbacks: CallbackSettings {
                allow_any_address: self.allow_callbacks_to_anyone,
                ..CallbackSettings::default()
            },
            ..MockServerSettings::default()
        })
    }
}

/// Starts a sandbox and its server.
///
/// # Errors
/// Returns an error if the address can't be listened on, the data file can't be used, or a fault is invalid.
pub async fn start(arguments: &SandboxArguments) -> io::Result<MockServer> {
    start_with(arguments, arguments.server_settings()?).await
}

async fn start_with(arguments: &SandboxArguments, settings: MockServerSettings) -> io::Result<MockServer> {
    let sandbox = Sandbox::new(arguments.settings())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))?;
    let listen = settings.listen;
    serve(Arc::new(sandbox), settings)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("can't listen on {listen}: {error}")))
}

/// Runs a sandbox until Ctrl-C or a termination signal. Prints the address and the keys to stderr.
///
/// # Errors
/// Returns the same errors as [`start`].
pub async fn run(arguments: &SandboxArguments) -> io::Result<()> {
    let settings = arguments.server_settings()?;
    let certificate = settings.tls.as_ref().map(|tls| tls.certificate().to_owned());
    let server = start_with(arguments, settings).await?;
    // Signals must be handled before the message announces that the server is ready.
    let shutdown = shutdown_signal();
    eprint!("{}", startup_message(&server, &arguments.logins()));
    if let Some(certificate) = certificate {
        let file = certificate.display();
        eprintln!(
            "  to trust it: NODE_EXTRA_CA_CERTS={file}, REQUESTS_CA_BUNDLE={file}, curl --cacert {file}"
        );
    }
    shutdown.await;
    server.stop().await;
    Ok(())
}

/// Returns the startup message.
fn startup_message(server: &MockServer, logins: &[SandboxLogin]) -> String {
    let base_url = server.base_url();
    let mut text = format!("the sandbox is listening at {base_url}\n");
    for SandboxLogin { company, public, private } in logins {
        let _ =
            writeln!(text, "  company {company}, public key {public}, private key {private}, any clientId");
    }
    if let Some(SandboxLogin { company, public, private }) = logins.first() {
        let _ = writeln!(
            text,
            "  try: curl -u '{company}+{public}:{private}' -H 'clientId: test' {base_url}/service/tickets?pageSize=2"
        );
    }
    if !server.address().ip().is_loopback() {
        text.push_str("  warning: other machines on the network can reach it\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::fault_injection::FaultKind;

    #[derive(Debug, clap::Parser)]
    struct TestCli {
        #[command(flatten)]
        arguments: SandboxArguments,
    }

    fn parse(words: &[&str]) -> Result<SandboxArguments, String> {
        let words = std::iter::once(&"sandbox").chain(words);
        TestCli::try_parse_from(words).map(|command| command.arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_become_settings() {
        let arguments = parse(&[
            "--listen",
            "127.0.0.1:0",
            "--fault",
            "timeout 50% GET",
            "--budget",
            "10/5",
            "--key",
            "a+b:c+d:e",
            "--seed",
            "9",
        ]);
        let arguments = arguments.expect("flags");
        let login =
            SandboxLogin { company: "a".to_owned(), public: "b".to_owned(), private: "c+d:e".to_owned() };
        assert_eq!(arguments.logins(), [login]);
        let settings = arguments.server_settings().expect("settings");
        assert_eq!(settings.companies, ["a"]);
        assert_eq!(settings.faults.seed, 9);
        assert_eq!(settings.faults.budget, Some(RequestBudget { requests: 10, window_seconds: 5 }));
        assert_eq!(settings.faults.rules[0].fault, FaultKind::Timeout);
        assert!(!settings.callbacks.allow_any_address);
        assert!(parse(&["--key", "a:b"]).expect_err("no key").contains("company+public:private"));
        assert!(parse(&["--fault", "earthquake"]).expect_err("no fault").contains("unknown fault"));
    }

    #[test]
    fn seed_is_a_number_or_a_file() {
        let of = |words: &[&str]| {
            let settings = parse(words).expect("flags").settings();
            (settings.seed, settings.records)
        };
        assert_eq!(of(&[]), (1, None));
        assert_eq!(of(&["--seed", "7"]), (7, None));
        assert_eq!(of(&["--seed", "a.json", "--seed", "7"]), (7, Some("a.json".into())));
    }

    #[test]
    fn default_listens_on_loopback_only() {
        let arguments = parse(&[]).expect("no flags");
        assert!(arguments.listen.ip().is_loopback());
        assert_eq!(arguments.logins(), [SandboxLogin::default()]);
        let missing = parse(&["--faults", "no/such/file.json"]).expect("flags").server_settings();
        assert!(missing.expect_err("no file").to_string().contains("no/such/file.json"));
    }

    #[test]
    fn help_lists_every_fault() {
        for fault in [
            FaultKind::Latency,
            FaultKind::TooManyRequests,
            FaultKind::Timeout,
            FaultKind::ConnectionPool,
            FaultKind::BadValue,
            FaultKind::HtmlError,
            FaultKind::EmptyError,
            FaultKind::CutBefore,
            FaultKind::CutAfter,
            FaultKind::TruncatedBody,
            FaultKind::HalfBody,
            FaultKind::WrongContentType,
            FaultKind::SlowBody,
        ] {
            let name = serde_json::to_value(fault).expect("a name");
            let name = name.as_str().expect("text");
            assert!(EXAMPLES.contains(&format!(" {name}")), "{name}");
        }
    }
}
