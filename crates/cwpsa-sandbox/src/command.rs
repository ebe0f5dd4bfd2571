//! The command `sandbox`: its flags, its start-up lines, and its end. The binary of this crate is made of it,
//! and another binary can make it one of its commands.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use connectwise_psa::runtime::{Secret, Value, serde_json};

use crate::callbacks::CallbackSettings;
use crate::faults::{Budget, FaultSettings, Rule};
use crate::serve::{Server, ServerSettings, Tls, serve};
use crate::{Key, Sandbox, Settings};

/// Shown after the flags.
const EXAMPLES: &str = "\
Examples:
  cwpsa sandbox
      A tenant with seeded records, in memory, at http://127.0.0.1:9090.
  cwpsa sandbox --data tenant.db
      The same, and what is written stays across restarts.
  cwpsa sandbox --scale 100000 --seed 7
      100,000 more tickets and 50,000 more configurations, the same ones each time.
  cwpsa sandbox --budget 60/60 --fault 'html_error 5%' --fault 'cut_after x1 POST /service/tickets'
      60 requests a minute; one answer in twenty is a 502 with a page of HTML; the first ticket that is
      created is stored, but its answer is lost.
  cwpsa-sandbox --seed records.json
      With records of your own, as {\"/company/companies\": [{\"identifier\": \"Umbra\", \"name\": \"Umbra Ltd\"}]}:
      lists by the path of their collection. One with the id of a seeded record takes its place.

Faults, as --fault 'FAULT[=VALUE] [PERCENT%] [xCOUNT] [VERB] [PATH]':
  latency=MILLISECONDS         waits first
  too_many_requests[=SECONDS]  429 with Retry-After
  timeout, connection_pool     500 that is worth a retry
  bad_value                    500 that is not
  html_error[=STATUS]          502 with a page of HTML
  empty_error[=STATUS]         503 with no body
  cut_before, cut_after        no answer, before or after the request took effect
  truncated_body[=BYTES]       the connection ends within the answer
  half_body                    half an answer that seems whole
  wrong_content_type[=TYPE]    an answer that says it is text/html
  slow_body=MILLISECONDS       an answer in ten pieces over that time
In a path, * stands for a part of a segment and ** for anything. A file (--faults) can say more, such as
\"after_effect\": true for an error whose request was carried out all the same; so can /_sandbox/faults while it
runs: GET, PUT, POST (one rule), DELETE.";

/// The flags.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9090")]
    pub listen: SocketAddr,
    /// Speaks HTTPS, with the certificate of this folder (cert.pem, key.pem); made there if it isn't.
    #[arg(long, value_name = "FOLDER")]
    pub tls: Option<PathBuf>,
    /// A file to keep the records in; without it they are gone when the sandbox ends.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Makes the tenant large: so many more tickets, and half as many configurations.
    #[arg(long, value_name = "TICKETS")]
    pub scale: Option<u32>,
    /// A number: where random records and random faults start; the same one gives the same ones. Or a JSON file of records
    /// that are there beside the seeded ones, see below. Both can be given.
    #[arg(long, value_name = "NUMBER | FILE")]
    pub seed: Vec<Seed>,
    /// Keys to take in the place of acme+public:private; can be given several times.
    #[arg(long = "key", value_name = "COMPANY+PUBLIC:PRIVATE")]
    pub keys: Vec<Login>,
    /// A JSON file of faults.
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// One fault, see below; can be given several times.
    #[arg(long = "fault", value_name = "RULE")]
    pub rules: Vec<Rule>,
    /// A request budget; beyond it the answer is 429.
    #[arg(long, value_name = "REQUESTS/SECONDS")]
    pub budget: Option<Budget>,
    /// Sends callbacks to any address, and not to this machine alone.
    #[arg(long)]
    pub allow_callbacks_to_anyone: bool,
    /// Lets callers from elsewhere use /_sandbox with this token in the header x-sandbox-token.
    #[arg(long, value_name = "TOKEN")]
    pub control_token: Option<Secret>,
}

/// What a tenant starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seed {
    /// Where what is random starts.
    Number(u64),
    /// Records.
    File(PathBuf),
}

impl FromStr for Seed {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::File(text.into()), Self::Number))
    }
}

/// What a caller logs in with: `company+public:private`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The company id.
    pub company: String,
    /// The public key.
    pub public: String,
    /// The private key. It opens a sandbox, so it is no secret.
    pub private: String,
}

impl Default for Login {
    fn default() -> Self {
        Self { company: "acme".to_owned(), public: "public".to_owned(), private: "private".to_owned() }
    }
}

impl FromStr for Login {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('+').and_then(|(company, keys)| {
            let (public, private) = keys.split_once(':')?;
            Some([company, public, private])
        });
        match parts {
            Some(parts) if parts.iter().all(|part| !part.is_empty()) => {
                let [company, public, private] = parts.map(str::to_owned);
                Ok(Self { company, public, private })
            }
            _ => Err("write company+public:private".to_owned()),
        }
    }
}

impl Default for Arguments {
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
            control_token: None,
        }
    }
}

impl Arguments {
    /// The keys to take.
    pub fn logins(&self) -> Vec<Login> {
        if self.keys.is_empty() { vec![Login::default()] } else { self.keys.clone() }
    }

    /// Where what is random starts.
    fn number(&self) -> u64 {
        let number = self.seed.iter().find_map(|seed| match seed {
            Seed::Number(number) => Some(*number),
            Seed::File(_) => None,
        });
        number.unwrap_or(1)
    }

    /// What the engine is started with.
    pub fn settings(&self) -> Settings {
        let keys = self.logins().into_iter().map(|login| Key {
            company_id: login.company,
            public_key: login.public,
            private_key: login.private,
            ..Settings::default().keys.swap_remove(0)
        });
        Settings {
            keys: keys.collect(),
            data: self.data.clone(),
            scale: self.scale,
            records: self.seed.iter().find_map(|seed| match seed {
                Seed::File(path) => Some(path.clone()),
                Seed::Number(_) => None,
            }),
            seed: self.number(),
            ..Settings::default()
        }
    }

    /// What the server is started with.
    ///
    /// # Errors
    /// The file of faults can't be read or says something that can't be.
    pub fn server_settings(&self) -> io::Result<ServerSettings> {
        let mut faults = match &self.faults {
            Some(path) => {
                let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
                let text = std::fs::read(path).map_err(|error| io::Error::new(error.kind(), told(&error)))?;
                let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, told(&error));
                let faults: Value = serde_json::from_slice(&text).map_err(invalid)?;
                let seeded = faults.get("seed").is_some();
                let faults: FaultSettings = serde_json::from_value(faults).map_err(invalid)?;
                if seeded { faults } else { FaultSettings { seed: self.number(), ..faults } }
            }
            None => FaultSettings { seed: self.number(), ..FaultSettings::default() },
        };
        faults.rules.extend(self.rules.iter().cloned());
        if self.budget.is_some() {
            faults.budget.clone_from(&self.budget);
        }
        Ok(ServerSettings {
            listen: self.listen,
            tls: self.tls.as_deref().map(Tls::in_folder).transpose()?,
            companies: self.logins().into_iter().map(|login| login.company).collect(),
            control_token: self.control_token.clone(),
            faults,
            callbacks: CallbackSettings {
                to_anyone: self.allow_callbacks_to_anyone,
                ..CallbackSettings::default()
            },
            ..ServerSettings::default()
        })
    }
}

/// Starts a sandbox and serves it.
///
/// # Errors
/// The address can't be listened at, the data file can't be used, or the faults make no sense.
pub async fn start(arguments: &Arguments) -> io::Result<Server> {
    start_with(arguments, arguments.server_settings()?).await
}

async fn start_with(arguments: &Arguments, settings: ServerSettings) -> io::Result<Server> {
    let sandbox = Sandbox::new(arguments.settings())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))?;
    let listen = settings.listen;
    serve(Arc::new(sandbox), settings)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("can't serve at {listen}: {error}")))
}

/// Serves a sandbox until the process is told to end, by Ctrl-C or a signal. Says on standard error where it
/// listens and which keys it takes.
///
/// # Errors
/// As [`start`].
pub async fn run(arguments: &Arguments) -> io::Result<()> {
    let settings = arguments.server_settings()?;
    let certificate = settings.tls.as_ref().map(|tls| tls.certificate().to_owned());
    let server = start_with(arguments, settings).await?;
    eprint!("{}", greeting(&server, &arguments.logins()));
    if let Some(certificate) = certificate {
        let file = certificate.display();
        eprintln!(
            "  to trust it: NODE_EXTRA_CA_CERTS={file}, REQUESTS_CA_BUNDLE={file}, curl --cacert {file}"
        );
    }
    ended().await?;
    server.stop().await;
    Ok(())
}

/// The start-up lines.
fn greeting(server: &Server, logins: &[Login]) -> String {
    let root = server.root();
    let mut text = format!("the sandbox listens at {root}\n");
    for Login { company, public, private } in logins {
        let _ =
            writeln!(text, "  company {company}, public key {public}, private key {private}, any clientId");
    }
    if let Some(Login { company, public, private }) = logins.first() {
        let _ = writeln!(
            text,
            "  try: curl -u '{company}+{public}:{private}' -H 'clientId: test' {root}/service/tickets?pageSize=2"
        );
    }
    if !server.address().ip().is_loopback() {
        text.push_str("  warning: others in the network can reach it\n");
    }
    text
}

#[cfg(unix)]
async fn ended() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn ended() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::faults::Fault;

    #[derive(Debug, clap::Parser)]
    struct Command {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn parse(words: &[&str]) -> Result<Arguments, String> {
        let words = std::iter::once(&"sandbox").chain(words);
        Command::try_parse_from(words).map(|command| command.arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn flags_become_settings() {
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
        let login = Login { company: "a".to_owned(), public: "b".to_owned(), private: "c+d:e".to_owned() };
        assert_eq!(arguments.logins(), [login]);
        let settings = arguments.server_settings().expect("settings");
        assert_eq!(settings.companies, ["a"]);
        assert_eq!(settings.faults.seed, 9);
        assert_eq!(settings.faults.budget, Some(Budget { requests: 10, window_seconds: 5 }));
        assert_eq!(settings.faults.rules[0].fault, Fault::Timeout);
        assert!(!settings.callbacks.to_anyone);
        assert!(parse(&["--key", "a:b"]).expect_err("no key").contains("company+public:private"));
        assert!(parse(&["--fault", "earthquake"]).expect_err("no fault").contains("there is no fault"));
    }

    #[test]
    fn a_seed_is_a_number_or_a_file() {
        let of = |words: &[&str]| {
            let settings = parse(words).expect("flags").settings();
            (settings.seed, settings.records)
        };
        assert_eq!(of(&[]), (1, None));
        assert_eq!(of(&["--seed", "7"]), (7, None));
        assert_eq!(of(&["--seed", "a.json", "--seed", "7"]), (7, Some("a.json".into())));
    }

    #[test]
    fn the_default_listens_to_this_machine_alone() {
        let arguments = parse(&[]).expect("no flags");
        assert!(arguments.listen.ip().is_loopback());
        assert_eq!(arguments.logins(), [Login::default()]);
        let missing = parse(&["--faults", "no/such/file.json"]).expect("flags").server_settings();
        assert!(missing.expect_err("no file").to_string().contains("no/such/file.json"));
    }

    #[test]
    fn the_help_names_every_fault() {
        for fault in [
            Fault::Latency,
            Fault::TooManyRequests,
            Fault::Timeout,
            Fault::ConnectionPool,
            Fault::BadValue,
            Fault::HtmlError,
            Fault::EmptyError,
            Fault::CutBefore,
            Fault::CutAfter,
            Fault::TruncatedBody,
            Fault::HalfBody,
            Fault::WrongContentType,
            Fault::SlowBody,
        ] {
            let name = serde_json::to_value(fault).expect("a name");
            let name = name.as_str().expect("text");
            assert!(EXAMPLES.contains(&format!(" {name}")), "{name}");
        }
    }
}
