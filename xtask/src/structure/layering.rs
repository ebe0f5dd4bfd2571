//! Checks the rule about dependencies between packages.

use std::collections::BTreeSet;

use super::metadata::Workspace;
use super::violation::{Rule, Violation};

/// Each package with those directly below it. A package may depend on everything that is reachable from it.
const LAYERS: [(&str, &[&str]); 19] = [
    ("toolcrate-catalog", &[]),
    ("toolcrate-listener", &[]),
    ("toolcrate-store", &[]),
    ("connectwise-callbacks", &[]),
    ("toolcrate-pack", &["toolcrate-catalog"]),
    ("toolcrate-runtime", &["toolcrate-catalog"]),
    ("connectwise-psa", &["toolcrate-runtime", "toolcrate-pack"]),
    ("toolcrate-search", &["toolcrate-runtime"]),
    ("toolcrate-executor", &["toolcrate-runtime", "toolcrate-store"]),
    ("toolcrate-plans", &["toolcrate-executor"]),
    ("toolcrate-mcp", &["toolcrate-executor", "toolcrate-search"]),
    ("toolcrate-http", &["toolcrate-executor", "toolcrate-search", "toolcrate-listener"]),
    ("cwpsa-sandbox", &["connectwise-psa", "toolcrate-listener", "connectwise-callbacks"]),
    ("cwpsa", &["toolcrate-mcp", "toolcrate-http", "toolcrate-plans", "connectwise-psa", "cwpsa-sandbox"]),
    ("toolcrate-codegen", &["toolcrate-catalog"]),
    ("toolcrate-diff", &["toolcrate-codegen"]),
    ("toolcrate-testing", &["toolcrate-runtime"]),
    ("xtask", &["toolcrate-diff"]),
    ("xtask-dist", &[]),
];
/// The end-to-end tests depend on everything that they test.
const UNRESTRICTED: &str = "e2e";

/// Reports dependencies that don't follow [`LAYERS`]; test dependencies are unrestricted.
pub(crate) fn violations(workspace: &Workspace) -> Vec<Violation> {
    let names: BTreeSet<&str> = workspace.packages.iter().map(|package| package.name.as_str()).collect();
    let mut violations = Vec::new();
    let mut add = |subject: String, detail: &str| {
        violations.push(Violation { rule: Rule::Layering, subject, count: 1, detail: detail.to_owned() });
    };
    for package in workspace.packages.iter().filter(|package| package.name != UNRESTRICTED) {
        if !LAYERS.iter().any(|(name, _)| *name == package.name) {
            add(package.name.clone(), "the package has no layer; add it to xtask/src/structure/layering.rs");
            continue;
        }
        let allowed = reachable(&package.name);
        for dependency in &package.dependencies {
            let is_shipped = dependency.kind.as_deref() != Some("dev");
            if is_shipped && names.contains(&*dependency.name) && !allowed.contains(&*dependency.name) {
                add(
                    format!("{} -> {}", package.name, dependency.name),
                    "the dependency is not below the package",
                );
            }
        }
    }
    violations
}

fn reachable(package: &str) -> BTreeSet<&'static str> {
    let below =
        |name: &str| LAYERS.iter().find(|(other, _)| *other == name).map_or(&[][..], |(_, below)| below);
    let (mut found, mut pending) = (BTreeSet::new(), below(package).to_vec());
    while let Some(name) = pending.pop() {
        if found.insert(name) {
            pending.extend(below(name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_crates_do_not_depend_on_the_generator_nor_transports_on_each_other() {
        for (package, _) in LAYERS {
            let is_tool = ["toolcrate-diff", "xtask"].contains(&package);
            assert_eq!(reachable(package).contains("toolcrate-codegen"), is_tool, "{package}");
            assert!(!reachable(package).contains("toolcrate-testing"), "{package}");
            assert!(!reachable(package).contains(package), "{package} depends on itself");
        }
        assert!(!reachable("toolcrate-mcp").contains("toolcrate-http"));
        assert!(!reachable("toolcrate-http").contains("toolcrate-mcp"));
        assert!(reachable("cwpsa").contains("toolcrate-catalog"));
    }
}
