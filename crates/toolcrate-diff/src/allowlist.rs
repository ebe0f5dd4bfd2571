//! The allowlist, which lists changes that were accepted, each with a reason and an expiration date.
//!
//! An expired entry accepts nothing. Entries that have expired or match nothing are reported, so the list stays
//! current.

use std::path::Path;

use serde::Deserialize;

use crate::change::DiffReport;
use crate::change_kind::DiffKind;
use toolcrate_codegen::config;
use toolcrate_codegen::diagnostic::{CodegenError, Errors};

/// An accepted change. `*` in a pattern matches any text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedChange {
    /// A change kind's ID, or a pattern for IDs.
    pub kind: String,
    /// The change's subject, or a pattern; `*` by default.
    #[serde(default = "anything")]
    pub subject: String,
    /// The part of the subject, or a pattern; `*` by default.
    #[serde(default = "anything")]
    pub member: String,
    /// The reason for accepting it.
    pub reason: String,
    /// The last day on which it is accepted, such as `2026-01-31`.
    pub until: String,
}

fn anything() -> String {
    "*".to_owned()
}

impl AcceptedChange {
    fn name(&self) -> String {
        let part = |pattern: &str| if pattern == "*" { String::new() } else { format!(" {pattern}") };
        format!("{}{}{}", self.kind, part(&self.subject), part(&self.member))
    }
}

/// Reads the list at `path`, a YAML list of [`AcceptedChange`].
///
/// # Errors
/// Returns `E001` if the file is unreadable, `E010` if it isn't such a list, and `E034` if an entry has no reason, an
/// unknown kind or an invalid date.
pub fn read(path: &Path) -> Result<Vec<AcceptedChange>, Errors> {
    let entries: Vec<AcceptedChange> = config::read_yaml(path)?;
    let mut errors = Errors(Vec::new());
    for (number, entry) in entries.iter().enumerate() {
        let mut wrong = |message: String| {
            let place = format!("entry {}, {}", number + 1, entry.name());
            errors.0.push(CodegenError::new("E034", message).at(place).in_file(path));
        };
        if !DiffKind::ALL.iter().any(|kind| config::matches(&entry.kind, kind.id())) {
            wrong(format!("unknown change kind `{}` (docs/changes.md lists all kinds)", entry.kind));
        }
        if entry.reason.trim().is_empty() {
            wrong("`reason` is missing".to_owned());
        }
        if !is_date(&entry.until) {
            wrong(format!("expected a date such as 2026-01-31, got `until: {}`", entry.until));
        }
    }
    errors.into_result()?;
    Ok(entries)
}

/// Marks the changes that `entries` accept on `today` (`2026-01-31`), and reports entries that have expired or match
/// nothing.
pub fn apply(entries: &[AcceptedChange], today: &str, report: &mut DiffReport) {
    let mut used = vec![false; entries.len()];
    for change in &mut report.changes {
        let found = entries.iter().position(|entry| {
            config::matches(&entry.kind, change.kind.id())
                && config::matches(&entry.subject, &change.subject)
                && config::matches(&entry.member, change.member.as_deref().unwrap_or_default())
        });
        let Some(at) = found else { continue };
        used[at] = true;
        if entries[at].until.as_str() >= today {
            change.allowed = Some(entries[at].reason.trim().to_owned());
        }
    }
    for (entry, used) in entries.iter().zip(used) {
        let name = entry.name();
        if !used {
            report.stale.push(format!("`{name}` matches no change; delete the entry"));
        } else if entry.until.as_str() < today {
            report.stale.push(format!(
                "the acceptance of `{name}` expired on {}; fix the change or extend the date",
                entry.until
            ));
        }
    }
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
    };
    match parts[..] {
        [year, month, day] => {
            let month = number(month, 2).unwrap_or(0);
            let day = number(day, 2).unwrap_or(0);
            number(year, 4).is_some() && (1..=12).contains(&month) && (1..=31).contains(&day)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_dates_are_rejected_in_the_allowlist() {
        assert!(is_date("2026-01-31"));
        for text in ["2026-1-31", "2026-13-01", "31-01-2026", "soon", "2026-01-00", "2026-01-+1"] {
            assert!(!is_date(text), "{text}");
        }
    }
}
