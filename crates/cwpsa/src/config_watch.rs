//! Reloads the settings file on SIGHUP, and notifies servers of changes to their tool lists.

use std::sync::{Arc, PoisonError, RwLock};

use connectwise_psa::CATALOG;
use tokio::sync::watch;
use toolcrate_executor::{ToolFilter, ToolFilterSpec, ToolListChanges};

use crate::error::CliError;
use crate::select::{is_narrow, tool_filter};
use crate::settings::{Settings, SettingsLoader};

/// The current tool selection, with notifications of changes to it.
#[derive(Clone)]
pub struct ConfigWatch(Arc<Inner>);

struct Inner {
    flags: ToolFilterSpec,
    loader: SettingsLoader,
    selection: RwLock<ToolFilter>,
    changes: ToolListChanges,
}

impl ConfigWatch {
    /// Selects tools by flags, or else by `settings`. On each SIGHUP from now on, `loader` reloads them.
    ///
    /// # Errors
    /// Returns an error if the selection is invalid.
    pub fn start(
        flags: ToolFilterSpec,
        loader: SettingsLoader,
        settings: &Settings,
    ) -> Result<Self, CliError> {
        let selection = choose(&flags, settings)?;
        let reload = Self(Arc::new(Inner {
            flags,
            loader,
            selection: RwLock::new(selection),
            changes: ToolListChanges::default(),
        }));
        #[cfg(unix)]
        reload.clone().listen();
        Ok(reload)
    }

    #[cfg(unix)]
    fn listen(self) {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut signals) = signal(SignalKind::hangup()) else { return };
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                match self.reload() {
                    Ok(true) => tracing::info!("settings reloaded; the tool list changed"),
                    Ok(false) => tracing::info!("settings reloaded; the tool list is unchanged"),
                    // The previous selection stays in effect.
                    Err(failure) => tracing::error!(%failure, "cannot reload the settings"),
                }
            }
        });
    }

    /// Reloads the settings. Returns true if and only if the selection changed.
    ///
    /// # Errors
    /// Returns an error if the settings are invalid; the selection is then unchanged.
    pub fn reload(&self) -> Result<bool, CliError> {
        let inner = &self.0;
        let new = choose(&inner.flags, &inner.loader.load()?)?;
        let mut selection = inner.selection.write().unwrap_or_else(PoisonError::into_inner);
        if new.tools().map(|tool| tool.name()).eq(selection.tools().map(|tool| tool.name())) {
            return Ok(false);
        }
        *selection = new;
        drop(selection);
        self.0.changes.notify();
        Ok(true)
    }

    /// Returns a filter that always reflects the current selection.
    pub fn selection(&self) -> ToolFilter {
        let inner = Arc::clone(&self.0);
        ToolFilter::all(&CATALOG).intersect(move |tool| {
            // A panic elsewhere leaves the selection consistent.
            inner.selection.read().unwrap_or_else(PoisonError::into_inner).allows(tool)
        })
    }

    /// Returns the notifier, for other sources of changes to tool lists.
    pub fn notifier(&self) -> ToolListChanges {
        self.0.changes.clone()
    }

    /// Subscribes to the number of changes.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }
}

fn choose(flags: &ToolFilterSpec, settings: &Settings) -> Result<ToolFilter, CliError> {
    let file: ToolFilterSpec = settings.values.tools.clone().into();
    let read_only = flags.read_only || file.read_only;
    let spec = if is_narrow(flags) { flags.clone() } else { file };
    tool_filter(&ToolFilterSpec { read_only, ..spec }).map_err(|error| CliError::Usage(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectwise_psa::CATALOG;
    use std::fs::write;

    fn start(flags: ToolFilterSpec, file: &tempfile::NamedTempFile) -> ConfigWatch {
        let loader = SettingsLoader { config: Some(file.path().to_owned()), ..SettingsLoader::default() };
        let settings = loader.load().unwrap();
        ConfigWatch::start(flags, loader, &settings).unwrap()
    }

    #[tokio::test]
    async fn tools_reload_with_the_settings_and_invalid_settings_change_nothing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let count = |reload: &ConfigWatch| reload.selection().tools().count();
        write(file.path(), "[tools]\nmodule = [\"time\"]\n").unwrap();
        let reload = start(ToolFilterSpec::default(), &file);
        let changes = reload.changes();
        let all = CATALOG.tools().filter(|tool| tool.module() == "time").count();
        assert_eq!(count(&reload), all);
        assert!(!reload.reload().unwrap());
        for bad in ["[tools]\nmodule = [\"tme\"]\n", "[tools]\nmodul = []\n"] {
            write(file.path(), bad).unwrap();
            assert!(reload.reload().is_err());
        }
        assert_eq!((count(&reload), *changes.borrow()), (all, 0));
        write(file.path(), "[tools]\nmodule = [\"time\"]\nread_only = true\n").unwrap();
        assert!(reload.reload().unwrap());
        assert!(count(&reload) < all && *changes.borrow() == 1);
        // Flags take precedence over the file.
        let flags = ToolFilterSpec { modules: vec!["service".into()], ..ToolFilterSpec::default() };
        let reload = start(flags, &file);
        assert!(reload.selection().tools().all(|tool| tool.module() == "service"));
    }
}
