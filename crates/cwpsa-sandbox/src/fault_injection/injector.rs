//! Decides which faults are injected into a request.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;
use http::Method;

use super::budget::BudgetMeter;
use super::plan::{FaultEnding, FaultPlan};
use super::responses;
use super::rule::{ActiveFaultRule, FaultOutcome};
use super::settings::{FaultRule, FaultRuleError, FaultSettings};

/// Decides which faults a server injects. The rules can be changed while it runs.
pub struct FaultInjector(Mutex<FaultState>);

struct FaultState {
    settings: FaultSettings,
    rules: Vec<ActiveFaultRule>,
    meter: Option<BudgetMeter>,
    rng: fastrand::Rng,
}

impl FaultInjector {
    /// Creates an injector with its counters at zero.
    ///
    /// # Errors
    /// Returns an error if a rule is invalid.
    pub fn new(settings: FaultSettings) -> Result<Self, FaultRuleError> {
        Ok(Self(Mutex::new(FaultState::new(settings)?)))
    }

    /// Replaces all faults. The counts and the random number generator are reset.
    ///
    /// # Errors
    /// Returns an error if a rule is invalid; in that case, nothing changes.
    pub fn replace(&self, settings: FaultSettings) -> Result<(), FaultRuleError> {
        let state = FaultState::new(settings)?;
        *self.state() = state;
        Ok(())
    }

    /// Adds a rule after the existing ones. Counts are kept.
    ///
    /// # Errors
    /// Returns an error if a rule is invalid; in that case, nothing changes.
    pub fn add(&self, rule: FaultRule) -> Result<(), FaultRuleError> {
        let active = ActiveFaultRule::new(&rule)?;
        let mut state = self.state();
        state.settings.rules.push(rule);
        state.rules.push(active);
        Ok(())
    }

    /// Returns the settings, and how often each rule has matched and fired.
    pub fn report(&self) -> Value {
        let state = self.state();
        let rules: Vec<Value> = state
            .rules
            .iter()
            .zip(&state.settings.rules)
            .map(|(active, rule)| json!({"rule": rule, "matched": active.matched, "fired": active.fired}))
            .collect();
        json!({
            "seed": state.settings.seed,
            "budget": state.settings.budget,
            "budget_left": state.meter.as_ref().map(|meter| meter.remaining(Instant::now())),
            "rules": rules,
        })
    }

    /// Returns the faults to apply to a request to `path`, which is relative to the API's base path.
    pub(crate) fn plan(&self, method: &Method, path: &str) -> FaultPlan {
        self.state().plan(method, path, Instant::now())
    }

    fn state(&self) -> MutexGuard<'_, FaultState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultState {
    fn new(settings: FaultSettings) -> Result<Self, FaultRuleError> {
        let rules = settings.rules.iter().map(ActiveFaultRule::new).collect::<Result<_, _>>()?;
        let meter = settings.budget.as_ref().map(BudgetMeter::new).transpose()?;
        let rng = fastrand::Rng::with_seed(settings.seed);
        Ok(Self { settings, rules, meter, rng })
    }

    /// Latencies add up; of the other faults, only the first one that fires applies.
    fn plan(&mut self, method: &Method, path: &str, now: Instant) -> FaultPlan {
        let mut plan = FaultPlan::default();
        if let Some(wait) = self.meter.as_mut().and_then(|meter| meter.spend(now)) {
            plan.ending =
                Some(FaultEnding::Response { response: responses::too_many_requests(wait), effect: false });
            return plan;
        }
        for rule in &mut self.rules {
            if plan.ending.is_some() && !rule.is_latency() {
                continue;
            }
            match rule.fire(method, path, &mut self.rng) {
                Some(FaultOutcome::Delay(delay)) => plan.delay += delay,
                Some(FaultOutcome::Ending(ending)) => plan.ending = Some(ending),
                None => {}
            }
        }
        plan
    }
}
