//! Writes the binary's software bill of materials in CycloneDX 1.6 format.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde_json::{Value, json};

use crate::artifact::{Artifact, ReleaseBinary, VERSION};
use crate::binary::FEATURES;
use crate::digest::sha256_hex;
use crate::process::{cargo, output};

/// The package graph, as resolved by cargo.
struct PackageGraph {
    packages: BTreeMap<String, Value>,
    /// The packages that each package links.
    links: BTreeMap<String, Vec<String>>,
}

/// Lists every crate that is linked into the binary, and the dependencies between them.
pub(crate) fn bill_of_materials(binary: &ReleaseBinary) -> anyhow::Result<Artifact> {
    let graph = PackageGraph::read(binary.platform.triple)?;
    let root = graph.root()?;
    let mut reached = BTreeSet::new();
    let mut next = vec![root.clone()];
    while let Some(id) = next.pop() {
        if reached.insert(id.clone()) {
            next.extend(graph.links.get(&id).into_iter().flatten().cloned());
        }
    }
    let purl = |id: &String| graph.packages.get(id).map(package_url);
    let components: Vec<Value> = reached
        .iter()
        .filter(|id| **id != root)
        .filter_map(|id| graph.packages.get(id))
        .map(component)
        .collect();
    let depends = |id: &String| {
        let links: BTreeSet<String> = graph.links.get(id).into_iter().flatten().filter_map(&purl).collect();
        json!({"ref": purl(id), "dependsOn": links})
    };
    let mut product = component(graph.packages.get(&root).context("cwpsa is a package")?);
    product["type"] = json!("application");
    product["hashes"] = json!([{"alg": "SHA-256", "content": sha256_hex(&binary.bytes)}]);
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
        "components": components,
        "dependencies": reached.iter().map(depends).collect::<Vec<_>>()
    });
    let name = format!("cwpsa-{VERSION}-{}.cdx.json", binary.platform.triple);
    Ok(Artifact::new(name, serde_json::to_string_pretty(&document)? + "\n"))
}

impl PackageGraph {
    fn read(triple: &str) -> anyhow::Result<Self> {
        let mut metadata = cargo();
        metadata.args(["metadata", "--format-version", "1", "--locked", "--features", FEATURES]);
        let metadata: Value = serde_json::from_slice(&output(metadata.args(["--filter-platform", triple]))?)?;
        let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let packages =
            list(&metadata["packages"]).into_iter().map(|package| (id(&package), package)).collect();
        let mut links = BTreeMap::new();
        for node in list(&metadata["resolve"]["nodes"]) {
            // Build scripts and tests aren't part of the binary.
            let is_linked =
                |dependency: &Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            let dependencies = list(&node["deps"]).into_iter().filter(is_linked);
            let ids = dependencies.filter_map(|dependency| dependency["pkg"].as_str().map(str::to_owned));
            links.insert(id(&node), ids.collect());
        }
        Ok(Self { packages, links })
    }

    fn root(&self) -> anyhow::Result<String> {
        let root = self.packages.iter().find(|(_, package)| package["name"] == "cwpsa");
        root.map(|(id, _)| id.clone()).context("the workspace has no cwpsa package")
    }
}

fn package_url(package: &Value) -> String {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    format!("pkg:cargo/{}@{}", text("name"), text("version"))
}

fn component(package: &Value) -> Value {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let mut component = json!({
        "type": "library",
        "bom-ref": package_url(package),
        "name": text("name"),
        "version": text("version"),
        "purl": package_url(package),
        "scope": "required"
    });
    if let Some(license) = package["license"].as_str() {
        // Some old crates separate alternatives with a slash.
        let expression = license.replace(" / ", "/").replace('/', " OR ");
        component["licenses"] = json!([{"expression": expression}]);
    }
    if let Some(repository) = package["repository"].as_str() {
        component["externalReferences"] = json!([{"type": "vcs", "url": repository}]);
    }
    component
}
