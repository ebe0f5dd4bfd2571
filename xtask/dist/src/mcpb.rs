//! Builds the MCPB bundle, which Claude Desktop and other MCP hosts install when you double-click it.

use serde_json::{Value, json};

use crate::archive::{ArchiveEntry, zip};
use crate::artifact::{Artifact, LICENSE, REPOSITORY, ReleaseBinary, SUMMARY, VERSION, licenses};

/// Builds the bundle.
pub(crate) fn bundle(binary: &ReleaseBinary) -> anyhow::Result<Artifact> {
    let program = format!("server/{}", binary.platform.program());
    let manifest = manifest(&program, binary.platform.npm.0);
    let mut entries = vec![
        ArchiveEntry::file("manifest.json", serde_json::to_string_pretty(&manifest)? + "\n"),
        ArchiveEntry::program(program, binary.bytes.clone()),
    ];
    entries.extend(licenses()?);
    let (os, cpu) = binary.platform.npm;
    Ok(Artifact::new(format!("cwpsa-{VERSION}-{os}-{cpu}.mcpb"), zip(&entries)?))
}

/// Returns the manifest with the settings form. The form passes settings as variables, never as arguments, which other
/// users on the machine can see.
fn manifest(program: &str, system: &str) -> Value {
    json!({
        "manifest_version": "0.3",
        "name": "cwpsa",
        "display_name": "ConnectWise PSA",
        "version": VERSION,
        "description": SUMMARY,
        "long_description": "Find, describe and call every operation in the ConnectWise PSA (Manage) REST API. \
            Unless you turn off *Read only*, only tools that can't change data are exposed. Not affiliated with or \
            endorsed by ConnectWise.",
        "author": {"name": "The connectwise-psa developers", "url": REPOSITORY},
        "repository": {"type": "git", "url": format!("{REPOSITORY}.git")},
        "homepage": REPOSITORY,
        "documentation": format!("{REPOSITORY}/blob/main/docs/mcp-clients.md"),
        "support": format!("{REPOSITORY}/issues"),
        "license": LICENSE,
        "keywords": ["connectwise", "psa", "msp", "tickets"],
        "server": {
            "type": "binary",
            "entry_point": program,
            "mcp_config": {
                "command": format!("${{__dirname}}/{program}"),
                "args": ["mcp"],
                "env": {
                    "CWPSA_REGION": "${user_config.region}",
                    "CWPSA_COMPANY_ID": "${user_config.company_id}",
                    "CWPSA_PUBLIC_KEY": "${user_config.public_key}",
                    "CWPSA_PRIVATE_KEY": "${user_config.private_key}",
                    "CWPSA_CLIENT_ID": "${user_config.client_id}",
                    "CWPSA_READ_ONLY": "${user_config.read_only}"
                }
            }
        },
        "tools": [
            {"name": "search_tools", "description": "Find tools that match a task description."},
            {"name": "describe_tools", "description": "Show tool arguments."},
            {"name": "read_tool", "description": "Call a tool that can't change data."}
        ],
        "tools_generated": true,
        "user_config": {
            "region": {
                "type": "string",
                "title": "Region",
                "description": "ConnectWise cloud region: na, eu, au or za.",
                "default": "na",
                "required": true
            },
            "company_id": {
                "type": "string",
                "title": "Company ID",
                "description": "Company ID that you use to log in.",
                "required": true
            },
            "public_key": {
                "type": "string",
                "title": "Public key",
                "description": "API member's public key: System > Members > API Members > API Keys.",
                "sensitive": true,
                "required": true
            },
            "private_key": {
                "type": "string",
                "title": "Private key",
                "description": "API member's private key, shown only once when you create the key pair.",
                "sensitive": true,
                "required": true
            },
            "client_id": {
                "type": "string",
                "title": "Client ID",
                "description": "Your integration's client ID, from developer.connectwise.com.",
                "sensitive": true,
                "required": true
            },
            "read_only": {
                "type": "boolean",
                "title": "Read only",
                "description": "Expose only tools that can't change data.",
                "default": true,
                "required": false
            }
        },
        "compatibility": {"platforms": [system]}
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_sensitive_and_never_arguments() {
        let manifest = manifest("server/cwpsa", "linux");
        for key in ["public_key", "private_key", "client_id"] {
            assert_eq!(manifest["user_config"][key]["sensitive"], true, "{key}");
        }
        assert_eq!(manifest["server"]["mcp_config"]["args"], json!(["mcp"]));
        assert_eq!(manifest["user_config"]["read_only"]["default"], true);
    }

    #[test]
    fn every_setting_of_the_form_is_passed_on() {
        let manifest = manifest("server/cwpsa", "linux");
        let variables = manifest["server"]["mcp_config"]["env"].to_string();
        for key in manifest["user_config"].as_object().unwrap().keys() {
            assert!(variables.contains(&format!("${{user_config.{key}}}")), "{key}");
        }
    }
}
