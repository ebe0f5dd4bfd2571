//! Runs tests with third-party clients, frameworks and tools. They all require Node.js and Python, and packages from
//! npm and PyPI pinned in lockfiles.

pub(crate) mod examples;
pub(crate) mod process;
mod tours;

use std::path::Path;
use std::process::Command;

use process::{NPM_INSTALL, finish};

/// The folder of the diff tool that ours is compared with.
const OTHER_DIFF_TOOL: &str = "tests/other-diff-tool";

/// Runs all client tests, the SDKs, the examples, and the comparison with another diff tool.
pub(crate) fn run() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(OTHER_DIFF_TOOL);
    finish(Command::new("npm").args(NPM_INSTALL).current_dir(&folder))?;
    finish(Command::new("npm").args(["run", "--silent", "check"]).current_dir(&folder))?;
    tours::run()?;
    examples::run_examples(None, false)
}
