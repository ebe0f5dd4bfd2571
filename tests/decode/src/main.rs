//! Decodes a page of 1,000 tickets into the generated models and into structs with serde's derive, and prints the ratio
//! of the two times.

#![allow(dead_code, reason = "the fields are read from JSON and compared with nothing")]

mod derived;

use std::time::Duration;

use connectwise_psa::shared::Ticket;
use nix::time::{ClockId, clock_gettime};

const TICKETS: usize = 1_000;
const ROUNDS: usize = 300;

/// Returns the CPU time of this thread. Unlike the time on the wall, it doesn't depend on what else the machine does.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a clock").into()
}

fn time<T>(decode: impl Fn() -> T) -> Duration {
    let start = cpu_time();
    let value = decode();
    let time = cpu_time() - start;
    drop(value);
    time
}

fn main() {
    let ticket = include_str!("../ticket.json");
    let ticket: serde_json::Value = serde_json::from_str(ticket).expect("a ticket");
    let page = serde_json::Value::Array(vec![ticket; TICKETS]).to_string();
    let models = || serde_json::from_str::<Vec<Ticket>>(&page).expect("tickets");
    let derive = || serde_json::from_str::<Vec<derived::Ticket>>(&page).expect("tickets");
    assert!(models().iter().all(|ticket| ticket.extra.is_empty()));
    // The shortest times, taken in turns, so that a busy cache delays both alike.
    let (mut of_models, mut of_derive) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        of_models = of_models.min(time(models));
        of_derive = of_derive.min(time(derive));
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    let ratio = of_models.as_secs_f64() / of_derive.as_secs_f64();
    println!(
        "{}",
        serde_json::json!({
            "models_ms": milliseconds(of_models),
            "derive_ms": milliseconds(of_derive),
            "ratio": ratio,
            "bytes": page.len(),
        })
    );
}
