//! Reads and merges the settings.

use std::path::{Path, PathBuf};

use super::account::AccountTable;
use super::error::SettingsError;
use super::layers::{SettingsLayer, merge};
use super::values::SettingValues;
use crate::environment::Environment;
use crate::secret_source;

/// The process's settings.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The merged values from flags, variables and the settings file.
    pub values: SettingValues,
    /// The variables, from which secrets are resolved when they are needed.
    pub environment: Environment,
}

impl Settings {
    /// Returns the same settings for another account.
    #[must_use]
    pub fn with_account(&self, account: Option<String>) -> Self {
        let mut settings = self.clone();
        settings.values.account = account;
        settings
    }
}

/// Loads settings, and reloads them when the settings file has changed.
#[derive(Clone, Debug, Default)]
pub struct SettingsLoader {
    /// The values set by flags.
    pub flags: SettingsLayer,
    /// The values set by `CWPSA_*` variables.
    pub variables: SettingsLayer,
    /// The settings file. If not set, the default file is read if it exists.
    pub config: Option<PathBuf>,
    /// The process's variables.
    pub environment: Environment,
}

impl SettingsLoader {
    /// Loads the settings.
    ///
    /// # Errors
    /// Returns an error if the file can't be read or a value is invalid. The error names the flag, the variable, or the
    /// file and its key, and what was expected.
    pub fn load(&self) -> Result<Settings, SettingsError> {
        self.flags.check_without_passwords()?;
        let default = || self.environment.default_config_path().filter(|path| path.exists());
        let file = match self.config.clone().or_else(default) {
            Some(path) => read(&path)?,
            None => SettingsLayer::default(),
        };
        let values = merge(&[file, self.variables.clone(), self.flags.clone()])?;
        Ok(Settings { values, environment: self.environment.clone() })
    }
}

fn read(path: &Path) -> Result<SettingsLayer, SettingsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SettingsError::Read { path: path.to_owned(), source })?;
    // The layers know the values' keys but not their lines.
    let values: SettingValues = toml::from_str(&text).map_err(|error| malformed(path, &text, &error))?;
    if values.accounts.values().any(AccountTable::contains_secrets) {
        secret_source::warn_if_exposed(path);
    }
    let table = toml::from_str(&text).map_err(|error| malformed(path, &text, &error))?;
    Ok(SettingsLayer::from_toml(&path.display().to_string(), table))
}

/// The parser's message shows the line with its value, which may be a secret, so only the line number is passed on.
fn malformed(path: &Path, text: &str, error: &toml::de::Error) -> SettingsError {
    // The end of a file is on its last line.
    let last = text.lines().count().max(1);
    let line = error.span().map_or(1, |span| (text[..span.start].matches('\n').count() + 1).min(last));
    let message = match error.message() {
        message if message.starts_with("invalid type") => "the value has the wrong type",
        message => message,
    };
    SettingsError::Malformed { path: path.to_owned(), line, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn load(file: &str, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<SettingValues, String> {
        let mut config = tempfile::NamedTempFile::new().unwrap();
        config.write_all(file.as_bytes()).unwrap();
        let mut loader =
            SettingsLoader { config: Some(config.path().to_owned()), ..SettingsLoader::default() };
        for (key, value) in variables {
            loader.variables.insert(key, &format!("CWPSA_{}", key.to_uppercase()), *value);
        }
        for (key, value) in flags {
            loader.flags.insert(key, &format!("--{}", key.replace('_', "-")), *value);
        }
        loader
            .load()
            .map(|settings| settings.values)
            .map_err(|error| error.to_string().replace(&config.path().display().to_string(), "config.toml"))
    }

    #[test]
    fn flags_take_precedence_over_variables_and_those_over_the_file() {
        let file = "max_rows = 1\nmax_bytes = 2\ngrace = 3\n[accounts.Acme]\ncompany_id = \"a\"\n";
        let values = load(file, &[("max_bytes", "20"), ("grace", "30")], &[("grace", "300")]).unwrap();
        assert_eq!((values.max_rows, values.max_bytes, values.grace), (1, Some(20), 300));
        assert_eq!(values.accounts["Acme"].company_id.as_deref(), Some("a"));
        assert_eq!(load("", &[], &[]).unwrap().max_rows, SettingValues::default().max_rows);
    }

    #[test]
    fn errors_name_the_source_and_what_was_expected() {
        for (file, variables, flags, error) in [
            ("", &[][..], &[("max_rows", "x")][..], "--max-rows: expected an integer, got \"x\""),
            ("", &[("grace", "soon")], &[], "CWPSA_GRACE: expected an integer, got \"soon\""),
            (
                "",
                &[("custom_fields", "maybe")],
                &[],
                "CWPSA_CUSTOM_FIELDS: expected true or false, got \"maybe\"",
            ),
            ("\ngrace = \"soon\"", &[], &[], "config.toml, line 2: the value has the wrong type"),
            ("[accounts.a\n", &[], &[], "config.toml, line 1: "),
        ] {
            let message = load(file, variables, flags).unwrap_err();
            assert!(message.starts_with(error), "{message}");
        }
        let message = load("", &[], &[("listen", "here")]).unwrap_err();
        assert!(message.starts_with("--listen: "), "{message}");
        let message = load("[tools]\nmodul = []\n", &[], &[]).unwrap_err();
        assert!(message.contains("line 2") && message.contains("modul"), "{message}");
    }

    #[test]
    fn passwords_in_flags_are_rejected() {
        let url = "redis://ada:hush@127.0.0.1:6379/0";
        let message = load("", &[], &[("state", url)]).unwrap_err();
        assert!(message.starts_with("--state: ") && message.contains("CWPSA_STATE"), "{message}");
        assert!(!message.contains("hush"), "{message}");
        assert!(load("", &[("state", url)], &[]).is_ok());
        assert!(load("", &[], &[("state", "redis://127.0.0.1:6379/0")]).is_ok());
    }

    #[test]
    fn errors_do_not_contain_secrets_from_the_file() {
        let message = load("[accounts.a]\nprivate_key = [\"hush\"]\n", &[], &[]).unwrap_err();
        assert!(message.contains("line 2") && !message.contains("hush"), "{message}");
    }
}
