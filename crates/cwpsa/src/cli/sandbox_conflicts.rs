//! Resolves conflicts between the sandbox and account settings.
//!
//! `--sandbox` on the command line takes precedence over environment variables, so users who have account credentials
//! in their environment can still try the sandbox. `--sandbox` together with a flag that selects an account is an
//! error. So is `CWPSA_SANDBOX` together with any account settings, because `CWPSA_SANDBOX` guarantees that the real
//! API is never contacted.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// The arguments that select an account: ID, flag and variable.
const NAMES: [(&str, &str, &str); 3] = [
    ("account", "--account", "CWPSA_ACCOUNT"),
    ("base_url", "--base-url", "CWPSA_BASE_URL"),
    ("region", "--region", "CWPSA_REGION"),
];

/// The variables that select an account and that `--sandbox` overrides. It doesn't parse any argument itself, but must
/// be parsed before the arguments that it inspects are removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoredVariables(Vec<&'static str>);

impl IgnoredVariables {
    /// Logs the variables.
    pub fn log(&self) {
        if !self.0.is_empty() {
            tracing::info!("--sandbox overrides the account in the environment ({})", self.0.join(", "));
        }
    }
}

impl FromArgMatches for IgnoredVariables {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        if !matches.get_flag("sandbox") {
            return Ok(Self::default());
        }
        let by_flag = matches.value_source("sandbox") == Some(ValueSource::CommandLine);
        let sandbox = if by_flag { "--sandbox" } else { "CWPSA_SANDBOX" };
        let mut unused = Vec::new();
        for (id, flag, variable) in NAMES {
            let other = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => flag,
                Some(ValueSource::EnvVariable) if by_flag => {
                    unused.push(variable);
                    continue;
                }
                Some(ValueSource::EnvVariable) => variable,
                _ => continue,
            };
            let message =
                format!("{sandbox} can't be used with {other}: use either the sandbox or an account");
            return Err(Error::raw(ErrorKind::ArgumentConflict, message + "\n"));
        }
        Ok(Self(unused))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for IgnoredVariables {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}
