//! Runs a document's commands as a person following the document would: in one folder and one shell, with servers that
//! keep running until the end.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use toolcrate_testing::ports::free_port;
use toolcrate_testing::wait::wait_for_blocking;

use crate::docs::mcp::speak;

/// Commands that can't be run in a test, with the reason.
const NOT_RUN: [(&str, &str); 10] = [
    ("cargo", "it is what builds and runs this test; what xtask does has tests of its own"),
    ("git", "it would need the network, or change the checkout"),
    ("npm", "it needs the registry; `cargo xtask test` runs the packages' own tests"),
    ("npx", "it needs the registry"),
    ("uvx", "it needs the registry"),
    ("node", "it needs packages of npm; `cargo xtask test` runs the examples"),
    ("pip", "it needs the registry"),
    ("python", "it needs packages of PyPI; `cargo xtask test` runs the examples"),
    ("python3", "it needs packages of PyPI; `cargo xtask test` runs the examples"),
    ("xdg-open", "there is no desktop"),
];

/// Programs other than `cwpsa` that are run unchanged.
const RUN: [&str; 7] = ["cat", "curl", "diff", "echo", "head", "rm", "tail"];

/// Variables that select an account; the sandbox replaces it.
const ACCOUNT: [&str; 8] = [
    "CWPSA_ACCOUNT",
    "CWPSA_BASE_URL",
    "CWPSA_CLIENT_ID",
    "CWPSA_COMPANY_ID",
    "CWPSA_PRIVATE_KEY",
    "CWPSA_PRIVATE_KEY_FILE",
    "CWPSA_PUBLIC_KEY",
    "CWPSA_REGION",
];
/// Other `cwpsa` variables.
const OTHERS: [&str; 2] = ["CWPSA_APPROVER_TOKEN", "CWPSA_TOKEN"];

/// Returns true if a variable should be set here; one that `cwpsa` doesn't know is a mistake in the document.
pub fn is_set(name: &str) -> Result<bool, String> {
    let is_known = !name.starts_with("CWPSA_") || ACCOUNT.contains(&name) || OTHERS.contains(&name);
    if is_known { Ok(!ACCOUNT.contains(&name)) } else { Err(format!("there is no variable {name}")) }
}

/// A document that is being followed.
pub struct Session {
    folder: tempfile::TempDir,
    /// The ports in the document, and the ports that are used instead.
    pub ports: [(&'static str, u16); 2],
    servers: Vec<(u16, Child)>,
    variables: Vec<(String, String)>,
}

impl Drop for Session {
    fn drop(&mut self) {
        for (_, server) in &mut self.servers {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl Session {
    /// Creates an empty folder and reserves two free ports.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            ports: [(":8080", free_port()), (":9090", free_port())],
            servers: Vec::new(),
            variables: Vec::new(),
        }
    }

    /// Returns a shell in the folder, in which `cwpsa` is on the path and the sandbox replaces the account.
    pub fn shell(&self, command: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_cwpsa"));
        let path = std::env::var("PATH").unwrap_or_default();
        let folder = program.parent().expect("a folder").display();
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(self.folder.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CWPSA_")) {
            shell.env_remove(name);
        }
        shell.env("PATH", format!("{folder}:{path}")).env("HOME", self.folder.path());
        shell.env("CWPSA_SANDBOX", "true").env("CWPSA_LISTEN", format!("127.0.0.1:{}", self.ports[0].1));
        shell.envs(self.variables.iter().map(|(name, value)| (name, value)));
        shell
    }

    /// Runs a command from the document and returns its output; `None` if it can't be run here.
    pub fn run(&mut self, command: &str) -> Result<Option<String>, String> {
        let mut here = command.to_owned();
        for (port, used) in self.ports {
            here = here.replace(port, &format!(":{used}"));
        }
        let words: Vec<&str> = command.split_whitespace().collect();
        let is_variable =
            |word: &&str| word.contains('=') && word.starts_with(|c: char| c.is_ascii_uppercase());
        let program = words.iter().position(|word| !is_variable(word)).unwrap_or(0);
        match (words[program], words.get(program + 1).copied().unwrap_or_default()) {
            ("export", _) => {
                let (name, value) = words[program + 1].split_once('=').ok_or("export needs a value")?;
                if is_set(name)? {
                    self.variables.push((name.to_owned(), value.trim_matches(['"', '\'']).to_owned()));
                }
                Ok(None)
            }
            // Claude Code isn't available here, but the server that it would start is.
            ("claude", "mcp") => match here.split_once(" -- ") {
                Some((_, server)) => speak(self.shell(&format!("exec {server}"))).map(|()| None),
                None => Ok(None),
            },
            ("cwpsa", "serve" | "sandbox") => self.serve(&here).map(Some),
            ("cwpsa", "mcp") if here.contains("--listen") => self.serve(&here).map(Some),
            ("cwpsa", "mcp") => speak(self.shell(&format!("exec {here}"))).map(|()| None),
            ("curl", _) if Command::new("curl").arg("--version").output().is_err() => {
                eprintln!("note: curl is not here, so this was not run: {command}");
                Ok(None)
            }
            (program, _) if program == "cwpsa" || RUN.contains(&program) => self.finish(&here).map(Some),
            (program, _) if NOT_RUN.iter().any(|(name, _)| *name == program) => Ok(None),
            (program, _) => Err(format!("it is not said whether `{program}` is to be run")),
        }
    }

    fn finish(&self, command: &str) -> Result<String, String> {
        let wanted = command.split_once("# exits with code ").map_or("0", |(_, code)| code.trim());
        let output = wait_for_blocking(&format!("`{command}` to succeed"), || match self.output(command) {
            // It may take a while until an event is in a file.
            Ok(output) if command.starts_with("cat ") && !output.status.success() => None,
            output => Some(output),
        })?;
        let [said, complained] =
            [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        let code = output.status.code().map_or("a signal".to_owned(), |code| code.to_string());
        if code == wanted {
            Ok(said)
        } else {
            let log = |(port, _): &(u16, Child)| fs::read_to_string(self.log(*port)).unwrap_or_default();
            let logs: String = self.servers.iter().map(log).collect();
            Err(format!("it exits with {code}:\n{said}{complained}{logs}"))
        }
    }

    fn output(&self, command: &str) -> Result<Output, String> {
        self.shell(command).stdin(Stdio::null()).output().map_err(|error| error.to_string())
    }

    fn log(&self, port: u16) -> PathBuf {
        self.folder.path().join(format!("server-{port}.log"))
    }

    /// Starts a server and waits until it listens, stopping an earlier one on the same port.
    fn serve(&mut self, command: &str) -> Result<String, String> {
        let is_sandbox = command.contains("cwpsa sandbox");
        let at = usize::from(is_sandbox);
        let port = self.ports[at].1;
        if command.contains("--help") {
            return self.finish(command);
        }
        // The shell is replaced by the server, so stopping one stops the other.
        let mut command = command.replacen("cwpsa ", "exec cwpsa ", 1);
        if is_sandbox && !command.contains("--listen") {
            command.push_str(&format!(" --listen 127.0.0.1:{port}"));
        }
        if let Some(before) = self.servers.iter().position(|(used, _)| *used == port) {
            let (_, mut server) = self.servers.remove(before);
            let _ = server.kill();
            let _ = server.wait();
        }
        let log = self.log(port);
        let file = fs::File::create(&log).map_err(|error| error.to_string())?;
        let both = file.try_clone().map_err(|error| error.to_string())?;
        let mut shell = self.shell(&command);
        let child = shell.stdin(Stdio::null()).stdout(file).stderr(both).spawn();
        let mut child = child.map_err(|error| error.to_string())?;
        let said = || fs::read_to_string(&log).unwrap_or_default();
        let listens = wait_for_blocking("a server that listens", || {
            let ended = child.try_wait().is_ok_and(|status| status.is_some());
            let listens = TcpStream::connect(("127.0.0.1", port)).is_ok();
            (listens || ended).then_some(listens)
        });
        if !listens {
            return Err(format!("it does not listen: {}", said()));
        }
        self.servers.push((port, child));
        Ok(said())
    }
}
