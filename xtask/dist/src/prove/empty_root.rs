//! Sets up an environment with an empty home folder and a search path that contains only the listed programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// Local variables that specify how package registries are reached.
const REGISTRY_VARIABLES: [&str; 8] = [
    "pip_",
    "uv_",
    "npm_config_",
    "https_proxy",
    "http_proxy",
    "no_proxy",
    "ssl_cert_",
    "node_extra_ca_certs",
];

/// An empty root that is deleted when this value is dropped.
#[derive(Debug)]
pub(crate) struct EmptyRoot {
    folder: tempfile::TempDir,
}

impl EmptyRoot {
    /// Creates a root with links to local programs, each with a name and path.
    pub(crate) fn new(programs: &[(&str, PathBuf)]) -> anyhow::Result<Self> {
        let root = Self { folder: tempfile::tempdir()? };
        for folder in ["bin", "home", "tmp"] {
            std::fs::create_dir(root.path(folder))?;
        }
        for (name, program) in programs {
            link(program, &root.path("bin").join(name))?;
        }
        for tool in ["cargo", "rustc"] {
            ensure!(!root.path("bin").join(tool).exists(), "the root contains {tool}");
        }
        Ok(root)
    }

    /// Returns a path in the root.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns a command that uses nothing local except the registry settings.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.path("home"));
        for (name, value) in std::env::vars() {
            let lower = name.to_lowercase();
            if REGISTRY_VARIABLES.iter().any(|known| lower.starts_with(known)) {
                command.env(name, value);
            }
        }
        command.env("PATH", self.path("bin")).env("HOME", self.path("home")).env("TMPDIR", self.path("tmp"));
        command
    }
}

/// Returns the path of a local program.
pub(crate) fn locate(program: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = std::env::split_paths(&path).map(|folder| folder.join(program));
    let found = candidates.find(|candidate| candidate.is_file());
    found.with_context(|| format!("can't find {program}; install it"))
}

#[cfg(unix)]
fn link(program: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(program, at)
}

#[cfg(not(unix))]
fn link(program: &Path, at: &Path) -> std::io::Result<()> {
    std::fs::copy(program, at).map(|_| ())
}
