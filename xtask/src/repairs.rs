//! `cargo xtask repairs`: lists the defects that the generator repairs in a spec.

use std::path::Path;
use std::process::ExitCode;

use toolcrate_codegen::{load, repair};

/// How many repairs of one kind are listed without `--all`.
const SHOWN: usize = 3;

/// Prints the repairs of `spec`, grouped by code. Exit code 2: the spec can't be read.
pub fn run(spec: &Path, all: bool) -> ExitCode {
    let repaired = match load::load(spec).and_then(repair::repair) {
        Ok(repaired) => repaired,
        Err(errors) => {
            eprintln!("{errors}");
            return ExitCode::from(2);
        }
    };
    for (code, count) in repair::count(&repaired.report.repairs) {
        println!("{code}  {count}");
        let limit = if all { usize::MAX } else { SHOWN };
        for repair in repaired.report.repairs.iter().filter(|repair| repair.code == code).take(limit) {
            println!("      {}: {}", repair.pointer, repair.message);
        }
        if count > limit {
            println!("      … and {} more (--all lists them)", count - limit);
        }
    }
    println!(
        "{} {}: {} operations, {} schemas, {} repairs",
        repaired.title,
        repaired.version,
        repaired.operations.len(),
        repaired.components.schemas.len(),
        repaired.report.repairs.len()
    );
    ExitCode::SUCCESS
}
