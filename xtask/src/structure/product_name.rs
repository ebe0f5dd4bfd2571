//! Checks the rule that generic code must not name a product.

use super::files;
use super::metadata::Workspace;
use super::violation::{Rule, Violation};

/// Spellings of the product's names, in lower case.
const NAMES: [&str; 5] = ["connectwise", "connect_wise", "connect-wise", "connect wise", "cwpsa"];
/// A product whose name is a common word counts only as a separate, capitalized word.
const WORD: &str = "Manage";

/// Reports sources, manifests and READMEs of generic packages that name a product; tests may.
pub(crate) fn mentions(workspace: &Workspace) -> anyhow::Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for package in workspace.packages.iter().filter(|package| package.name.starts_with("toolcrate-")) {
        for path in files::walk(package.folder())? {
            let relative = files::display(package.folder(), &path);
            let is_checked = ["src/", "data/", "README"].iter().any(|start| relative.starts_with(start));
            if !is_checked && relative != "Cargo.toml" {
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let shipped = if relative.ends_with(".rs") { without_tests(&text) } else { &text };
            let lines: Vec<(usize, &str)> =
                (1..).zip(shipped.lines()).filter(|(_, line)| names_product(line)).collect();
            if let Some((number, line)) = lines.first() {
                violations.push(Violation {
                    rule: Rule::ProductName,
                    subject: files::display(&workspace.root, &path),
                    count: 1,
                    detail: format!("{} lines, first {number}: {}", lines.len(), line.trim()),
                });
            }
        }
    }
    Ok(violations)
}

/// Returns a source file up to its tests module, which comes last.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod ").map_or(text, |end| &text[..end])
}

fn names_product(line: &str) -> bool {
    let mut words = line.split(|letter: char| !letter.is_alphanumeric());
    let lower = line.to_lowercase();
    NAMES.iter().any(|name| lower.contains(name)) || words.any(|word| word == WORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_found_in_any_spelling_but_not_within_other_words() {
        for line in ["//! For ConnectWise.", "connect_wise_psa_ticket", "CWPSA_TOKEN", "the Manage API"] {
            assert!(names_product(line), "{line}");
        }
        for line in ["features = [\"connection-manager\"]", "who manages it", "manage records", "connect"] {
            assert!(!names_product(line), "{line}");
        }
    }

    #[test]
    fn tests_may_name_a_product() {
        assert_eq!(without_tests("fn f() {}\n#[cfg(test)]\nmod tests { /* ConnectWise */ }"), "fn f() {}\n");
    }
}
