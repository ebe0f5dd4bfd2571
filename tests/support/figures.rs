//! Measures the tools and compares the figures with their limits: the size of schemas, and the results of calls drawn
//! from the schemas.

use std::collections::BTreeMap;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::dialect::{self, Dialect};
use connectwise_psa::runtime::{Client, Tool};
use e2e::spec::Spec;
use serde_json::{Value, json};
use toolcrate_testing::draw;
use toolcrate_testing::mutate::mutate;
use toolcrate_testing::random::Random;

/// The tools that the project guarantees by name.
pub const CONTRACT: [&str; 9] = [
    "list_all_connect_wise_psa_inventory_on_hands",
    "create_a_connect_wise_psa_procurement_purchaseorder",
    "update_a_connect_wise_psa_procurement_purchaseorder_by_id",
    "create_a_connect_wise_psa_purchaseorder_lineitem",
    "list_all_connect_wise_psa_tickets",
    "create_a_connect_wise_psa_ticket_note",
    "create_a_connect_wise_psa_time_entry",
    "list_all_connect_wise_psa_company_configurations",
    "create_a_connect_wise_psa_sales_opportunity",
];

/// A measured value and its limit.
#[derive(Clone, Debug)]
pub struct ToolFigure {
    /// The measured quantity.
    pub what: String,
    /// The figure, with its unit.
    pub value: String,
    /// The limit, with its unit.
    pub bound: String,
    /// True if the figure is within the limit.
    pub met: bool,
}

impl ToolFigure {
    fn at_most(what: &str, value: usize, bound: usize, unit: &str) -> Self {
        let (value, bound, met) = (format!("{value}{unit}"), format!("≤ {bound}{unit}"), value <= bound);
        Self { what: what.to_owned(), value, bound, met }
    }

    fn all(what: &str, value: usize, all: usize) -> Self {
        Self {
            what: what.to_owned(),
            value: format!("{value} of {all}"),
            bound: "all".to_owned(),
            met: value == all,
        }
    }

    /// Returns the figure as JSON, with its field names as properties.
    pub fn to_json(&self) -> Value {
        json!({"what": self.what, "value": self.value, "bound": self.bound, "met": self.met})
    }
}

/// Returns the figures for schemas and descriptions.
pub fn schemas() -> Vec<ToolFigure> {
    let tools: Vec<Tool> = CATALOG.tools().collect();
    let mut figures = Vec::new();
    for dialect in Dialect::ALL {
        let valid = tools.iter().filter(|tool| dialect::lint(**tool, dialect).is_empty()).count();
        figures.push(ToolFigure::all(
            &format!("tools valid in the dialect {}", dialect.as_str()),
            valid,
            tools.len(),
        ));
    }
    let mut descriptions: BTreeMap<String, usize> = BTreeMap::new();
    for tool in &tools {
        *descriptions.entry(tool.description()).or_default() += 1;
    }
    let short = descriptions.keys().filter(|text| text.chars().count() < 20).count();
    figures.push(ToolFigure::at_most("descriptions under 20 characters", short, 0, ""));
    let equal = descriptions.values().filter(|count| **count > 1).sum();
    figures.push(ToolFigure::at_most("descriptions equal to another tool's", equal, 0, ""));

    let tokens = |text: &str| tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len();
    let mut counts: Vec<usize> = tools.iter().map(|tool| tokens(&tool.input_schema())).collect();
    counts.sort_unstable();
    let at = |share: usize| counts[(counts.len() - 1) * share / 100];
    figures.push(ToolFigure::at_most("input schema, median (o200k)", at(50), 130, " tokens"));
    figures.push(ToolFigure::at_most("input schema, 95th percentile (o200k)", at(95), 1_800, " tokens"));
    figures.push(ToolFigure::at_most("input schema, largest (o200k)", at(100), 6_000, " tokens"));
    let declared = |name: &str| {
        let tool = CATALOG.get(name).unwrap_or_else(|| panic!("there is no tool {name}"));
        tokens(&tool.declaration(Dialect::Mcp).value.to_string())
    };
    let contract = CONTRACT.into_iter().map(declared).sum();
    figures.push(ToolFigure::at_most(
        "the nine contract tools in the dialect mcp (o200k)",
        contract,
        7_500,
        " tokens",
    ));
    let bytes: usize = tools
        .iter()
        .map(|tool| tool.name().len() + tool.description().len() + tool.input_schema().len())
        .sum();
    figures.push(ToolFigure {
        what: "all names, descriptions and input schemas".to_owned(),
        value: format!("{:.3} MB", bytes as f64 / 1e6),
        bound: "≤ 2.9 MB".to_owned(),
        met: bytes <= 2_900_000,
    });
    figures
}

/// Measures how many of the calls drawn from a tool's own schema are accepted and allowed by the spec, and how many
/// with one invalid property are rejected with a pointer to it. The first few exceptions are listed.
///
/// # Panics
/// Panics if the spec can't be read.
pub fn calls(client: &Client, spec: &mut Spec, draws: u64) -> (Vec<ToolFigure>, Vec<String>) {
    let (mut taken, mut refused, mut all) = (0, 0, 0);
    let mut failures = Vec::new();
    for (number, tool) in CATALOG.tools().enumerate() {
        let schema = tool.input_schema_value();
        let path = tool.path().to_owned();
        for draw in 0..draws {
            all += 1;
            let mut random = Random::new(number as u64 * 1_000 + draw);
            let arguments = draw::arguments(tool, &schema, &mut random);
            let problems = match client.prepare(tool, &arguments) {
                Ok(request) => spec.problems(&path, &request),
                Err(error) => vec![error.to_string()],
            };
            taken += usize::from(problems.is_empty());
            let mut wrong = arguments.clone();
            let mutation = mutate(&schema, &mut wrong, &mut random);
            let answer = client.prepare(tool, &wrong);
            let told = mutation.as_ref().is_none_or(|mutation| {
                let fields = answer.as_ref().err().map(|error| error.fields()).unwrap_or_default();
                fields.iter().any(|field| field.pointer == mutation.pointer)
            });
            refused += usize::from(told);
            if !problems.is_empty() {
                let arguments = Value::Object(arguments).to_string();
                failures.push(format!("{}: {problems:?} {arguments:.400}", tool.name()));
            }
            if !told {
                let answer = answer.map_or_else(|error| error.to_string(), |_| "taken".to_owned());
                failures.push(format!("{}: {mutation:?} {answer:.300}", tool.name()));
            }
        }
    }
    let figures = vec![
        ToolFigure::all(
            &format!("drawn arguments, {draws} a tool, that become a request valid against the spec"),
            taken,
            all,
        ),
        ToolFigure::all(
            &format!("mutated arguments, {draws} a tool, refused with a pointer to the member"),
            refused,
            all,
        ),
    ];
    (figures, failures)
}
