//! Builds the npm packages: `cwpsa`, which starts the binary, and a package with the binary for each platform.

use serde_json::{Map, Value, json};

use crate::archive::{ArchiveEntry, gzip, tar};
use crate::artifact::{
    Artifact, LICENSE, MCP_NAME, REPOSITORY, ReleaseBinary, SUMMARY, VERSION, licenses, workspace_file,
};
use crate::platform::PLATFORMS;

/// Starts the binary from the platform's package.
const LAUNCHER: &str = include_str!("../npm/cwpsa.js");

/// Builds both packages.
pub(crate) fn npm_packages(binary: &ReleaseBinary) -> anyhow::Result<[Artifact; 2]> {
    Ok([launcher_package(binary)?, platform_package(binary)?])
}

fn launcher_package(binary: &ReleaseBinary) -> anyhow::Result<Artifact> {
    let platforms: Map<String, Value> =
        PLATFORMS.into_iter().map(|platform| (platform.npm_package(), json!(VERSION))).collect();
    let mut manifest = manifest("cwpsa", SUMMARY);
    manifest.insert("mcpName".to_owned(), json!(MCP_NAME));
    manifest.insert("keywords".to_owned(), json!(["connectwise", "psa", "mcp", "llm", "tools"]));
    manifest.insert("bin".to_owned(), json!({"cwpsa": "bin/cwpsa.js"}));
    manifest.insert("engines".to_owned(), json!({"node": ">=18"}));
    manifest.insert("optionalDependencies".to_owned(), Value::Object(platforms));
    let files = vec![
        ArchiveEntry::program("bin/cwpsa.js", LAUNCHER),
        ArchiveEntry::file("README.md", workspace_file("crates/cwpsa/README.md")?),
    ];
    package(format!("cwpsa-{VERSION}.tgz"), manifest, files, binary.epoch)
}

fn platform_package(binary: &ReleaseBinary) -> anyhow::Result<Artifact> {
    let platform = binary.platform;
    let (os, cpu) = platform.npm;
    let mut manifest = manifest(&platform.npm_package(), &format!("The cwpsa binary for {os} on {cpu}"));
    manifest.insert("os".to_owned(), json!([os]));
    manifest.insert("cpu".to_owned(), json!([cpu]));
    if os == "linux" {
        manifest.insert("libc".to_owned(), json!(["glibc"]));
    }
    // Yarn can't run a binary inside a zip file.
    manifest.insert("preferUnplugged".to_owned(), json!(true));
    let readme =
        "The binary for [cwpsa](https://www.npmjs.com/package/cwpsa). Install that package instead.\n";
    let program = format!("bin/{}", platform.program());
    let files =
        vec![ArchiveEntry::program(program, binary.bytes.clone()), ArchiveEntry::file("README.md", readme)];
    package(format!("cwpsa-{os}-{cpu}-{VERSION}.tgz"), manifest, files, binary.epoch)
}

fn manifest(name: &str, description: &str) -> Map<String, Value> {
    let fields = json!({
        "name": name,
        "version": VERSION,
        "description": description,
        "license": LICENSE,
        "repository": {"type": "git", "url": format!("git+{REPOSITORY}.git")},
        "homepage": REPOSITORY,
    });
    let Value::Object(fields) = fields else { unreachable!("it is an object") };
    fields
}

/// Packs files like `npm pack`.
fn package(
    name: String,
    manifest: Map<String, Value>,
    mut files: Vec<ArchiveEntry>,
    epoch: u64,
) -> anyhow::Result<Artifact> {
    let text = serde_json::to_string_pretty(&manifest)? + "\n";
    files.push(ArchiveEntry::file("package.json", text));
    files.extend(licenses()?);
    let files: Vec<ArchiveEntry> = files.into_iter().map(|file| file.below("package")).collect();
    Ok(Artifact::new(name, gzip(&tar(&files, epoch)?)?))
}
