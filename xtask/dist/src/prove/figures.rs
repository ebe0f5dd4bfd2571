//! Compares durations and sizes with their limits.

use std::path::Path;

use anyhow::{Context, ensure};

/// A measured figure.
struct ProofFigure {
    what: String,
    value: f64,
    unit: &'static str,
    bound: Option<f64>,
}

/// All figures of a run.
#[derive(Default)]
pub(crate) struct ProofFigures(Vec<ProofFigure>);

impl ProofFigures {
    /// Adds a size. `bound` is the limit in megabytes.
    pub(crate) fn size(&mut self, what: &str, bytes: usize, bound: Option<f64>) {
        let value = bytes as f64 / 1e6;
        self.0.push(ProofFigure { what: format!("{what}, size"), value, unit: "MB", bound });
    }

    /// Adds the size of a file.
    pub(crate) fn file(&mut self, what: &str, path: &Path, bound: Option<f64>) -> anyhow::Result<()> {
        let about = std::fs::metadata(path).with_context(|| format!("can't read {}", path.display()))?;
        self.size(what, usize::try_from(about.len())?, bound);
        Ok(())
    }

    /// Adds the time from nothing to the first response. `bound` is the limit in seconds.
    pub(crate) fn first_answer(&mut self, what: &str, seconds: f64, bound: Option<f64>) {
        self.0.push(ProofFigure {
            what: format!("{what}, from nothing to the first answer"),
            value: seconds,
            unit: "s",
            bound,
        });
    }

    /// Prints all figures as a table.
    pub(crate) fn print(&self) {
        println!("\n| what | value | bound |\n| --- | --- | --- |");
        for ProofFigure { what, value, unit, bound } in &self.0 {
            let bound = bound.map_or(String::new(), |bound| format!("≤ {bound} {unit}"));
            println!("| {what} | {value:.1} {unit} | {bound} |");
        }
    }

    /// Compares all figures with their limits.
    ///
    /// # Errors
    /// Returns an error if one exceeds its limit.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let is_missed = |figure: &&ProofFigure| figure.bound.is_some_and(|bound| figure.value > bound);
        let missed: Vec<&str> = self.0.iter().filter(is_missed).map(|figure| figure.what.as_str()).collect();
        ensure!(missed.is_empty(), "these exceed their bounds: {}", missed.join("; "));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_bound_is_an_error_that_names_it() {
        let mut figures = ProofFigures::default();
        figures.size("image", 25_000_000, Some(25.0));
        assert!(figures.check().is_ok());
        figures.first_answer("npx", 15.1, Some(15.0));
        let message = figures.check().unwrap_err().to_string();
        assert_eq!(message, "these exceed their bounds: npx, from nothing to the first answer");
    }
}
