//! Prompts: jobs that people hire an agent for, written down once. Each is data: words with places for arguments.

use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::{Map, Value};

struct Job {
    name: &'static str,
    about: &'static str,
    arguments: &'static [Argument],
    text: &'static str,
}

struct Argument {
    name: &'static str,
    about: &'static str,
    source: Source,
}

/// The tool and the member that list what an argument may be.
type Source = Option<(&'static str, &'static str)>;

const fn argument(name: &'static str, about: &'static str, source: Source) -> Argument {
    Argument { name, about, source }
}

const COMPANY: Source = Some(("list_all_company_companies", "name"));
const TICKET: Source = Some(("list_all_tickets", "id"));
const ITEM: Source = Some(("list_all_procurement_catalogs", "identifier"));

const JOBS: [Job; 3] = [
    Job {
        name: "procurement",
        about: "Check the stock of an item; if there is none, draft a purchase order and note it on the ticket.",
        arguments: &[
            argument("item", "The item, by its identifier in the catalog.", ITEM),
            argument("quantity", "How many are needed.", None),
            argument("company", "The customer.", COMPANY),
            argument("ticket", "The number of the ticket that asks for it.", TICKET),
        ],
        text: "Find out how many of the catalog item {item} are on hand in each warehouse. If {quantity} or more are there, \
               say where and stop. If not, draft a purchase order for the customer {company} from the item's primary \
               vendor, add one line with the quantity {quantity}, and write an internal note on ticket {ticket} that \
               names the number of the purchase order. Look up every id; never guess one. Before each write say what \
               you are about to write.",
    },
    Job {
        name: "warranty_audit",
        about: "Find a customer's devices whose warranty ends soon, and open a sales opportunity for each.",
        arguments: &[
            argument("company", "The customer.", COMPANY),
            argument("days", "How many days ahead to look.", None),
        ],
        text: "List the active configurations of the company {company} whose warrantyExpirationDate lies within the next {days} \
               days, past the first page too. For each open one sales opportunity for that company that names the \
               device and the date, with the configuration's id in its notes. Skip devices for which such an \
               opportunity is open already. End with a table of devices, dates and opportunities.",
    },
    Job {
        name: "time_entry",
        about: "Log billable time on a ticket.",
        arguments: &[
            argument("ticket", "The ticket's number.", TICKET),
            argument("minutes", "How long it took.", None),
            argument("role", "The work role.", Some(("list_all_time_work_roles", "name"))),
        ],
        text: "Log {minutes} billable minutes on ticket {ticket} under the work role {role}, ending now, with a note of one \
               sentence about what was done. Check first that the ticket's status lets time be entered.",
    },
];

/// What a client is shown.
pub fn all() -> Vec<Prompt> {
    JOBS.iter()
        .map(|job| {
            let arguments = job.arguments.iter().map(|argument| {
                PromptArgument::new(argument.name).with_description(argument.about).with_required(true)
            });
            Prompt::new(job.name, Some(job.about), Some(arguments.collect()))
        })
        .collect()
}

/// The words of a job, with its arguments put in.
///
/// # Errors
/// A sentence about what is unknown or missing.
pub fn get(name: &str, arguments: &Map<String, Value>) -> Result<GetPromptResult, String> {
    let Some(job) = JOBS.iter().find(|job| job.name == name) else {
        let known = JOBS.map(|job| job.name).join(", ");
        return Err(format!("there is no prompt \"{name}\"; there are {known}"));
    };
    let mut text = job.text.to_owned();
    for Argument { name: argument, about, .. } in job.arguments {
        let value = match arguments.get(*argument) {
            Some(Value::String(value)) if !value.is_empty() => value.clone(),
            Some(Value::Number(value)) => value.to_string(),
            _ => return Err(format!("\"{argument}\" is required: {about}")),
        };
        text = text.replace(&format!("{{{argument}}}"), &value);
    }
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).with_description(job.about))
}

/// The tool and the member that list what an argument may be.
pub fn source(prompt: &str, argument: &str) -> Source {
    let job = JOBS.iter().find(|job| job.name == prompt)?;
    job.arguments.iter().find(|known| known.name == argument)?.source
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectwise_psa::CATALOG;
    use serde_json::json;

    #[test]
    fn every_place_is_filled_and_every_source_is_a_tool() {
        for job in &JOBS {
            let arguments: Map<String, Value> =
                job.arguments.iter().map(|argument| (argument.name.to_owned(), json!("x y"))).collect();
            let result = get(job.name, &arguments).unwrap();
            let text = serde_json::to_string(&result.messages).unwrap();
            assert!(
                text.contains("x y") && !text.contains('{')
                    || text.matches('{').count() == text.matches("{\"").count(),
                "{text}"
            );
            for argument in job.arguments {
                if let Some((tool, member)) = argument.source {
                    let tool = CATALOG.get(tool).unwrap();
                    assert!(tool.filter_fields().iter().any(|field| field == member), "{}", tool.name());
                }
            }
        }
        assert!(get("procurement", &Map::new()).unwrap_err().contains("item"));
        assert!(get("nothing", &Map::new()).unwrap_err().contains("warranty_audit"));
    }
}
