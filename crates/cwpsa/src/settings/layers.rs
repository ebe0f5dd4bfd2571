//! The sources of settings, which are merged in order of precedence.

use config::{Config, ConfigError, Map, Source, Value, ValueKind};
use url::Url;

use super::error::SettingsError;

/// The values from one source, such as the flags. Each value includes its origin.
#[derive(Clone, Debug, Default)]
pub struct SettingsLayer(Map<String, Value>);

impl SettingsLayer {
    /// Adds a setting's value. `origin` is the flag or variable that contains it.
    pub fn insert(&mut self, key: &str, origin: &str, value: impl Into<ValueKind>) {
        let origin = origin.to_owned();
        self.0.insert(key.to_owned(), Value::new(Some(&origin), value));
    }

    /// Returns true if the source has a value for the setting.
    pub fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Checks that no value is a URL with a password, because other users on the machine can see a process's
    /// flags.
    ///
    /// # Errors
    /// Returns an error if there is one. The error doesn't contain it.
    pub(super) fn check_without_passwords(&self) -> Result<(), SettingsError> {
        for (key, value) in &self.0 {
            let ValueKind::String(text) = &value.kind else { continue };
            if Url::parse(text).is_ok_and(|url| url.password().is_some()) {
                let origin = value.origin().unwrap_or(key).to_owned();
                let problem = format!(
                    "other users on this machine can see the password; set CWPSA_{} or the settings file instead",
                    key.to_uppercase()
                );
                return Err(SettingsError::Invalid { origin, problem });
            }
        }
        Ok(())
    }

    /// Creates a layer from the values in a parsed settings file.
    pub(super) fn from_toml(origin: &str, table: toml::Table) -> Self {
        let origin = origin.to_owned();
        Self(table.into_iter().map(|(key, value)| (key, from_toml(&origin, value))).collect())
    }
}

impl Source for SettingsLayer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

fn from_toml(origin: &String, value: toml::Value) -> Value {
    let kind = match value {
        toml::Value::String(text) => ValueKind::String(text),
        toml::Value::Integer(number) => ValueKind::I64(number),
        toml::Value::Float(number) => ValueKind::Float(number),
        toml::Value::Boolean(flag) => ValueKind::Boolean(flag),
        toml::Value::Datetime(time) => ValueKind::String(time.to_string()),
        toml::Value::Array(items) => {
            ValueKind::Array(items.into_iter().map(|item| from_toml(origin, item)).collect())
        }
        toml::Value::Table(table) => {
            ValueKind::Table(table.into_iter().map(|(key, value)| (key, from_toml(origin, value))).collect())
        }
    };
    Value::new(Some(origin), kind)
}

/// Merges layers, with later ones taking precedence, and deserializes them as `T`.
///
/// # Errors
/// Returns an error if a value has the wrong type. The error names the value's source.
pub(super) fn merge<T: serde::de::DeserializeOwned>(layers: &[SettingsLayer]) -> Result<T, SettingsError> {
    let mut builder = Config::builder();
    for layer in layers {
        builder = builder.add_source(layer.clone());
    }
    let config = builder.build().map_err(|error| describe(None, &error))?;
    let merged = config.clone();
    config.try_deserialize().map_err(|error| describe(Some(&merged), &error))
}

fn describe(config: Option<&Config>, error: &ConfigError) -> SettingsError {
    let (origin, key, problem) = match error {
        ConfigError::Type { origin, unexpected, expected, key } => {
            let found = unexpected.to_string();
            let problem = format!("expected {}, got {}", plain_type(expected), plain_value(&found));
            (origin.clone(), key.as_deref(), problem)
        }
        ConfigError::At { error, origin, key } => (origin.clone(), key.as_deref(), error.to_string()),
        other => (None, None, other.to_string()),
    };
    let origin = origin.or_else(|| origin_of(&config?.collect().ok()?, key?));
    // Flags and variables are named after their setting; for a file, the key is added.
    let origin = match (origin, key) {
        (Some(origin), Some(key)) if !origin.starts_with("--") && !origin.starts_with("CWPSA_") => {
            format!("{origin}: {key}")
        }
        (Some(origin), _) => origin,
        (None, key) => key.unwrap_or("settings").to_owned(),
    };
    SettingsError::Invalid { origin, problem }
}

/// Returns the source of a top-level setting.
fn origin_of(merged: &Map<String, Value>, key: &str) -> Option<String> {
    merged.get(key.split(['.', '[']).next()?)?.origin().map(str::to_owned)
}

/// Returns a plain name for the library's name of a type.
fn plain_type(expected: &str) -> &str {
    if expected.contains("integer") {
        "an integer"
    } else if expected.contains("bool") {
        "true or false"
    } else {
        expected
    }
}

/// Returns a plain form of the library's description of a value, such as `string "x"`.
fn plain_value(found: &str) -> &str {
    let value =
        found.strip_prefix("string ").or_else(|| Some(found.split_once('`')?.1.trim_end_matches('`')));
    value.unwrap_or(found)
}
