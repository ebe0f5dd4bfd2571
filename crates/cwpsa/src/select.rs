//! The tools that flags choose.

use std::sync::LazyLock;

use clap::ValueEnum;
use connectwise_psa::CATALOG;
use toolcrate_executor::{ToolClass, ToolFilter, ToolFilterError, ToolFilterSpec, Toolsets};

use crate::cli;

/// The class of a tool, as a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// It reads.
    Read,
    /// It creates, updates, replaces or deletes a record.
    Write,
    /// Anything else.
    Custom,
}

impl From<Class> for ToolClass {
    fn from(class: Class) -> Self {
        match class {
            Class::Read => Self::Read,
            Class::Write => Self::Write,
            Class::Custom => Self::Custom,
        }
    }
}

/// The named sets of tools.
pub static SETS: LazyLock<Toolsets> = LazyLock::new(|| Toolsets::parse(include_str!("../data/toolsets.txt")));

/// The tools that flags choose.
///
/// # Errors
/// A module or a set that does not exist, or a choice that leaves nothing.
pub fn tool_filter(flags: &cli::Selection, read_only: bool) -> Result<ToolFilter, ToolFilterError> {
    let spec = ToolFilterSpec {
        classes: flags.class.iter().map(|class| (*class).into()).collect(),
        modules: flags.module.clone(),
        names: flags.name.clone(),
        toolsets: flags.toolset.clone(),
        read_only,
    };
    ToolFilter::new(&CATALOG, &spec, &SETS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectwise_psa::runtime::Tool;

    fn flags() -> cli::Selection {
        cli::Selection::default()
    }

    #[test]
    fn flags_narrow_the_catalog_and_are_checked() {
        let count =
            |flags: &cli::Selection, read_only| tool_filter(flags, read_only).unwrap().tools().count();
        let of = |is_counted: fn(&Tool) -> bool| CATALOG.tools().filter(is_counted).count();
        assert_eq!(count(&flags(), false), CATALOG.len());
        let reads = count(&cli::Selection { class: vec![Class::Read], ..flags() }, false);
        assert!(count(&flags(), true) >= reads);
        let time = cli::Selection { module: vec!["time".into()], ..flags() };
        assert_eq!(count(&time, false), of(|tool| tool.module() == "time"));
        let notes = cli::Selection { name: vec!["*_ticket_note*".into()], ..flags() };
        assert!((5..40).contains(&count(&notes, false)));
        let error =
            tool_filter(&cli::Selection { module: vec!["tme".into()], ..flags() }, false).unwrap_err();
        assert!(error.to_string().contains("time"), "{error}");
        let nothing = cli::Selection { name: vec!["nothing_like_it".into()], ..flags() };
        assert_eq!(tool_filter(&nothing, false).unwrap_err(), ToolFilterError::Empty);
    }

    #[test]
    fn every_pattern_of_a_set_matches_a_tool() {
        for (set, patterns) in SETS.iter() {
            for pattern in patterns {
                let spec = ToolFilterSpec { names: vec![pattern.clone()], ..ToolFilterSpec::default() };
                assert!(ToolFilter::new(&CATALOG, &spec, &SETS).is_ok(), "{set}: {pattern}");
            }
        }
        assert!(SETS.iter().count() >= 6);
    }
}
