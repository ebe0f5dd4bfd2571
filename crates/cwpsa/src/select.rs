//! Which tools are offered: by class, part of the API, name, or a named set.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use clap::ValueEnum;
use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Tool;
use wildmatch::WildMatch;

use crate::cli;

/// The sets, as names of tools with stars in them, a line each: `procurement: list_all_procurement_*, …`.
const TOOLSETS: &str = include_str!("../data/toolsets.txt");

/// What a tool can do to data.
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

impl Class {
    /// As the catalog writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Custom => "custom",
        }
    }
}

/// Chooses tools. What is left open lets every tool through.
#[derive(Clone, Default)]
pub struct Selection {
    classes: Vec<Class>,
    modules: Vec<String>,
    names: Vec<WildMatch>,
    read_only: bool,
    also: Option<Arc<Rule>>,
}

impl std::fmt::Debug for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { classes, modules, names, read_only, also } = self;
        f.debug_struct("Selection")
            .field("classes", classes)
            .field("modules", modules)
            .field("names", names)
            .field("read_only", read_only)
            .field("also", &also.is_some())
            .finish()
    }
}

/// Whether a tool is let through.
type Rule = dyn Fn(Tool) -> bool + Send + Sync;

impl Selection {
    /// The tools that flags choose.
    ///
    /// # Errors
    /// A sentence that names what there is, if a module or a set does not exist, or nothing is left.
    pub fn new(flags: &cli::Selection, read_only: bool) -> Result<Self, String> {
        let modules: Vec<&str> = CATALOG.modules().collect();
        for module in &flags.module {
            if !modules.contains(&module.as_str()) {
                return Err(format!("there is no module \"{module}\"; there are {}", modules.join(", ")));
            }
        }
        let mut names: Vec<WildMatch> = flags.name.iter().map(|name| WildMatch::new(name)).collect();
        for set in &flags.toolset {
            let Some(members) = SETS.get(set.as_str()) else {
                let known: Vec<&str> = SETS.keys().copied().collect();
                return Err(format!("there is no set \"{set}\"; there are {}", known.join(", ")));
            };
            names.extend(members.iter().map(|name| WildMatch::new(name)));
        }
        let selection = Self {
            classes: flags.class.clone(),
            modules: flags.module.clone(),
            names,
            read_only,
            also: None,
        };
        if selection.tools().next().is_none() {
            return Err("no tool is left by these choices".to_owned());
        }
        Ok(selection)
    }

    /// Those of the chosen tools that `rule` lets through too.
    pub fn and(&self, rule: impl Fn(Tool) -> bool + Send + Sync + 'static) -> Self {
        let before = self.clone();
        Self { also: Some(Arc::new(move |tool| before.has(tool) && rule(tool))), ..Self::default() }
    }

    /// Whether a tool is chosen.
    pub fn has(&self, tool: Tool) -> bool {
        if self.also.as_ref().is_some_and(|rule| !rule(tool)) {
            return false;
        }
        let by_name = self.names.is_empty()
            || self.names.iter().any(|name| name.matches(tool.name()) || name.matches(tool.short_name()));
        let by_module = self.modules.is_empty() || self.modules.iter().any(|module| module == tool.module());
        if !by_name || !by_module {
            return false;
        }
        if self.classes.is_empty() && !self.read_only {
            return true;
        }
        let by_class = self.classes.is_empty()
            || self.classes.iter().any(|class| class.as_str() == tool.class().as_str());
        by_class && (!self.read_only || tool.annotations().read_only_hint)
    }

    /// The chosen tools, in the catalog's order.
    pub fn tools(&self) -> impl Iterator<Item = Tool> {
        CATALOG.tools().filter(|tool| self.has(*tool))
    }
}

/// The sets by name.
pub static SETS: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = TOOLSETS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(set, members)| (set.trim(), members.split(',').map(str::trim).collect()))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> cli::Selection {
        cli::Selection::default()
    }

    #[test]
    fn choices_narrow_and_are_checked() {
        let count =
            |flags: &cli::Selection, read_only| Selection::new(flags, read_only).unwrap().tools().count();
        assert_eq!(count(&flags(), false), 3053);
        let reads = count(&cli::Selection { class: vec![Class::Read], ..flags() }, false);
        assert!(count(&flags(), true) >= reads);
        let time = cli::Selection { module: vec!["time".into()], ..flags() };
        assert_eq!(count(&time, false), 122);
        let notes = cli::Selection { name: vec!["*_ticket_note*".into()], ..flags() };
        assert!((5..40).contains(&count(&notes, false)));
        let error =
            Selection::new(&cli::Selection { module: vec!["tme".into()], ..flags() }, false).unwrap_err();
        assert!(error.contains("time"), "{error}");
        let nothing = cli::Selection { name: vec!["nothing_like_it".into()], ..flags() };
        assert!(Selection::new(&nothing, false).unwrap_err().contains("no tool"));
    }

    #[test]
    fn every_line_of_a_set_names_a_tool() {
        for (set, members) in SETS.iter() {
            for name in members {
                let name = WildMatch::new(name);
                assert!(CATALOG.tools().any(|tool| name.matches(tool.short_name())), "{set}: {name}");
            }
        }
        assert!(SETS.len() >= 6);
    }
}
