//! Prints measurements of the tools as lines of JSON, for `cargo xtask bench`. Figures outside their limits are
//! reported on stderr.

use e2e::spec::Spec;

#[path = "../support/figures.rs"]
mod tool_figures;

/// Number of argument draws per tool.
const DRAWS: u64 = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for figure in tool_figures::schemas() {
        println!("{}", figure.to_json());
    }
    let client = e2e::client("https://localhost")?;
    let mut spec = Spec::read("connectwise-psa-2025.1.json")?;
    let (figures, failures) = tool_figures::calls(&client, &mut spec, DRAWS);
    for figure in figures {
        println!("{}", figure.to_json());
    }
    failures.iter().take(40).for_each(|failure| eprintln!("{failure}"));
    Ok(())
}
