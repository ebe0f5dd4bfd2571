//! Writes `server.json`, the entry in the MCP registry, which lists every package that runs the server.

use serde_json::{Value, json};

use crate::artifact::{Artifact, IMAGE, MCP_NAME, REPOSITORY, SUMMARY, VERSION};
use crate::digest::sha256_hex;

/// The entry's schema.
const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// Builds the entry. `bundles` are the MCPB bundles of all platforms that were built.
pub(crate) fn server_entry(bundles: &[&Artifact]) -> anyhow::Result<Artifact> {
    let mut packages = vec![
        json!({
            "registryType": "npm",
            "identifier": "cwpsa",
            "version": VERSION,
            "runtimeHint": "npx",
            "transport": {"type": "stdio"},
            "packageArguments": [{"type": "positional", "value": "mcp"}],
            "environmentVariables": variables()
        }),
        json!({
            "registryType": "pypi",
            "identifier": "cwpsa",
            "version": VERSION,
            "runtimeHint": "uvx",
            "transport": {"type": "stdio"},
            "packageArguments": [{"type": "positional", "value": "mcp"}],
            "environmentVariables": variables()
        }),
        json!({
            "registryType": "oci",
            "identifier": format!("{IMAGE}:{VERSION}"),
            "runtimeHint": "docker",
            "transport": {"type": "stdio"},
            "packageArguments": [{"type": "positional", "value": "mcp"}],
            "environmentVariables": variables()
        }),
    ];
    for bundle in bundles {
        packages.push(json!({
            "registryType": "mcpb",
            "identifier": format!("{REPOSITORY}/releases/download/v{VERSION}/{}", bundle.name),
            "version": VERSION,
            "fileSha256": sha256_hex(&bundle.bytes),
            "transport": {"type": "stdio"}
        }));
    }
    let entry = json!({
        "$schema": SCHEMA,
        "name": MCP_NAME,
        "title": "ConnectWise PSA",
        "description": SUMMARY,
        "version": VERSION,
        "websiteUrl": REPOSITORY,
        "repository": {"url": REPOSITORY, "source": "github"},
        "packages": packages
    });
    Ok(Artifact::new("server.json", serde_json::to_string_pretty(&entry)? + "\n"))
}

fn variables() -> Value {
    let variable = |name: &str, description: &str, is_secret: bool| json!({"name": name, "description": description, "isRequired": true, "isSecret": is_secret});
    let mut region = variable("CWPSA_REGION", "ConnectWise cloud region.", false);
    region["choices"] = json!(["na", "eu", "au", "za"]);
    json!([
        region,
        variable("CWPSA_COMPANY_ID", "Company ID used at login.", false),
        variable("CWPSA_PUBLIC_KEY", "An API member's public key.", true),
        variable("CWPSA_PRIVATE_KEY", "The API member's private key.", true),
        variable("CWPSA_CLIENT_ID", "Your integration's client ID, from developer.connectwise.com.", true),
        {
            "name": "CWPSA_READ_ONLY",
            "description": "Expose only tools that can't change data.",
            "default": "true",
            "format": "boolean"
        }
    ])
}
