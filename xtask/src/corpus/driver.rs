//! Writes the program that calls a generated crate's tools.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use toolcrate_codegen::config::{self, Profile};

const PROGRAM: &str = include_str!("../../corpus/driver.rs");

/// Writes the `driver` package into a spec's folder, next to the generated crate.
pub(super) fn write(folder: &Path, name: &str) -> anyhow::Result<()> {
    let profile: Profile = config::read_yaml(&folder.join("toolcrate.yaml"))?;
    let lock = fs::read_to_string(folder.join(&profile.lock))?;
    let models = fs::read_to_string(folder.join("crate/src/models/mod.rs")).unwrap_or_default();
    let credentials: Vec<String> =
        profile.auth.fields.keys().map(|field| format!("{field}: \"secret\".to_owned().into()")).collect();
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

/// Returns a `match` arm for each schema in the lock file whose model is compiled.
fn arms(lock: &str, models: &str) -> String {
    let exported: Vec<&str> = models
        .lines()
        .filter_map(|line| line.strip_prefix("pub use "))
        .flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || c == '_')))
        .collect();
    let mut arms = String::new();
    for line in lock.lines() {
        let Some((schema, model)) = line.strip_prefix("type ").and_then(|line| line.split_once(' ')) else {
            continue;
        };
        if exported.contains(&model) {
            let schema = schema.replace("%20", " ").replace("%25", "%");
            let _ = writeln!(arms, "        {schema:?} => round_trip::<generated::models::{model}>(value),");
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
        let models = "mod ab;\npub use ab::AB;\npub use c::{C, CKind};\n";
        assert_eq!(
            arms(lock, models),
            "        \"A b\" => round_trip::<generated::models::AB>(value),\n        \"C\" => round_trip::<generated::models::C>(value),\n"
        );
    }
}
