//! Checks that every guarantee on the security page names tests that try to break it, and that those tests exist.

use std::path::Path;

/// Collects the names of the test functions below a folder.
fn tests(folder: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                let function = line.trim_start_matches("async ").strip_prefix("fn ");
                if let Some((name, _)) = function.and_then(|rest| rest.split_once('(')).filter(|_| is_test) {
                    names.push(name.to_owned());
                }
                is_test = line.starts_with("#[test")
                    || line.starts_with("#[tokio::test")
                    || is_test && line.starts_with('#');
            }
        }
    }
}

#[test]
fn each_security_guarantee_names_existing_tests() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(manifest.join("../../docs/security.md")).unwrap();
    let (_, table) = page.split_once("| guarantee | test |").expect("the page has the table");
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 30, "{}", rows.len());
    let crates = manifest.parent().unwrap();
    for row in rows {
        let named: Vec<&str> = row.split('`').skip(1).step_by(2).filter(|name| name.contains(": ")).collect();
        assert!(!named.is_empty(), "no test: {row}");
        for name in named {
            let (package, test) = name.split_once(": ").unwrap();
            let mut known = Vec::new();
            for folder in ["src", "tests"] {
                tests(&crates.join(package).join(folder), &mut known);
            }
            assert!(known.iter().any(|known| known == test), "{package} has no test {test}");
        }
    }
}
