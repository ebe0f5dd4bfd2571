//! What can go wrong on the way to a server and in it, on demand: a request budget, latency, errors, answers
//! that are cut, late or of the wrong type.
//!
//! What to do to a request is decided here, by rules and a random number generator that starts from a seed;
//! doing it is the network's part. A run of the same requests, one after the other, meets the same faults.

mod answers;
mod budget;
mod flag;
mod rule;
mod settings;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;
use http::Method;

use crate::Answer;

pub use flag::FlagError;
pub use settings::{Budget, Fault, FaultSettings, Rule, RuleError};

use budget::Meter;
use rule::{Active, Outcome};

/// The faults of a server, which can be changed while it runs.
pub struct Faults(Mutex<State>);

struct State {
    settings: FaultSettings,
    rules: Vec<Active>,
    meter: Option<Meter>,
    random: fastrand::Rng,
}

/// What happens to a request.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// It waits so long before anything else.
    pub(crate) delay: Duration,
    pub(crate) ending: Option<Ending>,
}

/// How a request ends otherwise than by the engine's answer.
#[derive(Debug)]
pub(crate) enum Ending {
    /// By another answer; `effect` where the engine does its work all the same.
    Answer { answer: Answer, effect: bool },
    /// By a closed connection and no answer.
    Cut { effect: bool },
    /// By the engine's answer, damaged.
    Damaged(Damage),
}

/// What is done to an answer's body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Damage {
    /// So many bytes of it come, half of it if nothing is said, then the connection is closed.
    Truncated(Option<usize>),
    /// Half of it comes, as if it were all.
    Half,
    /// It says that it is of another type.
    ContentType(http::HeaderValue),
    /// It takes so long.
    Slow(Duration),
}

impl Faults {
    /// Faults that start from nothing counted.
    ///
    /// # Errors
    /// A rule that makes no sense.
    pub fn new(settings: FaultSettings) -> Result<Self, RuleError> {
        Ok(Self(Mutex::new(State::new(settings)?)))
    }

    /// Puts other faults in the place of these. All counts and the random numbers start anew.
    ///
    /// # Errors
    /// A rule that makes no sense; then nothing changes.
    pub fn replace(&self, settings: FaultSettings) -> Result<(), RuleError> {
        let state = State::new(settings)?;
        *self.state() = state;
        Ok(())
    }

    /// Adds a rule behind those that are there. Counts go on.
    ///
    /// # Errors
    /// A rule that makes no sense; then nothing changes.
    pub fn add(&self, rule: Rule) -> Result<(), RuleError> {
        let active = Active::new(&rule)?;
        let mut state = self.state();
        state.settings.rules.push(rule);
        state.rules.push(active);
        Ok(())
    }

    /// The settings, and how often each rule matched and fired.
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
            "budget_left": state.meter.as_ref().map(|meter| meter.left(Instant::now())),
            "rules": rules,
        })
    }

    /// What happens to a request to `path` (below the API's root).
    pub(crate) fn plan(&self, method: &Method, path: &str) -> Plan {
        self.state().plan(method, path, Instant::now())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(settings: FaultSettings) -> Result<Self, RuleError> {
        let rules = settings.rules.iter().map(Active::new).collect::<Result<_, _>>()?;
        let meter = settings.budget.as_ref().map(Meter::new).transpose()?;
        let random = fastrand::Rng::with_seed(settings.seed);
        Ok(Self { settings, rules, meter, random })
    }

    /// Latencies add up; of the other faults, that of the first rule that fires counts.
    fn plan(&mut self, method: &Method, path: &str, now: Instant) -> Plan {
        let mut plan = Plan::default();
        if let Some(wait) = self.meter.as_mut().and_then(|meter| meter.spend(now)) {
            plan.ending = Some(Ending::Answer { answer: answers::too_many_requests(wait), effect: false });
            return plan;
        }
        for rule in &mut self.rules {
            if plan.ending.is_some() && !rule.is_latency() {
                continue;
            }
            match rule.fire(method, path, &mut self.random) {
                Some(Outcome::Delay(delay)) => plan.delay += delay,
                Some(Outcome::Ending(ending)) => plan.ending = Some(ending),
                None => {}
            }
        }
        plan
    }
}

#[cfg(test)]
mod tests;
