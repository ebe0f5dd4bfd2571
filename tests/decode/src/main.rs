//! Decodes a page of 1,000 tickets into the generated models and into structs with serde's derive, and prints the ratio
//! of the two times.

#![allow(dead_code, reason = "the fields are read from JSON and compared with nothing")]

mod derived;

use std::time::{Duration, Instant};

use connectwise_psa::shared::Ticket;

const TICKETS: usize = 1_000;
const ROUNDS: usize = 60;

fn time<T>(decode: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    let value = decode();
    let time = start.elapsed();
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
    // The shortest times, taken in turns: what else the machine does disturbs both alike.
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
