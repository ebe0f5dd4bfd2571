//! `cargo xtask diff`: reports what a new release changes for HTTP clients, Rust programs and agents.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use toolcrate_codegen::diagnostic::{CodegenError, Errors};
use toolcrate_diff::report::{self, ReportFormat};
use toolcrate_diff::{DiffReport, DiffSettings, Severity, Snapshot, SpecSource, allowlist, release_notes};

use crate::{ci, sizes};

/// The arguments of the command.
#[derive(Args)]
pub struct DiffArguments {
    /// The old and the new spec. A single spec is compared with the spec that the crate was generated from.
    #[arg(num_args = 1..=2, required = true, value_names = ["OLD", "NEW"])]
    specs: Vec<PathBuf>,
    /// The API's profile.
    #[arg(long, value_name = "FILE", default_value = "specs/toolcrate.yaml")]
    profile: PathBuf,
    /// Report format.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    format: OutputFormat,
    /// Changes that cause exit code 1.
    #[arg(long, value_enum, default_value_t = FailOn::Breaking)]
    fail_on: FailOn,
    /// YAML file that lists accepted changes as `{ kind, subject, member, reason, until }`. `*` matches any text;
    /// `until` is the last day on which the entry is valid, such as 2026-01-31. Entries that have expired or match
    /// nothing are reported.
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    /// Also report the total size of the tool definitions in each LLM provider's format. Builds the generated crate.
    #[arg(long)]
    sizes: bool,
    /// Write the report to this file instead of stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum OutputFormat {
    /// Every change as plain text, with a JSON pointer for breaking changes.
    Text,
    /// Every change, in tables and lists.
    Markdown,
    /// Every change as a JSON object, with counts by level and severity.
    Json,
    /// Every change, as an HTML page.
    Html,
    /// Release notes in Markdown, with long lists collapsed.
    Note,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Breaking changes.
    Breaking,
    /// Any change, including wording.
    Any,
    /// No change.
    Never,
}

impl FailOn {
    fn least(self) -> Option<Severity> {
        match self {
            Self::Breaking => Some(Severity::Breaking),
            Self::Any => Some(Severity::Wording),
            Self::Never => None,
        }
    }
}

/// Runs the command. Exit code 0: no change selected by `--fail-on`; 1: at least one; 2: the comparison failed.
pub fn run(arguments: &DiffArguments) -> ExitCode {
    match compare(arguments).and_then(|compared| finish(arguments, &compared)) {
        Ok(code) => code,
        Err(errors) => {
            eprintln!("{errors}");
            ci::errors(&errors);
            ExitCode::from(2)
        }
    }
}

/// Two releases, and the result of comparing them.
struct ComparedReleases {
    old: Snapshot,
    new: Snapshot,
    report: DiffReport,
}

fn compare(arguments: &DiffArguments) -> Result<ComparedReleases, Errors> {
    let settings = DiffSettings::read(&arguments.profile)?;
    let (old, new) = match &arguments.specs[..] {
        [old, new] => (old.as_path(), new.as_path()),
        [new] => (settings.spec.as_path(), new.as_path()),
        _ => unreachable!("clap takes one or two"),
    };
    let accepted = arguments.allow.as_deref().map(allowlist::read).transpose()?;
    let (old, new) = (SpecSource::read(old)?, SpecSource::read(new)?);
    let (old, new) = toolcrate_diff::read(&old, &new, &settings)?;
    let mut report = toolcrate_diff::compare(&old, &new, &settings.profile);
    if let Some(accepted) = accepted {
        allowlist::apply(&accepted, &today(), &mut report);
    }
    if arguments.sizes {
        report.sizes = sizes::measure(&old, &new)?;
    }
    Ok(ComparedReleases { old, new, report })
}

fn finish(arguments: &DiffArguments, compared: &ComparedReleases) -> Result<ExitCode, Errors> {
    let ComparedReleases { old, new, report } = compared;
    let text = render(arguments.format, report, old, new)?;
    match &arguments.out {
        Some(path) => {
            std::fs::write(path, text).map_err(|error| unwritten(path, &error))?;
            println!("{}: {} changes", path.display(), report.changes.len());
        }
        // A reader that has seen enough (`| head`) isn't an error.
        None => drop(std::io::stdout().write_all(text.as_bytes())),
    }
    for line in &report.stale {
        eprintln!("warning: {line}");
    }
    let failures: Vec<_> =
        arguments.fail_on.least().map(|least| report.failures(least).collect()).unwrap_or_default();
    ci::changes(report, &failures);
    if ci::wants_summary() {
        ci::summary(&report::render(report, ReportFormat::Markdown)?);
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn render(
    shape: OutputFormat,
    report: &DiffReport,
    old: &Snapshot,
    new: &Snapshot,
) -> Result<String, Errors> {
    let format = match shape {
        OutputFormat::Text => ReportFormat::Text,
        OutputFormat::Markdown => ReportFormat::Markdown,
        OutputFormat::Json => ReportFormat::Json,
        OutputFormat::Html => ReportFormat::Html,
        OutputFormat::Note => return release_notes::render(report, old, new),
    };
    report::render(report, format)
}

fn unwritten(path: &Path, error: &std::io::Error) -> Errors {
    CodegenError::new("E041", format!("can't be written: {error}")).in_file(path).into()
}

/// Returns today's date in UTC, such as `2026-01-31`.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    date(seconds / 86_400)
}

/// Returns the date `days` after January 1, 1970, counting days in 400-year eras.
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_are_dates() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (19_782, "2024-02-29"),
            (20_453, "2025-12-31"),
        ] {
            assert_eq!(date(days), expected);
        }
    }
}
