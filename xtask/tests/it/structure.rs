//! Tests `cargo xtask structure`: this workspace must follow the rules, and breaking any of them must be detected.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

struct StructureRun {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn structure(root: &Path, arguments: &[&str]) -> StructureRun {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("structure").arg("--root").arg(root).args(arguments);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    StructureRun { code: status.code(), stdout: lossy(stdout), stderr: lossy(stderr) }
}

#[test]
fn this_workspace_has_no_violations_but_the_known_ones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let run = structure(&root, &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

/// Creates a workspace of two packages, with `files` (paths and contents) added.
fn workspace(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, content: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"runtime\", \"catalog\"]\n");
    for name in ["runtime", "catalog"] {
        write(
            &format!("{name}/Cargo.toml"),
            &format!("[package]\nname = \"toolcrate-{name}\"\nedition = \"2024\"\n"),
        );
        write(&format!("{name}/src/lib.rs"), "");
    }
    fs::create_dir(folder.path().join("xtask")).unwrap();
    for (path, content) in files {
        write(path, content);
    }
    folder
}

#[test]
fn each_broken_rule_is_reported() {
    let long = "\n".repeat(501);
    for (files, expected) in [
        (&[("runtime/src/lib.rs", long.as_str())][..], "error[file-length] runtime/src/lib.rs: 501 lines"),
        (
            &[
                ("runtime/src/lib.rs", "pub mod a; pub mod b;"),
                ("runtime/src/a.rs", "use super::b::{B};"),
                ("runtime/src/b/mod.rs", "pub struct B; fn f() { crate::a::f() }"),
            ],
            "error[import-cycle] runtime/src/a.rs: part of an import cycle of 2 files; imports src/b/mod.rs",
        ),
        (
            &[
                ("runtime/src/lib.rs", "mod a; pub use a::A; pub struct Shared;"),
                ("runtime/src/a.rs", "pub struct A(super::Shared);"),
            ],
            "error[import-cycle] runtime/src/lib.rs: part of an import cycle of 2 files; imports src/a.rs",
        ),
        (
            &[("runtime/src/lib.rs", "pub struct Twice;"), ("catalog/src/lib.rs", "enum Twice {}")],
            "error[duplicate-type] Twice: 2 definitions: catalog/src/lib.rs, runtime/src/lib.rs",
        ),
        (
            &[(
                "catalog/Cargo.toml",
                "[package]\nname = \"toolcrate-catalog\"\nedition = \"2024\"\n[dependencies]\n\
                 toolcrate-runtime = { path = \"../runtime\" }\n",
            )],
            "error[layering] toolcrate-catalog -> toolcrate-runtime: ",
        ),
        (
            &[("catalog/README.md", "# Tools\nFor ConnectWise.\n")],
            "error[product-name] catalog/README.md: 1 lines, first 2: For ConnectWise.",
        ),
        (
            &[("catalog/src/lib.rs", "fn of() {} struct Asked;")],
            "error[banned-name] catalog/src/lib.rs fn of: ",
        ),
        (
            &[("catalog/src/lib.rs", "fn of() {} struct Asked;")],
            "error[banned-name] catalog/src/lib.rs type Asked: ",
        ),
        (
            &[("docs/a.md", "# Title\n\nThe name on\nthe wire.\n")],
            "error[banned-phrase] docs/a.md: 1 phrases, first docs/a.md:3: \"on the wire\"",
        ),
    ] {
        let workspace = workspace(files);
        let run = structure(workspace.path(), &[]);
        assert!(
            run.code == Some(1) && run.stderr.contains(expected),
            "{expected}\n{}\n{}",
            run.stdout,
            run.stderr
        );
    }
}

#[test]
fn allowed_violations_are_not_reported() {
    let workspace = workspace(&[
        (
            "runtime/Cargo.toml",
            "[package]\nname = \"toolcrate-runtime\"\nedition = \"2024\"\n[dependencies]\n\
             toolcrate-catalog = { path = \"../catalog\" }\n",
        ),
        (
            "runtime/src/lib.rs",
            "mod a; mod b; pub use a::A;\n#[cfg(test)]\nmod tests { use super::*; struct Asked; }",
        ),
        ("runtime/src/a.rs", "use crate::b::B; pub struct A(B); impl Iterator for A { type Item = B; }"),
        (
            "runtime/src/b.rs",
            "pub struct B; impl Iterator for B { type Item = u8; }\n#[cfg(test)]\nmod tests { use crate::A; }",
        ),
        ("runtime/tests/it/main.rs", "// ConnectWise\nfn of() {}"),
    ]);
    let run = structure(workspace.path(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_list_of_known_violations_only_shrinks() {
    let workspace = workspace(&[("catalog/src/lib.rs", "fn of() {} fn told() {}")]);
    let root = workspace.path();
    assert_eq!(structure(root, &["--update"]).code, Some(0), "a list is made");
    let run = structure(root, &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("  known catalog/src/lib.rs fn of: 1 times"), "{}", run.stdout);

    fs::write(root.join("catalog/src/lib.rs"), "fn of() {}").unwrap();
    let run = structure(root, &[]);
    assert_eq!(run.code, Some(1));
    let outdated = "error[banned-name] catalog/src/lib.rs fn told: listed in xtask/structure.txt, but violated less often";
    assert!(run.stderr.contains(outdated), "{}", run.stderr);
    assert_eq!(structure(root, &["--update"]).code, Some(0));
    assert_eq!(structure(root, &[]).code, Some(0));

    fs::write(root.join("catalog/src/lib.rs"), "fn of() {} fn text() {}").unwrap();
    let run = structure(root, &["--update"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("banned-name has 2 violations, but only 1 are listed as known"),
        "{}",
        run.stderr
    );
}

#[test]
fn known_violations_are_counted() {
    let workspace = workspace(&[("docs/a.md", "On the wire, on the wire.")]);
    let root = workspace.path();
    assert_eq!(structure(root, &["--update"]).code, Some(0), "a list is made");
    let list = fs::read_to_string(root.join("xtask/structure.txt")).unwrap();
    assert!(list.contains("\nbanned-phrase docs/a.md x2\n"), "{list}");
    assert_eq!(structure(root, &[]).code, Some(0));

    fs::write(root.join("docs/a.md"), "On the wire, on the wire, on the wire.").unwrap();
    let run = structure(root, &[]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("error[banned-phrase] docs/a.md: 3 phrases"), "{}", run.stderr);
    assert_eq!(structure(root, &["--update"]).code, Some(2));

    fs::write(root.join("docs/a.md"), "On the wire.").unwrap();
    let run = structure(root, &[]);
    assert!(run.code == Some(1) && run.stderr.contains("docs/a.md: listed in"), "{}", run.stderr);
    assert_eq!(structure(root, &["--update"]).code, Some(0));
    assert_eq!(structure(root, &[]).code, Some(0));
}
