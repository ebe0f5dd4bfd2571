//! Starts a sandbox: loads the data and the rules, and creates the engine.

use crate::connectwise::date;
use crate::data::load_tenant;
use crate::engine::sandbox::Sandbox;
use crate::engine::store::RecordDatabase;
use crate::rules::api_rules;
use crate::settings::{SandboxSettings, SandboxStartError};

impl Sandbox {
    /// Creates a sandbox with the seed records and the records in the data file.
    ///
    /// # Errors
    /// Returns an error if the data file can't be used, or if seed records contradict the catalog.
    pub fn new(settings: SandboxSettings) -> Result<Self, SandboxStartError> {
        let database = match &settings.data {
            Some(path) => {
                let opened = RecordDatabase::open(path);
                Some(opened.map_err(|error| SandboxStartError::Data(error.0))?)
            }
            None => None,
        };
        let now = settings.now.unwrap_or_else(date::now);
        let known = api_rules();
        let state = load_tenant(&settings, &known.overrides, now, database.as_ref())?;
        Ok(Self::from_parts(settings, &known.rules, state, database))
    }
}
