//! `cargo xtask new`: creates a folder with a profile for another API.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use toolcrate_codegen::diagnostic::{CodegenError, Errors};
use toolcrate_codegen::{draft, load};

/// The arguments of the command.
#[derive(Args)]
pub struct NewArguments {
    /// Spec file: OpenAPI 3 or Swagger 2.0, in JSON or YAML.
    #[arg(long)]
    spec: PathBuf,
    /// API name, used as the package name and the prefix for tool names.
    #[arg(long)]
    name: String,
    /// Folder to create. Defaults to the API name.
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// Drafts the profile. Exit code 2: the spec can't be read, or the folder already exists.
pub fn run(arguments: &NewArguments) -> ExitCode {
    let folder = arguments.folder.clone().unwrap_or_else(|| PathBuf::from(&arguments.name));
    match create(&arguments.spec, &arguments.name, &folder) {
        Ok(profile) => {
            println!("{0}: read it, then run `cargo xtask regenerate --profile {0}`", profile.display());
            ExitCode::SUCCESS
        }
        Err(errors) => {
            eprintln!("{errors}");
            ExitCode::from(2)
        }
    }
}

/// Creates `folder` with a profile for `spec`, and returns the path of the profile.
pub fn create(spec: &Path, name: &str, folder: &Path) -> Result<PathBuf, Errors> {
    let refused = |message: String| Errors::from(CodegenError::new("E041", message).in_file(folder));
    if folder.exists() {
        return Err(refused("the folder exists; nothing was changed".to_owned()));
    }
    let tree = load::read_tree(spec)?;
    let absolute = |path: &Path| std::path::absolute(path).map_err(|error| refused(error.to_string()));
    let runtime = absolute(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/toolcrate-runtime"))?;
    let text = draft::profile(&tree, &absolute(spec)?, name, &runtime);
    let profile = folder.join("toolcrate.yaml");
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&profile, text));
    written.map_err(|error| refused(format!("cannot be written: {error}")))?;
    Ok(profile)
}
