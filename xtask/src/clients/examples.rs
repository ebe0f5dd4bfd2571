//! Builds, packs and tests the SDKs in `sdk/`, and runs the agents in `examples/` against a server with a sandbox,
//! using the packages pinned in the lockfiles. No account or key is needed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, bail};

use crate::clients::process::{NPM_INSTALL, finish};
use crate::server_process::{self, CwpsaProcess};

/// The Node.js examples, and the Python examples by the environment that they need.
const NODE: [&str; 5] = ["langchain.mjs", "agent-executor.mjs", "langgraph.mjs", "ai-sdk.mjs", "mcp.mjs"];
const PYTHON: [(&str, &[&str]); 2] = [
    ("langgraph", &["langgraph_agent.py", "openai_tools.py", "anthropic_tools.py"]),
    ("crewai", &["crew.py"]),
];
/// The SDK's tests, by environment.
const PYTHON_TESTS: [(&str, &[&str]); 3] = [
    ("langgraph", &["tests.test_package", "tests.test_client", "tests.test_langchain"]),
    ("crewai", &["tests.test_crewai"]),
    (
        "agents",
        &[
            "tests.test_types",
            "tests.test_middleware",
            "tests.test_openai_agents",
            "tests.test_pydantic_ai",
            "tests.test_autogen",
        ],
    ),
];

#[derive(clap::Args)]
pub(crate) struct ExampleArguments {
    /// Run only this example, for example crew.py, without tests or measurements.
    #[arg(long)]
    only: Option<String>,
    /// Write docs/framework-compatibility.md instead of checking that it is up to date.
    #[arg(long, conflicts_with = "only")]
    write: bool,
}

/// Runs the tests and examples. Exit code 1: a test or an example failed.
pub(crate) fn run(arguments: &ExampleArguments) -> std::process::ExitCode {
    match run_examples(arguments.only.as_deref(), arguments.write) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// Tests the SDKs, runs the examples, and checks that `docs/framework-compatibility.md` is up to date. With `only`,
/// runs one example.
pub(crate) fn run_examples(only: Option<&str>, write: bool) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = server_process::build_program("cwpsa", &[])?;
    let target =
        program.parent().and_then(Path::parent).context("the program has no folder")?.join("examples");
    std::fs::create_dir_all(&target).with_context(|| format!("can't create {}", target.display()))?;
    let runner = ExampleRunner { root, target, program };
    let wants = |name: &str| only.is_none_or(|only| only == name);
    let known = NODE.iter().chain(PYTHON.iter().flat_map(|(_, files)| *files)).chain(&["stock"]);
    if let Some(only) = only
        && !known.clone().any(|name| *name == only)
    {
        let names: Vec<&str> = known.copied().collect();
        bail!("unknown example {only:?} (expected one of {})", names.join(", "));
    }
    if wants("stock") {
        let example = ["run", "--quiet", "--package", "e2e", "--example", "stock"];
        timed("stock.rs", Command::new(env!("CARGO")).args(example))?;
    }
    if NODE.iter().any(|name| wants(name)) {
        runner.node_sdk(only.is_none())?;
    }
    for (group, files) in PYTHON {
        if files.iter().any(|name| wants(name)) {
            runner.environment(group)?;
        }
    }
    if only.is_none() {
        for (group, tests) in PYTHON_TESTS {
            if !PYTHON.iter().any(|(other, _)| *other == group) {
                runner.environment(group)?;
            }
            let mut command = Command::new(runner.python(group));
            command.args(["-W", "ignore::ResourceWarning", "-m", "unittest", "-q"]).args(tests);
            timed(
                &tests.join(", "),
                runner.with_variables(&mut command).current_dir(runner.root.join("sdk/python")),
            )?;
        }
        let mut command = Command::new(runner.python("langgraph"));
        command.args(["-m", "unittest", "-q", "test_frameworks"]);
        timed(
            "test_frameworks",
            runner.with_variables(&mut command).current_dir(runner.root.join("examples/python")),
        )?;
    }
    // The lists used for comparison have no custom fields either.
    let server = CwpsaProcess::start(&runner.program, &["serve", "--sandbox", "--custom-fields", "false"])?;
    let url = format!("http://{}", server.host);
    for name in NODE.into_iter().filter(|name| wants(name)) {
        runner.example(Command::new("node").arg(name), "node", name, &url)?;
    }
    for (group, files) in PYTHON {
        for name in files.iter().filter(|name| wants(name)) {
            runner.example(Command::new(runner.python(group)).arg(name), "python", name, &url)?;
        }
    }
    if only.is_none() { runner.frameworks(&url, write) } else { Ok(()) }
}

/// The folders and the program used by examples.
struct ExampleRunner {
    root: PathBuf,
    /// The folder for environments, packages and measurements.
    target: PathBuf,
    program: PathBuf,
}

impl ExampleRunner {
    /// Sets the variables used by examples and tests.
    fn with_variables<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("CWPSA_BIN", &self.program).env("PYTHONDONTWRITEBYTECODE", "1")
    }

    fn example(&self, command: &mut Command, folder: &str, name: &str, url: &str) -> anyhow::Result<()> {
        let command = self.with_variables(command).current_dir(self.root.join("examples").join(folder));
        timed(name, command.env("CWPSA_URL", url))
    }

    /// Builds and packs the SDK, and installs it with the examples' dependencies.
    fn node_sdk(&self, test: bool) -> anyhow::Result<()> {
        let sdk = self.root.join("sdk/langchain-js");
        let npm_install = |folder: &Path| {
            let mut command = Command::new("npm");
            // A version in the lock file never changes, so a cached copy is just as good.
            command.args(NPM_INSTALL).arg("--prefer-offline").current_dir(folder);
            command
        };
        timed("install sdk/langchain-js", &mut npm_install(&sdk))?;
        if test {
            let mut tests = Command::new("npm");
            timed(
                "test sdk/langchain-js",
                self.with_variables(tests.args(["test", "--silent"])).current_dir(&sdk),
            )?;
            let mut pack = Command::new("npm");
            pack.args(["pack", "--silent", "--pack-destination"]).arg(&self.target);
            timed("pack sdk/langchain-js", pack.current_dir(&sdk))?;
        } else {
            timed("build sdk/langchain-js", Command::new("npm").args(["run", "build"]).current_dir(&sdk))?;
        }
        timed("install examples/node", &mut npm_install(&self.root.join("examples/node")))
    }

    fn python(&self, group: &str) -> PathBuf {
        self.target.join(group).join(if cfg!(windows) { "Scripts" } else { "bin" }).join("python")
    }

    /// Creates an environment with the packages in the lock file, and the SDK from a wheel.
    fn environment(&self, group: &str) -> anyhow::Result<()> {
        let folder = self.target.join(group);
        if !self.python(group).exists() {
            finish(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        let pip = |arguments: &[&str]| {
            let mut command = Command::new(self.python(group));
            command.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]).args(arguments);
            command
        };
        let mut install = pip(&["install", "--require-hashes", "-r"]);
        install.arg(self.root.join("examples/python").join(format!("{group}.txt")));
        timed(&format!("install {group}"), &mut install)?;
        let wheels = folder.join("wheels");
        let mut build = pip(&["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir"]);
        finish(build.arg(&wheels).arg(self.root.join("sdk/python")))?;
        let mut sdk = pip(&["install", "--no-deps", "--no-index", "--force-reinstall", "--find-links"]);
        timed(&format!("install sdk/python for {group}"), sdk.arg(&wheels).arg("cwpsa-tools"))
    }

    /// Measures what the frameworks do with the tools, and compares it with the documentation.
    fn frameworks(&self, url: &str, write: bool) -> anyhow::Result<()> {
        let file = |name: &str| self.target.join(format!("{name}.json"));
        let mut measure = Command::new("node");
        self.example(measure.arg("measure.mjs").arg(file("node")), "node", "measure.mjs", url)?;
        for (group, _) in PYTHON {
            let script = format!("measure_{group}.py");
            let mut measure = Command::new(self.python(group));
            self.example(measure.arg(&script).arg(file(group)), "python", &script, url)?;
        }
        let mut compare = Command::new(self.python("langgraph"));
        compare.arg("frameworks.py").arg(&self.target).args((!write).then_some("--check"));
        timed("frameworks.py", compare.current_dir(self.root.join("examples/python")))
    }
}

/// Runs a step, and prints its name and duration.
fn timed(what: &str, command: &mut Command) -> anyhow::Result<()> {
    eprintln!("== {what}");
    let start = Instant::now();
    finish(command)?;
    eprintln!("== {what}: {:.1} s", start.elapsed().as_secs_f32());
    Ok(())
}
