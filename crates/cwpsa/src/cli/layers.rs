//! Collects settings from flags and `CWPSA_*` environment variables.

use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::settings::SettingsLayer;

/// The kinds of values that command-line settings have.
#[derive(Clone, Copy)]
enum FlagKind {
    /// A single value.
    Value,
    /// Comma-separated values.
    List,
    /// Values that may contain commas.
    Repeated,
    /// A flag without a value.
    Switch,
}

/// The arguments that are settings. Their IDs are the settings keys.
const SETTINGS: &[(&str, FlagKind)] = &[
    ("sandbox", FlagKind::Switch),
    ("sandbox_fault", FlagKind::Repeated),
    ("sandbox_budget", FlagKind::Value),
    ("account", FlagKind::Value),
    ("base_url", FlagKind::Value),
    ("region", FlagKind::Value),
    ("company_id", FlagKind::Value),
    ("public_key", FlagKind::Value),
    ("private_key_file", FlagKind::Value),
    ("listen", FlagKind::Value),
    ("state", FlagKind::Value),
    ("allow_host", FlagKind::List),
    ("audit", FlagKind::Value),
    ("approve", FlagKind::List),
    ("custom_fields", FlagKind::Value),
    ("max_rows", FlagKind::Value),
    ("max_bytes", FlagKind::Value),
    ("upstream_timeout", FlagKind::Value),
    ("host_arguments", FlagKind::List),
    ("grace", FlagKind::Value),
    ("webhook_command", FlagKind::Value),
    ("webhook_post", FlagKind::Value),
    ("webhook_secret_file", FlagKind::Value),
    ("webhook_mcp", FlagKind::Switch),
];

/// Returns the settings from a command's flags, and those from variables.
pub(super) fn settings_layers(matches: &ArgMatches) -> (SettingsLayer, SettingsLayer) {
    let (mut flags, mut variables) = (SettingsLayer::default(), SettingsLayer::default());
    for (key, kind) in SETTINGS {
        // Most commands have only some of the settings.
        if matches.try_contains_id(key).is_err() {
            continue;
        }
        let (layer, origin) = match matches.value_source(key) {
            Some(ValueSource::CommandLine) => (&mut flags, format!("--{}", key.replace('_', "-"))),
            Some(ValueSource::EnvVariable) => (&mut variables, format!("CWPSA_{}", key.to_uppercase())),
            _ => continue,
        };
        let raw = matches.get_raw(key).into_iter().flatten().map(|value| value.to_string_lossy());
        let texts: Vec<String> = raw.map(std::borrow::Cow::into_owned).collect();
        match kind {
            FlagKind::Switch => layer.insert(key, &origin, matches.get_flag(key)),
            FlagKind::Repeated => layer.insert(key, &origin, texts),
            FlagKind::Value => layer.insert(key, &origin, texts.concat()),
            FlagKind::List => {
                let items = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
                let items: Vec<&str> = items.filter(|item| !item.is_empty()).collect();
                layer.insert(key, &origin, items);
            }
        }
    }
    (flags, variables)
}
