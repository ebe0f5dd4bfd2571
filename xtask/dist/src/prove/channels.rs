//! Installs each package the way its users do, and runs it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::empty_root::{EmptyRoot, locate};
use super::figures::ProofFigures;
use super::tools::ReleaseTools;
use super::validators::find;
use crate::artifact::{ReleaseBinary, VERSION};
use crate::process::{finish, line, output, output_text};

/// Timeout for a server to start.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// A call that must work with every installation.
const FIRST_CALL: [&str; 5] =
    ["call", "list_all_tickets", "--sandbox", "--args", r#"{"fields": "id,summary"}"#];

/// An installation method.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InstallChannel {
    Archive,
    Wheel,
    Npm,
    Bundle,
    Image,
}

impl InstallChannel {
    /// All installation methods.
    pub(crate) const ALL: [Self; 5] = [Self::Archive, Self::Wheel, Self::Npm, Self::Bundle, Self::Image];

    /// Installs the package and checks that it works.
    pub(crate) fn prove(
        self,
        folder: &Path,
        binary: &ReleaseBinary,
        tools: &ReleaseTools,
        figures: &mut ProofFigures,
    ) -> anyhow::Result<()> {
        println!("== {self:?}");
        match self {
            Self::Archive => prove_archive(folder, binary, tools, figures),
            Self::Wheel => prove_wheel(folder, tools, figures),
            Self::Npm => prove_npm(folder, binary, tools, figures),
            Self::Bundle => prove_bundle(folder, tools, figures),
            Self::Image if binary.platform.image.is_some() => prove_image(folder, tools, figures),
            Self::Image => Ok(()),
        }
        .with_context(|| format!("{self:?}"))
    }
}

fn prove_archive(
    folder: &Path,
    binary: &ReleaseBinary,
    tools: &ReleaseTools,
    figures: &mut ProofFigures,
) -> anyhow::Result<()> {
    let name = format!("cwpsa-{VERSION}-{}", binary.platform.triple);
    let archive = find(folder, &format!("{name}.tar.gz"))?;
    let root = EmptyRoot::new(&[])?;
    let start = Instant::now();
    finish(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(root.path("home")))?;
    let program = root.path("home").join(&name).join(binary.platform.program());
    let run = || root.command(&program);
    first_answer(run().args(FIRST_CALL))?;
    figures.file("archive", &archive, None)?;
    figures.first_answer("archive", start.elapsed().as_secs_f64(), None);
    for file in ["completions/cwpsa.bash", "man/man1/cwpsa.1", "man/man1/cwpsa-serve.1", "LICENSE-MIT"] {
        ensure!(root.path("home").join(&name).join(file).exists(), "the archive has no {file}");
    }
    check(&run, tools)
}

fn prove_wheel(folder: &Path, tools: &ReleaseTools, figures: &mut ProofFigures) -> anyhow::Result<()> {
    let wheel = find(folder, ".whl")?;
    let python = PathBuf::from(output_text(
        Command::new(tools.python_program("python"))
            .args(["-c", "import os, sys; print(os.path.realpath(sys.executable))"]),
    )?);
    let programs =
        [("uv", tools.python_program("uv")), ("uvx", tools.python_program("uvx")), ("python3", python)];
    let root = EmptyRoot::new(&programs)?;
    let run = || {
        let mut command = root.command("uvx");
        command.args(["--offline", "--no-python-downloads", "--from"]).arg(&wheel).arg("cwpsa");
        command
    };
    let start = Instant::now();
    first_answer(run().args(FIRST_CALL))?;
    figures.file("wheel", &wheel, None)?;
    figures.first_answer("uvx", start.elapsed().as_secs_f64(), Some(15.0));
    check(&run, tools)
}

fn prove_npm(
    folder: &Path,
    binary: &ReleaseBinary,
    tools: &ReleaseTools,
    figures: &mut ProofFigures,
) -> anyhow::Result<()> {
    let (os, cpu) = binary.platform.npm;
    let packages = [
        find(folder, &format!("cwpsa-{os}-{cpu}-{VERSION}.tgz"))?,
        folder.join(format!("cwpsa-{VERSION}.tgz")),
    ];
    let programs = ["node", "npm", "npx", "sh"].map(|name| locate(name).map(|path| (name, path)));
    let root = EmptyRoot::new(&programs.into_iter().collect::<Result<Vec<_>, _>>()?)?;
    let run = || {
        let mut command = root.command("npx");
        // The packages of other platforms aren't available; npm skips optional packages that it can't fetch.
        command.args(["--yes", "--offline"]);
        for package in &packages {
            command.arg("--package").arg(package);
        }
        command.args(["--", "cwpsa"]);
        command
    };
    let start = Instant::now();
    first_answer(run().args(FIRST_CALL))?;
    figures.file("npm package of the platform", &packages[0], None)?;
    figures.first_answer("npx", start.elapsed().as_secs_f64(), Some(15.0));
    check(&run, tools)
}

/// Starts the bundle like an MCP host: with the variables in its manifest, and empty values for the form.
fn prove_bundle(folder: &Path, tools: &ReleaseTools, figures: &mut ProofFigures) -> anyhow::Result<()> {
    let bundle = find(folder, ".mcpb")?;
    let root = EmptyRoot::new(&[])?;
    let start = Instant::now();
    let unpacked = root.path("home").join("bundle");
    output(tools.mcpb().arg("unpack").arg(&bundle).arg(&unpacked))?;
    let manifest: Value = serde_json::from_slice(&std::fs::read(unpacked.join("manifest.json"))?)?;
    let config = &manifest["server"]["mcp_config"];
    let program = config["command"].as_str().context("the manifest has no command")?;
    let program = program.replace("${__dirname}", &unpacked.to_string_lossy());
    allow_execution(Path::new(&program))?;
    let run = || {
        let mut command = root.command(&program);
        for (name, value) in config["env"].as_object().into_iter().flatten() {
            // The mock server replaces the account.
            let value = if value == "${user_config.read_only}" { "true" } else { "" };
            command.env(name, value);
        }
        command.env("CWPSA_SANDBOX", "true");
        command
    };
    first_answer(run().args(FIRST_CALL))?;
    figures.file("bundle", &bundle, Some(25.0))?;
    figures.first_answer("bundle", start.elapsed().as_secs_f64(), None);
    let tools_listed = handshake(run().arg("mcp"), tools)?;
    ensure!(!tools_listed.contains("call_tool"), "a read-only server lists call_tool: {tools_listed}");
    Ok(())
}

fn prove_image(folder: &Path, tools: &ReleaseTools, figures: &mut ProofFigures) -> anyhow::Result<()> {
    let image = find(folder, ".tar")?;
    let root = EmptyRoot::new(&[])?;
    let rootfs = root.path("rootfs");
    let start = Instant::now();
    let config = output_text(tools.python("unpack_image.py").arg(&image).arg(&rootfs))?;
    let config: Value = serde_json::from_str(&config)?;
    let user = config["User"].as_str().context("the image has no user")?;
    ensure!(user == "65532:65532", "the image runs as {user}");
    for shell in ["bin/sh", "usr/bin/sh", "usr/bin/bash"] {
        ensure!(!rootfs.join(shell).exists(), "the image has a shell");
    }
    let chroot = locate("chroot")?;
    let run = || {
        let mut command = root.command(&chroot);
        command.arg(format!("--userspec={user}")).arg(&rootfs).arg("/usr/bin/cwpsa");
        for variable in config["Env"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
            command.env(name, value);
        }
        command
    };
    first_answer(run().args(FIRST_CALL))?;
    figures.file("image", &image, Some(25.0))?;
    figures.first_answer("image", start.elapsed().as_secs_f64(), None);
    check(&run, tools)?;
    prove_probe(&run)
}

/// Starts the image's server with its default command, and waits until its health probe succeeds.
fn prove_probe(run: &dyn Fn() -> Command) -> anyhow::Result<()> {
    let listen = format!("0.0.0.0:{}", free_port()?);
    let probe = || run().arg("healthcheck").env("CWPSA_LISTEN", &listen).stderr(Stdio::null()).status();
    ensure!(
        probe()?.code() == Some(1),
        "the probe of a server that is not running must fail with exit code 1"
    );
    let mut server = run();
    server
        .args(["serve", "--sandbox"])
        .env("CWPSA_LISTEN", &listen)
        .env("CWPSA_TOKEN", "0123456789abcdef-probe");
    let _server = RunningServer(server.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let start = Instant::now();
    while !probe()?.success() {
        if start.elapsed() > START_TIMEOUT {
            bail!("the probe does not succeed");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("healthcheck: succeeds");
    Ok(())
}

/// A server that is killed at the end.
struct RunningServer(Child);

impl Drop for RunningServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Runs the doctor, and then the MCP project's client against the server.
fn check(run: &dyn Fn() -> Command, tools: &ReleaseTools) -> anyhow::Result<()> {
    output(run().args(["doctor", "--sandbox"]))?;
    handshake(run().args(["mcp", "--sandbox"]), tools)?;
    Ok(())
}

/// Runs the call and checks that it returns records.
fn first_answer(command: &mut Command) -> anyhow::Result<()> {
    let rows: Value = serde_json::from_slice(&output(command)?)?;
    ensure!(rows.as_array().is_some_and(|rows| !rows.is_empty()), "{} returned {rows}", line(command));
    Ok(())
}

/// Connects the MCP project's client to a server started by `server`, and returns the client's output.
fn handshake(server: &Command, tools: &ReleaseTools) -> anyhow::Result<String> {
    let mut client = tools.python("handshake.py");
    client.arg(server.get_program()).args(server.get_args()).env_clear();
    if let Some(folder) = server.get_current_dir() {
        client.current_dir(folder);
    }
    for (name, value) in server.get_envs() {
        if let Some(value) = value {
            client.env(name, value);
        }
    }
    let printed = output_text(&mut client)?;
    println!("handshake: {printed}");
    Ok(printed)
}

/// MCP hosts set this permission when they install a bundle.
#[cfg(unix)]
fn allow_execution(program: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn allow_execution(_program: &Path) -> std::io::Result<()> {
    Ok(())
}
