//! `cargo xtask release`: checks the prerequisites for a release, and prints the steps.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::artifact::{IMAGE, VERSION, workspace_file};
use crate::platform::PLATFORMS;
use crate::process::{cargo, finish, output, workspace_root};
use crate::prove::tools::ReleaseTools;

#[derive(clap::Args)]
pub(crate) struct ReleaseArguments {
    /// Print the release steps instead of checking the workflows and manifests.
    #[arg(long)]
    dry_run: bool,
}

/// Checks the workflows and manifests, or prints the steps.
pub(crate) fn run(arguments: &ReleaseArguments) -> anyhow::Result<()> {
    let metadata = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let crates = publish_order(&serde_json::from_slice(&metadata)?)?;
    if arguments.dry_run {
        print_steps(&crates);
        return Ok(());
    }
    check_versions()?;
    let tools = ReleaseTools::install()?;
    for workflow in files(".github/workflows", "yml")? {
        output(tools.actionlint().arg(workflow))?;
    }
    finish(tools.python("validate.py").arg("kubernetes").args(files("deploy/kubernetes", "yaml")?))?;
    println!("the release workflows and manifests are valid");
    Ok(())
}

/// Checks that everything deployed refers to the current version.
fn check_versions() -> anyhow::Result<()> {
    for path in ["deploy/compose.yaml", "deploy/kubernetes/deployment.yaml"] {
        let text = workspace_file(path)?;
        let image = format!("{IMAGE}:{VERSION}");
        ensure!(text.contains(&image), "{path} does not use the image {image}");
    }
    let changes = workspace_file("CHANGELOG.md")?;
    let is_listed = changes.contains(&format!("## {VERSION}")) || changes.contains("## Unreleased");
    ensure!(is_listed, "CHANGELOG.md has no heading for {VERSION}");
    Ok(())
}

fn files(folder: &str, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let folder = workspace_root().canonicalize()?.join(folder);
    let entries = std::fs::read_dir(&folder).with_context(|| format!("can't read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    ensure!(!paths.is_empty(), "{} has no *.{extension}", folder.display());
    Ok(paths)
}

/// Returns the names of all published crates, each after its dependencies.
fn publish_order(metadata: &Value) -> anyhow::Result<Vec<String>> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages: Vec<Value> = list(&metadata["packages"])
        .into_iter()
        .filter(|package| package["publish"].as_array().is_none_or(|registries| !registries.is_empty()))
        .collect();
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut waiting: Vec<(&str, Vec<String>)> = Vec::new();
    for package in &packages {
        // Development dependencies without a version are removed from the archive.
        let is_needed = |dependency: &Value| dependency["kind"].is_null() || dependency["req"] != "*";
        let needed = list(&package["dependencies"]).into_iter().filter(is_needed);
        let needed = needed.filter_map(|dependency| dependency["name"].as_str().map(str::to_owned));
        let needed = needed.filter(|name| names.contains(&name.as_str())).collect();
        waiting.push((package["name"].as_str().unwrap_or_default(), needed));
    }
    waiting.sort();
    let mut order: Vec<String> = Vec::new();
    while !waiting.is_empty() {
        let is_ready = |(_, needed): &(&str, Vec<String>)| needed.iter().all(|name| order.contains(name));
        let at = waiting.iter().position(is_ready).context("the crates depend on each other in a circle")?;
        order.push(waiting.remove(at).0.to_owned());
    }
    Ok(order)
}

/// Prints the steps that the `release.yml` workflow performs when a tag is pushed, as commands.
fn print_steps(crates: &[String]) {
    let step = |number: usize, title: &str| println!("\n{number}. {title}");
    println!("Release {VERSION}. None of these steps has been run.");
    step(1, "Tag the commit; the release.yml workflow runs the other steps");
    println!("   git tag --sign v{VERSION} && git push origin v{VERSION}");
    step(2, "Check: the tests, and every crate from its archive");
    println!("   .ci/run");
    step(3, "Build and prove the packages on each platform");
    for platform in PLATFORMS {
        println!("   cargo xtask dist --prove    # on {}", platform.triple);
    }
    step(4, "Publish the crates to crates.io; cargo waits until each crate is in the index");
    for name in crates {
        println!("   cargo publish --locked --package {name}");
    }
    step(5, "Publish to npm, starting with the platform packages");
    for platform in PLATFORMS {
        let (os, cpu) = platform.npm;
        println!("   npm publish --provenance --access public dist/cwpsa-{os}-{cpu}-{VERSION}.tgz");
    }
    println!("   npm publish --provenance --access public dist/cwpsa-{VERSION}.tgz");
    println!("   npm publish --provenance --access public    # in sdk/langchain-js");
    step(6, "Publish to PyPI, as a trusted publisher");
    println!("   uv publish dist/*.whl");
    println!("   uv build sdk/python --out-dir dist-sdk && uv publish dist-sdk/*");
    step(7, "Push the images for both architectures with one tag");
    for platform in PLATFORMS {
        let Some(architecture) = platform.image else { continue };
        let archive = format!("dist/cwpsa-{VERSION}-image-linux-{architecture}.tar");
        println!("   skopeo copy oci-archive:{archive} docker://{IMAGE}:{VERSION}-{architecture}");
    }
    println!(
        "   docker buildx imagetools create --tag {IMAGE}:{VERSION} {IMAGE}:{VERSION}-amd64 {IMAGE}:{VERSION}-arm64"
    );
    step(8, "Attach the files to the release, with provenance");
    println!("   gh attestation, gh release create v{VERSION} dist/* --notes-file <section of CHANGELOG.md>");
    step(9, "Publish the MCP registry entry");
    println!("   mcp-publisher login github-oidc && mcp-publisher publish dist/server.json");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn crates_come_after_their_dependencies() {
        let metadata = json!({"packages": [
            {"name": "app", "publish": null, "dependencies": [
                {"name": "lib", "kind": null, "req": "^0.1"}, {"name": "serde", "kind": null, "req": "^1"}]},
            {"name": "lib", "publish": null, "dependencies": [{"name": "helper", "kind": "dev", "req": "*"}]},
            {"name": "helper", "publish": [], "dependencies": [{"name": "lib", "kind": null, "req": "^0.1"}]}
        ]});
        assert_eq!(publish_order(&metadata).unwrap(), ["lib", "app"]);
    }

    #[test]
    fn a_circle_of_crates_is_an_error() {
        let metadata = json!({"packages": [
            {"name": "a", "publish": null, "dependencies": [{"name": "b", "kind": null, "req": "^1"}]},
            {"name": "b", "publish": null, "dependencies": [{"name": "a", "kind": "dev", "req": "^1"}]}
        ]});
        assert!(publish_order(&metadata).is_err());
    }
}
