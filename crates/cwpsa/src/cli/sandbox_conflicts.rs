//! Whether the sandbox or an account is meant, where both are named. `--sandbox` on the command line counts for more than
//! variables, so that whoever has an account in the environment can try the sandbox; beside a flag that names an
//! account it is a contradiction, and so is `CWPSA_SANDBOX` beside any: whoever set it wants no account reached.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// What names an account: the argument's id, its flag and its variable.
const NAMES: [(&str, &str, &str); 3] = [
    ("account", "--account", "CWPSA_ACCOUNT"),
    ("base_url", "--base-url", "CWPSA_BASE_URL"),
    ("region", "--region", "CWPSA_REGION"),
];

/// The variables that name an account and are not used, as the sandbox is. It is no argument of its own, but has to be
/// read before the arguments that it looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoredVariables(Vec<&'static str>);

impl IgnoredVariables {
    /// Logs them.
    pub fn log(&self) {
        if !self.0.is_empty() {
            tracing::info!(
                "--sandbox is used, and not the account of the environment ({})",
                self.0.join(", ")
            );
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
                format!("{sandbox} cannot be used with {other}: one is the sandbox, the other an account");
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
