//! Writes the program that calls a generated crate's tools.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use toolcrate_codegen::config::{self, Profile, SecuritySchemeConfig};

const PROGRAM: &str = include_str!("../../corpus/driver.rs");

/// Writes the `driver` package into a spec's folder, next to the generated crate.
pub(super) fn write(folder: &Path, name: &str) -> anyhow::Result<()> {
    let profile: Profile = config::read_yaml(&folder.join("toolcrate.yaml"))?;
    let lock = fs::read_to_string(folder.join(&profile.lock))?;
    let models = exported_models(&folder.join("crate/src"))?;
    let credentials: Vec<String> = profile
        .auth
        .fields
        .keys()
        .map(|field| format!("{field}: {}.into()", credential(&profile, field)))
        .collect();
    let program = PROGRAM
        .replace("CREDENTIALS", &format!("Credentials {{ {} }}", credentials.join(", ")))
        .replace("        MODELS\n", &arms(&lock, &models));
    let manifest = format!(
        "[package]\nname = \"driver-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\ngenerated = {{ package = \"{}\", path = \"../crate\" }}\nserde = \"1\"\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", default-features = false, features = [\"macros\", \"rt\"] }}\n",
        profile.api.package
    );
    let driver = folder.join("driver");
    fs::create_dir_all(driver.join("src"))?;
    fs::write(driver.join("Cargo.toml"), manifest)?;
    fs::write(driver.join("src/main.rs"), program)?;
    Ok(())
}

/// The value of a credential: the token endpoint of `check.py`, or any text.
fn credential(profile: &Profile, field: &str) -> &'static str {
    let is_url = |scheme: &SecuritySchemeConfig| match scheme {
        SecuritySchemeConfig::ClientCredentials { token_url, .. } => *token_url == format!("{{{field}}}"),
        _ => false,
    };
    match profile.auth.schemes.values().any(is_url) {
        true => "format!(\"{base_url}/token-of-the-check\")",
        false => "\"secret\".to_owned()",
    }
}

/// The models of a crate by name, each with its path.
fn exported_models(src: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut models = BTreeMap::new();
    for entry in fs::read_dir(src)? {
        let area = entry?.path();
        let module = area.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let list = if module == "shared" { area.join("mod.rs") } else { area.join("models/mod.rs") };
        let text = fs::read_to_string(list).unwrap_or_default();
        models.extend(exports(&text).map(|name| (name.to_owned(), format!("{module}::{name}"))));
    }
    Ok(models)
}

/// The names that a module exports of its files.
fn exports(text: &str) -> impl Iterator<Item = &str> {
    let uses = text.split("pub use ").skip(1).filter_map(|item| item.split(';').next());
    uses.filter(|item| !item.starts_with("crate::")).flat_map(|item| {
        let names = item.split(|c: char| !(c.is_alphanumeric() || c == '_')).skip(1);
        names.filter(|name| !name.is_empty())
    })
}

/// An arm of a `match` for each schema of the lock whose model is compiled.
fn arms(lock: &str, models: &BTreeMap<String, String>) -> String {
    let mut arms = String::new();
    for line in lock.lines() {
        let Some((schema, model)) = line.strip_prefix("type ").and_then(|line| line.split_once(' ')) else {
            continue;
        };
        if let Some(path) = models.get(model) {
            let schema = schema.replace("%20", " ").replace("%25", "%");
            let _ = writeln!(arms, "        {schema:?} => round_trip::<generated::{path}>(value),");
        }
    }
    arms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_compiled_model_has_an_arm() {
        let lock = "# names\ntype A%20b AB\ntype C C\ntype D D\n";
        let text = "mod ab;\npub use ab::AB;\npub use c::{C, CKind};\npub use crate::shared::{D};\n";
        let models = exports(text).map(|name| (name.to_owned(), format!("area::{name}"))).collect();
        assert_eq!(
            arms(lock, &models),
            "        \"A b\" => round_trip::<generated::area::AB>(value),\n        \"C\" => round_trip::<generated::area::C>(value),\n"
        );
    }
}
