//! An account's webhook settings, from the `webhooks` table in the settings file, or from flags if there is only one
//! account.
//!
//! ```toml
//! [accounts.acme.webhooks]
//! command = ["/usr/local/bin/on-event", "--quiet"]  # JSON on stdin, no shell
//! post = "https://agent.example.com/events"         # signed, see standardwebhooks.com
//! secret_env = "ACME_EVENTS_SECRET"                 # or secret_file, or secret; required for post
//! mcp = true                                        # notifies subscribers of cwpsa://events
//! ```

use std::time::Duration;

use connectwise_callbacks::is_loopback;
use connectwise_psa::runtime::Secret;
use url::Url;

use super::signature::Signer;
use super::table::WebhookTable;
use crate::error::CliError;
use crate::secret_source::{self, SecretLocations};
use crate::settings::Settings;

/// The variable with the secret for signing posted events.
const SECRET: &str = "CWPSA_WEBHOOK_SECRET";

/// The sinks for one account's events.
#[derive(Clone)]
pub struct WebhookPlan {
    /// The program and its arguments; empty if not set.
    pub command: Vec<String>,
    /// The URL to which events are posted, and the signer.
    pub post: Option<(Url, Signer)>,
    /// True if MCP sessions are notified.
    pub mcp: bool,
    /// Additional signing key hosts.
    pub key_hosts: Vec<String>,
    /// Timeout for a single attempt.
    pub timeout: Duration,
    /// The delay after the first failure.
    pub retry: Duration,
    /// Maximum number of attempts.
    pub attempts: u32,
    /// The time between scans for unreported changes; `None` if there are no scans.
    pub recovery_interval: Option<Duration>,
}

impl WebhookPlan {
    /// Combines flags with an account's table. Returns `None` if no sink is set.
    ///
    /// # Errors
    /// Returns an error if a setting is invalid.
    pub fn new(settings: &Settings, table: Option<&WebhookTable>) -> Result<Option<Self>, CliError> {
        let empty = WebhookTable::default();
        let told = table.is_some();
        let table = table.unwrap_or(&empty);
        let command = match &settings.values.webhook_command {
            None => table.command.clone(),
            Some(text) if text.trim_start().starts_with('[') => serde_json::from_str(text).map_err(|_| {
                usage("--webhook-command: expected a program, or a JSON array of strings such as [\"python3\", \"on_event.py\"]")
            })?,
            Some(program) => vec![program.clone()],
        };
        if command.first().is_some_and(String::is_empty) {
            return Err(usage("the webhook command has an empty program name"));
        }
        let post = match settings.values.webhook_post.as_ref().or(table.post.as_ref()) {
            None => None,
            Some(url) => Some((address(url, table.allow_plain_http)?, signer(settings, table)?)),
        };
        let mcp = settings.values.webhook_mcp || table.mcp;
        if command.is_empty() && post.is_none() && !mcp {
            return match told {
                true => Err(usage("webhooks in the settings file require `command`, `post` or `mcp = true`")),
                false => Ok(None),
            };
        }
        let seconds =
            |given: Option<u32>, usual: u32| Duration::from_secs(given.unwrap_or(usual).max(1).into());
        Ok(Some(Self {
            command,
            post,
            mcp,
            key_hosts: table.key_hosts.clone(),
            timeout: seconds(table.timeout_seconds, 30),
            retry: seconds(table.retry_seconds, 5),
            attempts: table.attempts.unwrap_or(15).max(1),
            recovery_interval: match table.recovery_seconds {
                Some(0) => None,
                given => Some(seconds(given, 600)),
            },
        }))
    }
}

fn usage(text: &str) -> CliError {
    CliError::Usage(text.to_owned())
}

fn address(text: &str, allow_plain_http: bool) -> Result<Url, CliError> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.ok_or_else(|| usage("the webhook URL must be an https URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(usage("the webhook URL must not contain credentials"));
    }
    if url.scheme() == "http" && !is_loopback(&url) && !allow_plain_http {
        return Err(usage(
            "the webhook URL uses unencrypted http: use https, or set `allow_plain_http = true` in the settings file",
        ));
    }
    Ok(url)
}

fn signer(settings: &Settings, table: &WebhookTable) -> Result<Signer, CliError> {
    let kept = SecretLocations {
        inline: table.secret.as_deref(),
        variable: table.secret_env.as_deref(),
        file: table.secret_file.as_deref(),
        command: &[],
    };
    // The variable doesn't override the secret in an account's own table, because it may belong to another account.
    let variable =
        if kept.inline.is_none() && kept.variable.is_none() && kept.file.is_none() { SECRET } else { "" };
    let secret = secret_source::find(
        &settings.environment,
        variable,
        settings.values.webhook_secret_file.as_deref(),
        kept,
    )?.ok_or_else(|| {
        usage(
            "no signing secret for posted events: set CWPSA_WEBHOOK_SECRET, or secret_env or secret_file in the \
             settings file; generate one with: echo whsec_$(openssl rand -base64 32)",
        )
    })?;
    Signer::new(&Secret::from(secret)).map_err(CliError::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> WebhookTable {
        toml::from_str(text).unwrap()
    }

    fn with_command(command: &str) -> Settings {
        let mut settings = Settings::default();
        settings.values.webhook_command = Some(command.to_owned());
        settings
    }

    fn refused(flags: &Settings, text: &str) -> String {
        match WebhookPlan::new(flags, Some(&table(text))) {
            Err(CliError::Usage(text)) => text,
            _ => panic!("not refused: {text}"),
        }
    }

    #[test]
    fn tables_and_flags_become_plans() {
        assert!(WebhookPlan::new(&Settings::default(), None).unwrap().is_none());
        let plan = table("command = [\"on-event\", \"-q\"]\nmcp = true\ntimeout_seconds = 7\nattempts = 0");
        let plan = WebhookPlan::new(&Settings::default(), Some(&plan)).unwrap().unwrap();
        assert_eq!(
            (plan.command, plan.mcp, plan.post.is_some()),
            (vec!["on-event".into(), "-q".into()], true, false)
        );
        assert_eq!((plan.timeout, plan.attempts), (Duration::from_secs(7), 1));
        assert_eq!(plan.recovery_interval, Some(Duration::from_secs(600)));
        let plan = WebhookPlan::new(&Settings::default(), Some(&table("mcp = true\nrecovery_seconds = 0")));
        assert_eq!(plan.unwrap().unwrap().recovery_interval, None);
        let flags = with_command;
        let command = |text: &str| WebhookPlan::new(&flags(text), None).unwrap().unwrap().command;
        assert_eq!(command("/opt/my programs/on event"), ["/opt/my programs/on event"]);
        assert_eq!(command(r#"["sh", "-c", "cat"]"#), ["sh", "-c", "cat"]);
        let plan =
            table("post = \"http://127.0.0.1:9/x\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"");
        let plan = WebhookPlan::new(&Settings::default(), Some(&plan)).unwrap().unwrap();
        assert_eq!(plan.post.unwrap().0.as_str(), "http://127.0.0.1:9/x");
    }

    #[test]
    fn invalid_settings_are_reported() {
        let none = Settings::default();
        let secret = "secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"";
        assert!(refused(&none, "").contains("require `command`, `post` or `mcp = true`"));
        assert!(refused(&none, "post = \"https://a.example/x\"").contains("CWPSA_WEBHOOK_SECRET"));
        let weak = refused(&none, "post = \"https://a.example/x\"\nsecret = \"hush-hush\"");
        assert!(weak.contains("whsec_") && !weak.contains("hush"), "{weak}");
        assert!(
            refused(&none, &format!("post = \"http://a.example/x\"\n{secret}")).contains("unencrypted http")
        );
        assert!(refused(&none, &format!("post = \"ftp://a.example/x\"\n{secret}")).contains("https URL"));
        assert!(
            refused(&none, &format!("post = \"https://u:p@a.example/x\"\n{secret}")).contains("credentials")
        );
        assert!(refused(&none, "command = [\"\"]").contains("program"));
        let broken = with_command("[\"sh\", 1]");
        assert!(refused(&broken, "").contains("JSON array"));
        assert!(toml::from_str::<WebhookTable>("comand = [\"x\"]").is_err());
    }
}
