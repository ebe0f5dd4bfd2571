//! Talks to MCP servers like a client that is configured with the settings from a document.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::docs::session::{Session, is_set};

/// Talks to an MCP server on its stdin and stdout: it must identify itself and list tools.
pub fn speak(mut command: Command) -> Result<(), String> {
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

/// Starts the servers in an MCP client's settings, and talks to them.
pub fn clients(session: &Session, settings: &Value) -> Result<(), String> {
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
