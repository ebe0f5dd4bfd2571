//! The parsed command line of the process, and the settings that apply to it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::FromArgMatches;

use super::args::Cli;
use super::layers::settings_layers;
use crate::environment::Environment;
use crate::settings::SettingsLoader;

/// The parsed command line, and the loader for the settings specified by it and the environment.
#[derive(Debug)]
pub struct Invocation {
    /// The command and its arguments.
    pub arguments: Cli,
    /// The settings loader.
    pub settings: SettingsLoader,
}

impl Invocation {
    /// Parses the process's command line. Exits if it requests help or is invalid.
    pub fn from_process() -> Self {
        Self::try_parse_from(std::env::args_os(), Environment::from_process())
            .unwrap_or_else(|error| error.exit())
    }

    /// Parses a command line.
    ///
    /// # Errors
    /// Returns an error if it is invalid, or if it requests help.
    pub fn try_parse_from<T: Into<OsString> + Clone>(
        line: impl IntoIterator<Item = T>,
        environment: Environment,
    ) -> Result<Self, clap::Error> {
        let mut command = Cli::command_in(&environment);
        let matches = command.try_get_matches_from_mut(line)?;
        let arguments = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        let mut settings = SettingsLoader { environment, ..SettingsLoader::default() };
        if let Some((_, matches)) = matches.subcommand() {
            (settings.flags, settings.variables) = settings_layers(matches);
            settings.config = matches.try_get_one::<PathBuf>("config").ok().flatten().cloned();
        }
        Ok(Self { arguments, settings })
    }
}
