//! Every command in the documents for newcomers is run, in order, with the sandbox in the place of an account, and
//! compared with the output that stands below it.
//!
//! A document is read as a person would follow it: one folder, one shell, servers that stay until the end. Ports 8080
//! and 9090 are replaced by free ones. In an expected output `…` stands for anything: in a line for the rest of it, as
//! a line of its own for any lines, in JSON for any value or further members. A command may say `# exits with 2`.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a server may take to listen, or a command to end.
const PATIENCE: Duration = Duration::from_secs(50);

/// What can't be run here, and why.
const NOT_RUN: [(&str, &str); 9] = [
    ("cargo", "it is what builds and runs this test; what xtask does has tests of its own"),
    ("git", "it would need the network, or change the checkout"),
    ("npm", "it needs the registry; `cargo xtask test` runs the packages' own tests"),
    ("npx", "it needs the registry"),
    ("node", "it needs packages of npm; `cargo xtask test` runs the examples"),
    ("pip", "it needs the registry"),
    ("python", "it needs packages of PyPI; `cargo xtask test` runs the examples"),
    ("python3", "it needs packages of PyPI; `cargo xtask test` runs the examples"),
    ("xdg-open", "there is no desktop"),
];

/// Programs beside `cwpsa` that are run as they stand.
const RUN: [&str; 7] = ["cat", "curl", "diff", "echo", "head", "rm", "tail"];

/// Variables that say whose account is meant; the sandbox takes its place.
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
/// Other variables of `cwpsa`.
const OTHERS: [&str; 2] = ["CWPSA_APPROVER_TOKEN", "CWPSA_TOKEN"];

/// Whether a variable is to be set here; one that `cwpsa` does not know is a mistake in the document.
fn is_set(name: &str) -> Result<bool, String> {
    let is_known = !name.starts_with("CWPSA_") || ACCOUNT.contains(&name) || OTHERS.contains(&name);
    if is_known { Ok(!ACCOUNT.contains(&name)) } else { Err(format!("there is no variable {name}")) }
}

/// A fence of a document.
struct Fence {
    line: usize,
    language: String,
    text: String,
    /// Whether nothing but white space is between it and the fence before.
    follows: bool,
}

fn fences(document: &str) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let mut open: Option<(Fence, usize)> = None;
    let mut follows = false;
    for (number, line) in document.lines().enumerate() {
        let text = line.trim_start();
        match &mut open {
            Some(_) if text.trim_end() == "```" => {
                fences.extend(open.take().map(|(fence, _)| fence));
                follows = true;
            }
            Some((fence, indent)) => {
                fence.text.push_str(line.get(*indent..).unwrap_or(text));
                fence.text.push('\n');
            }
            None => {
                if let Some(language) = text.strip_prefix("```") {
                    let fence = Fence {
                        line: number + 1,
                        language: language.trim().to_owned(),
                        text: String::new(),
                        follows,
                    };
                    open = Some((fence, line.len() - text.len()));
                } else if !text.is_empty() {
                    follows = false;
                }
            }
        }
    }
    assert!(open.is_none(), "a fence that does not end");
    fences
}

impl Fence {
    /// Whether it holds commands: it says so, or says nothing and begins with one.
    fn is_shell(&self) -> bool {
        let first = self.text.split_whitespace().next().unwrap_or_default();
        self.language == "sh" || (self.language.is_empty() && ["cargo", "cwpsa"].contains(&first))
    }

    /// Its commands: lines, joined where one ends in a backslash or within quotes.
    fn commands(&self) -> Vec<String> {
        let mut commands = Vec::new();
        let mut command = String::new();
        for line in self.text.lines() {
            if command.is_empty() && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
                continue;
            }
            // A comment may have a quote in it.
            let comment = line.split_once("  #").filter(|(before, _)| before.matches('\'').count() % 2 == 0);
            command.push_str(comment.map_or(line, |(before, _)| before));
            if command.ends_with('\\') {
                command.pop();
            } else if command.matches('\'').count() % 2 == 1 {
                command.push('\n');
            } else {
                commands.push(std::mem::take(&mut command));
            }
        }
        assert!(command.is_empty(), "a command that does not end: {command}");
        commands
    }
}

/// A document that is followed.
struct Session {
    folder: tempfile::TempDir,
    /// The ports that stand in the document, and those that are used.
    ports: [(&'static str, u16); 2],
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
    fn new() -> Self {
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let [first, second] = listeners.map(|listener| listener.local_addr().expect("its address").port());
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            ports: [(":8080", first), (":9090", second)],
            servers: Vec::new(),
            variables: Vec::new(),
        }
    }

    fn shell(&self, command: &str) -> Command {
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

    /// Runs a command of the document and gives what it printed; `None` if it can't be run here.
    fn run(&mut self, command: &str) -> Result<Option<String>, String> {
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
            // Claude Code is not here; what it would start is.
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
        let wanted = command.split_once("# exits with ").map_or("0", |(_, code)| code.trim());
        let mut output = self.output(command)?;
        // An event may need a moment until it is in a file.
        let start = Instant::now();
        while command.starts_with("cat ") && !output.status.success() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(100));
            output = self.output(command)?;
        }
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

    /// Starts a server and waits until it listens; one that listens at the same port before is stopped.
    fn serve(&mut self, command: &str) -> Result<String, String> {
        let is_sandbox = command.contains("cwpsa sandbox");
        let at = usize::from(is_sandbox);
        let port = self.ports[at].1;
        if command.contains("--help") {
            return self.finish(command);
        }
        // The shell becomes the server, so that ending the one ends the other.
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
        let start = Instant::now();
        let said = || fs::read_to_string(&log).unwrap_or_default();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if child.try_wait().is_ok_and(|status| status.is_some()) || start.elapsed() > PATIENCE {
                let _ = child.kill();
                return Err(format!("it does not listen: {}", said()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.servers.push((port, child));
        Ok(said())
    }
}

/// Speaks with an MCP server on its stdin and stdout: it says who it is and lists tools.
fn speak(mut command: Command) -> Result<(), String> {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(|error| error.to_string())?;
    let mut stdin = child.stdin.take().ok_or("it has no stdin")?;
    let lines = [
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"docs","version":"1"}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#,
    ];
    writeln!(stdin, "{}", lines.join("\n")).map_err(|error| error.to_string())?;
    let mut stdout = child.stdout.take().ok_or("it has no stdout")?;
    let mut text = Vec::new();
    let mut piece = [0; 8192];
    while !String::from_utf8_lossy(&text).contains("\"inputSchema\"") {
        match stdout.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(count) => text.extend_from_slice(&piece[..count]),
        }
    }
    drop(stdin);
    let _ = child.kill();
    let _ = child.wait();
    let text = String::from_utf8_lossy(&text);
    if text.contains("\"serverInfo\"") && text.contains("\"inputSchema\"") {
        Ok(())
    } else {
        Err(format!("it does not speak MCP: {text}"))
    }
}

/// Whether `said` is what is written as `wanted`.
fn matches(wanted: &str, said: &str) -> bool {
    match wanted.split_once('…') {
        None => wanted == said,
        Some((start, rest)) => {
            let Some(mut after) = said.strip_prefix(start) else { return false };
            loop {
                if matches(rest, after) {
                    return true;
                }
                let mut letters = after.chars();
                if letters.next().is_none() {
                    return false;
                }
                after = letters.as_str();
            }
        }
    }
}

fn lines_match(wanted: &[&str], said: &[&str]) -> bool {
    match (wanted.split_first(), said.split_first()) {
        (None, None) => true,
        (Some((&"…", rest)), _) => {
            lines_match(rest, said) || said.split_first().is_some_and(|(_, said)| lines_match(wanted, said))
        }
        (Some((wanted, rest)), Some((said, others))) => {
            matches(wanted.trim_end(), said.trim_end()) && lines_match(rest, others)
        }
        _ => false,
    }
}

fn json_matches(wanted: &Value, said: &Value) -> bool {
    match (wanted, said) {
        (Value::String(wanted), _) if wanted == "…" => true,
        (Value::String(wanted), Value::String(said)) => matches(wanted, said),
        (Value::Array(wanted), Value::Array(said)) => {
            let open = wanted.last() == Some(&Value::from("…"));
            let wanted = &wanted[..wanted.len() - usize::from(open)];
            (open || wanted.len() == said.len())
                && wanted.len() <= said.len()
                && wanted.iter().zip(said).all(|(wanted, said)| json_matches(wanted, said))
        }
        (Value::Object(wanted), Value::Object(said)) => {
            let known = wanted.iter().filter(|(name, _)| *name != "…");
            let all = known
                .clone()
                .all(|(name, wanted)| said.get(name).is_some_and(|said| json_matches(wanted, said)));
            all && (wanted.contains_key("…") || known.count() == said.len())
        }
        _ => wanted == said,
    }
}

fn compare(fence: &Fence, said: &str) -> Result<(), String> {
    let same = if fence.language == "json" {
        let parse =
            |text: &str| serde_json::from_str::<Value>(text).map_err(|error| format!("{error}: {text}"));
        json_matches(&parse(&fence.text)?, &parse(said)?)
    } else {
        let [wanted, said] = [&fence.text, said].map(|text| text.trim_end().lines().collect::<Vec<_>>());
        lines_match(&wanted, &said)
    };
    if same { Ok(()) } else { Err(format!("line {} wants\n{}but it prints\n{said}", fence.line, fence.text)) }
}

/// Starts the servers that settings of an MCP client name, and speaks with them.
fn clients(session: &Session, settings: &Value) -> Result<(), String> {
    for key in ["mcpServers", "servers"] {
        for (_, server) in settings[key].as_object().into_iter().flatten() {
            let Some(program) = server["command"].as_str() else { continue };
            if !program.ends_with("cwpsa") {
                return Err(format!("it starts {program}"));
            }
            let mut command = session.shell("exec cwpsa \"$@\"");
            command.arg("cwpsa");
            command.args(server["args"].as_array().into_iter().flatten().filter_map(Value::as_str));
            for (name, value) in server["env"].as_object().into_iter().flatten() {
                if is_set(name)? {
                    command.env(name, value.as_str().unwrap_or_default());
                }
            }
            speak(command)?;
        }
    }
    Ok(())
}

/// Follows a document; gives what is wrong, and how many commands were run.
fn follow(path: &Path) -> (Vec<String>, usize) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fences = fences(&fs::read_to_string(path).expect("a document"));
    let mut session = Session::new();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (at, fence) in fences.iter().enumerate() {
        let mut said = None;
        if fence.is_shell() {
            for command in fence.commands() {
                match session.run(&command) {
                    Ok(Some(text)) => {
                        count += 1;
                        said.get_or_insert_with(String::new).push_str(&text);
                    }
                    Ok(None) => {}
                    Err(problem) => wrong.push(format!("{name}:{}: `{command}`: {problem}", fence.line)),
                }
            }
        } else if fence.language == "json" && !fence.follows {
            let settings = serde_json::from_str(&fence.text).map_err(|error| error.to_string());
            if let Err(problem) = settings.and_then(|settings: Value| clients(&session, &settings)) {
                wrong.push(format!("{name}:{}: {problem}", fence.line));
            }
        }
        let Some(said) = said else { continue };
        let next = fences
            .get(at + 1)
            .filter(|next| next.follows && ["text", "json"].contains(&next.language.as_str()));
        if let Some(next) = next {
            let said =
                session.ports.iter().fold(said, |said, (port, used)| said.replace(&format!(":{used}"), port));
            if let Err(problem) = compare(next, &said) {
                wrong.push(format!("{name}: {problem}"));
            }
        } else if said.contains("\"statusCode\":") {
            // A refusal that is not what is shown; `curl` itself is content with it.
            wrong.push(format!("{name}:{}: {said}", fence.line));
        }
    }
    (wrong, count)
}

#[test]
fn every_command_in_the_documents_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = fs::read_dir(root.join("docs")).expect("documents");
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.expect("a document").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.push(root.join("README.md"));
    let results: Vec<(Vec<String>, usize)> = std::thread::scope(|scope| {
        let threads: Vec<_> = paths.iter().map(|path| scope.spawn(|| follow(path))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a document that can be read")).collect()
    });
    let wrong: Vec<String> = results.iter().flat_map(|(wrong, _)| wrong.clone()).collect();
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n\n"));
    let count: usize = results.iter().map(|(_, count)| count).sum();
    assert!(count >= 30, "only {count} commands were run");
}

#[test]
fn each_link_in_the_documents_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut broken = Vec::new();
    for entry in fs::read_dir(&root).expect("documents") {
        let path = entry.expect("a document").path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            if !link.is_empty() && !link.contains("://") && !root.join(link).exists() {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn what_is_not_as_written_is_found() {
    assert!(matches("a … c", "a b c") && matches("…", "") && !matches("a…", "b"));
    let lines = |text: &'static str| text.lines().collect::<Vec<_>>();
    assert!(
        lines_match(&lines("a\n…\nz"), &lines("a\nb\nc\nz")) && !lines_match(&lines("a"), &lines("a\nb"))
    );
    let json = |text| serde_json::from_str::<Value>(text).expect("JSON");
    let said = json(r#"{"id": 4, "rows": [1, 2, 3]}"#);
    assert!(json_matches(&json(r#"{"id": 4, "rows": [1, "…"]}"#), &said));
    assert!(json_matches(&json(r#"{"id": "…", "…": "…"}"#), &said));
    assert!(
        !json_matches(&json(r#"{"id": 5, "…": "…"}"#), &said) && !json_matches(&json(r#"{"id": 4}"#), &said)
    );
    let mut session = Session::new();
    assert!(session.run("cwpsa describe no_such_tool").is_err());
    assert!(session.run("cwpsa describe no_such_tool # exits with 2").is_ok());
    assert!(session.run("frobnicate --all").is_err_and(|problem| problem.contains("frobnicate")));
    assert_eq!(fences("1. x\n\n   ```sh\n   a \\\n     b\n   ```\n")[0].commands(), ["a   b"]);
}
