//! The environment variables of the process, captured once at startup.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// A snapshot of the environment variables.
///
/// `main` captures it and passes it on, so the meaning of a variable is determined in one place, and tests can set
/// variables without changing the process's own.
#[derive(Clone, Default)]
pub struct Environment(HashMap<String, OsString>);

impl std::fmt::Debug for Environment {
    // Values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Environment").field(&self.0.len()).finish()
    }
}

impl Environment {
    /// Captures the process's variables.
    pub fn from_process() -> Self {
        let variables = std::env::vars_os();
        Self(variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect())
    }

    /// Returns a variable if it is set, nonempty and valid Unicode. Containers set variables to the empty string if
    /// they are left blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| value.to_str()).filter(|value| !value.is_empty())
    }

    /// Returns the path of the default settings file.
    pub fn default_config_path(&self) -> Option<PathBuf> {
        let path = |name: &str| self.0.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let config = path("XDG_CONFIG_HOME").or_else(|| {
            let home = path("HOME").or_else(|| path("USERPROFILE"));
            home.map(|home| home.join(".config"))
        })?;
        Some(config.join("cwpsa/config.toml"))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }
}
