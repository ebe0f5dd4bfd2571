//! Compares the outcomes that were reported to clients with the stored records.

use std::collections::BTreeMap;
use std::fmt;

use super::disruption::Disruption;
use super::servers::ChaosServers;
use super::writer::{ReportedOutcome, WriteAttempt};
use crate::server_process;

/// The result of a run. `Display` prints a table.
#[derive(Debug, Default)]
pub(super) struct ChaosReport {
    acknowledged: usize,
    not_executed: usize,
    unknown: usize,
    unknown_stored: usize,
    lost: Vec<String>,
    doubled: Vec<String>,
    misreported: Vec<String>,
    disruptions: BTreeMap<Disruption, usize>,
    resources: Vec<ServerResources>,
}

/// A server's memory and open files at one point in time.
#[derive(Debug)]
struct ServerResources {
    when: String,
    megabytes: f64,
    files: usize,
}

impl ChaosReport {
    /// Returns true if no client was misled.
    pub(super) fn is_clean(&self) -> bool {
        self.lost.is_empty()
            && self.doubled.is_empty()
            && self.misreported.is_empty()
            && self.acknowledged > 0
    }

    /// Counts a disruption.
    pub(super) fn count_disruption(&mut self, disruption: Disruption) {
        *self.disruptions.entry(disruption).or_default() += 1;
    }

    /// Adds attempts, each with the number of times its ticket was stored.
    pub(super) fn compare(&mut self, attempts: &[WriteAttempt], stored: &BTreeMap<String, usize>) {
        for attempt in attempts {
            let count = stored.get(&attempt.summary).copied().unwrap_or_default();
            match attempt.outcome {
                ReportedOutcome::Acknowledged => self.acknowledged += 1,
                ReportedOutcome::NotExecuted => self.not_executed += 1,
                ReportedOutcome::Unknown => {
                    self.unknown += 1;
                    self.unknown_stored += usize::from(count > 0);
                }
            }
            if count > 1 {
                self.doubled.push(attempt.summary.clone());
            }
            match (attempt.outcome, count) {
                (ReportedOutcome::Acknowledged, 0) => self.lost.push(attempt.summary.clone()),
                (ReportedOutcome::NotExecuted, 1..) => self.misreported.push(attempt.summary.clone()),
                _ => {}
            }
        }
    }

    /// Records the server's resources before clients use it.
    pub(super) fn record_start(&mut self, servers: &ChaosServers) -> anyhow::Result<()> {
        self.record(servers, "start")
    }

    /// Records the server's resources after clients have used it.
    pub(super) fn record_end(&mut self, servers: &ChaosServers) -> anyhow::Result<()> {
        self.record(servers, "end")
    }

    fn record(&mut self, servers: &ChaosServers, when: &str) -> anyhow::Result<()> {
        let id = servers.id();
        self.resources.push(ServerResources {
            when: format!("{when}, state in {}", servers.kind()),
            megabytes: server_process::memory(id)?,
            files: std::fs::read_dir(format!("/proc/{id}/fd"))?.count(),
        });
        Ok(())
    }
}

impl fmt::Display for ChaosReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| calls | count |\n| --- | ---: |")?;
        writeln!(formatter, "| acknowledged | {} |", self.acknowledged)?;
        writeln!(formatter, "| reported as not executed | {} |", self.not_executed)?;
        let unknown = format!("{} ({} were executed)", self.unknown, self.unknown_stored);
        writeln!(formatter, "| reported as unknown, or no response | {unknown} |")?;
        writeln!(formatter, "| acknowledged and lost | {} |", self.lost.len())?;
        writeln!(formatter, "| executed twice | {} |", self.doubled.len())?;
        writeln!(formatter, "| reported as not executed, but executed | {} |", self.misreported.len())?;
        writeln!(formatter, "\n| disruption | times |\n| --- | ---: |")?;
        for (disruption, count) in &self.disruptions {
            writeln!(formatter, "| {disruption} | {count} |")?;
        }
        writeln!(formatter, "\n| server | memory, MB | open files |\n| --- | ---: | ---: |")?;
        for resources in &self.resources {
            writeln!(formatter, "| {} | {:.1} | {} |", resources.when, resources.megabytes, resources.files)?;
        }
        for (what, summaries) in
            [("lost", &self.lost), ("executed twice", &self.doubled), ("misreported", &self.misreported)]
        {
            for summary in summaries {
                writeln!(formatter, "{what}: {summary}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: ReportedOutcome, stored: usize) -> ChaosReport {
        let mut report = ChaosReport { acknowledged: 1, ..ChaosReport::default() };
        let attempt = WriteAttempt { summary: "a".to_owned(), outcome };
        report.compare(&[attempt], &BTreeMap::from([("a".to_owned(), stored)]));
        report
    }

    #[test]
    fn clients_that_were_misled_are_found() {
        assert!(report(ReportedOutcome::Acknowledged, 1).is_clean());
        assert!(report(ReportedOutcome::NotExecuted, 0).is_clean());
        assert!(
            report(ReportedOutcome::Unknown, 0).is_clean() && report(ReportedOutcome::Unknown, 1).is_clean()
        );
        assert_eq!(report(ReportedOutcome::Acknowledged, 0).lost, ["a"]);
        assert_eq!(report(ReportedOutcome::NotExecuted, 1).misreported, ["a"]);
        assert_eq!(report(ReportedOutcome::Unknown, 2).doubled, ["a"]);
        assert!(!report(ReportedOutcome::Unknown, 2).is_clean());
    }
}
