//! Reads the two real releases, and checks that all of their contents are found and every known kind of defect is
//! reported.

use toolcrate_codegen::{load, repair};
use toolcrate_testing::specs::{self, RELEASES, release_path};

fn repaired(release: &str) -> repair::RepairedDocument {
    repair::repair(load::load(&release_path(release)).unwrap()).unwrap()
}

#[test]
fn every_operation_and_schema_survives() {
    for release in RELEASES {
        let (document, repaired) = (specs::parse_release(release), repaired(release));
        assert_eq!(repaired.operations.len(), specs::count_operations(&document), "{release}");
        assert_eq!(repaired.components.schemas.len(), specs::count_schemas(&document), "{release}");
    }
}

#[test]
fn mangled_member_path_is_repaired() {
    let repaired = repaired("2025.1");
    let member = repaired
        .operations
        .iter()
        .find(|raw| raw.spec_path.starts_with("/system/members/{memberIdentifier:"))
        .unwrap();
    assert_eq!(member.path, "/system/members/{memberIdentifier}");
    assert!(
        repaired
            .report
            .repairs
            .iter()
            .any(|repair| repair.code == "R001" && repair.pointer.contains("memberIdentifier"))
    );
}

#[test]
fn known_spec_defects_are_reported_by_code() {
    let of_2025 = repair::count(&repaired("2025.1").report.repairs);
    let of_2022 = repair::count(&repaired("2022.1").report.repairs);
    println!("2025.1: {of_2025:?}\n2022.1: {of_2022:?}");
    for code in ["R001", "R002", "R004", "R005", "R006", "R016"] {
        assert!(of_2025.contains_key(code), "{code} in 2025.1");
    }
    for code in ["R007", "R009"] {
        assert!(of_2022.contains_key(code), "{code} in 2022.1");
    }
}

#[test]
fn placeholders_match_path_parameters_after_repair() {
    for release in RELEASES {
        for raw in repaired(release).operations {
            let template = toolcrate_codegen::ir::Template::parse(&raw.path);
            let placeholders: Vec<&str> = template.placeholders().collect();
            let parameters: Vec<&str> = raw
                .parameters
                .iter()
                .filter(|parameter| parameter.location == toolcrate_codegen::ir::ParameterLocation::Path)
                .map(|parameter| parameter.data.name.as_str())
                .collect();
            assert_eq!(placeholders, parameters, "{}", raw.pointer);
        }
    }
}
