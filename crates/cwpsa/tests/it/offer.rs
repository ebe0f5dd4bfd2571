//! Tests what MCP clients can list: output schemas, changes to the list, argument values, the account's custom fields,
//! and tools selected by URL.

use std::collections::BTreeMap;

use crate::support::stdio::Session;
use crate::support::{TOKEN, initialize, serve, settings};
use connectwise_psa::CATALOG;
use reqwest::Client;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn client() -> Client {
    // Of several clients in one process, only the first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

#[tokio::test]
async fn results_match_the_output_schema() {
    let mut session = Session::new(&["--sandbox", "--tools", "all", "--output-schemas"]).await;
    let tools = session.tools().await;
    assert_eq!(tools.len(), CATALOG.len());
    let (mut checked, mut with_rows, mut strict) = (0, 0, 0);
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    for tool in &tools {
        let name = tool["name"].as_str().unwrap();
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
        let needs = tool["inputSchema"]["required"].as_array().is_some_and(|needed| !needed.is_empty());
        if needs || tool["annotations"]["readOnlyHint"] != true {
            continue;
        }
        let result = session.call(name, json!({})).await;
        let answer = &result["structuredContent"];
        let schema = jsonschema::validator_for(&tool["outputSchema"])
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        if let Err(error) = schema.validate(answer) {
            wrong.insert(
                name.to_owned(),
                format!(
                    "{} at {}: {}",
                    error,
                    error.instance_path(),
                    answer.to_string().chars().take(200).collect::<String>()
                ),
            );
        }
        checked += 1;
        with_rows += usize::from(answer["result"].as_array().is_some_and(|rows| !rows.is_empty()));
        strict += usize::from(!schema.is_valid(&json!({"result": 5})));
        // Errors match the schema, too.
        let refused = session.call(name, json!({"no such argument": 1})).await;
        assert!(
            refused["isError"] == true && schema.is_valid(&refused["structuredContent"]),
            "{name}: {refused}"
        );
    }
    println!(
        "{checked} answers checked, {with_rows} with rows; {} are not as their schema says",
        wrong.len()
    );
    // Schemas that accept anything would prove nothing.
    assert!(strict * 10 >= checked * 9, "{strict} of {checked}");
    assert!(checked > 300 && with_rows > 40, "{checked} {with_rows}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut plain = Session::new(&["--sandbox", "--module", "time"]).await;
    assert!(plain.tools().await.iter().all(|tool| tool["outputSchema"].is_null()), "only if wanted");
}

#[tokio::test]
async fn call_tool_reports_reinterpretations_in_its_output_schema() {
    let mut session = Session::new(&["--sandbox", "--output-schemas"]).await;
    let tools = session.tools().await;
    let call_tool = tools.iter().find(|tool| tool["name"] == "call_tool").unwrap();
    let schema = &call_tool["outputSchema"];
    assert_eq!(schema["properties"]["reinterpretations"]["type"], "array");
    let schema = jsonschema::validator_for(schema).unwrap();
    for all_pages in [false, true] {
        let arguments = json!({"filter": "{\"closedFlag\": false}"});
        let call = json!({"name": "list_all_tickets", "arguments": arguments, "all_pages": all_pages});
        let result = session.call("call_tool", call).await;
        let result = &result["structuredContent"];
        let reported = json!([{"pointer": "/filter", "message": "read as {\"closedFlag\":false}"}]);
        assert_eq!(result["reinterpretations"], reported, "{all_pages}: {result}");
        assert!(schema.is_valid(result), "{all_pages}: {result}");
        let plain = json!({"name": "list_all_tickets", "arguments": {"filter": {"closedFlag": false}}});
        let plain = session.call("call_tool", plain).await;
        assert!(plain["structuredContent"]["reinterpretations"].is_null(), "{plain}");
    }
    assert!(!schema.is_valid(&json!({"result": [], "reinterpretations": [{"pointer": "/filter"}]})));
}

#[cfg(unix)]
#[tokio::test]
async fn list_changes_with_the_settings() {
    use nix::sys::signal::{Signal, kill};
    let upstream = MockServer::start().await;
    let settings = settings(&upstream);
    let accounts = std::fs::read_to_string(settings.path()).unwrap();
    let choose =
        |tools: &str| std::fs::write(settings.path(), format!("{accounts}[tools]\n{tools}\n")).unwrap();
    choose("module = [\"time\"]");
    let mut session = Session::new(&["--config", settings.path().to_str().unwrap()]).await;
    assert_eq!(session.capabilities["tools"]["listChanged"], true);
    let all = CATALOG.tools().filter(|tool| tool.module() == "time").count();
    assert_eq!(session.tools().await.len(), all);
    choose("module = [\"time\"]\nread_only = true");
    let pid = nix::unistd::Pid::from_raw(session.process.id().unwrap().cast_signed());
    kill(pid, Signal::SIGHUP).unwrap();
    session.notification("notifications/tools/list_changed").await;
    let reads = session.tools().await;
    assert!(reads.len() < all && reads.iter().all(|tool| tool["annotations"]["readOnlyHint"] == true));
    let refused = session.call("create_a_time_entry", json!({})).await;
    assert_eq!(refused["structuredContent"]["error"]["kind"], "not_offered");
}

#[tokio::test]
async fn enum_and_id_arguments_are_completed() {
    let upstream = MockServer::start().await;
    let settings = settings(&upstream);
    Mock::given(method("GET"))
        .and(path("/service/boards"))
        .and(query_param("conditions", "name contains \"Serv\""))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"id": 4, "name": "Service Desk"}])))
        .mount(&upstream)
        .await;
    let mut session = Session::new(&["--config", settings.path().to_str().unwrap()]).await;
    let templates =
        session.request("resources/templates/list", json!({})).await["result"]["resourceTemplates"].clone();
    let template = "cwpsa://tools/{name}/{argument}{?value}";
    assert!(templates.as_array().unwrap().iter().any(|known| known["uriTemplate"] == template));
    let mut complete = async |argument: &str, typed: &str, before: Value| {
        let params = json!({"ref": {"type": "ref/resource", "uri": template}, "argument": {"name": argument, "value": typed}, "context": {"arguments": before}});
        session.request("completion/complete", params).await["result"]["completion"]["values"].clone()
    };
    let tool = "list_all_board_statuses";
    let names = complete("name", tool, json!({})).await;
    assert!(names.as_array().unwrap().contains(&json!(tool)), "{names}");
    let arguments = complete("argument", "", json!({"name": tool})).await;
    assert!(arguments.as_array().unwrap().contains(&json!("boardId")), "{arguments}");
    assert_eq!(complete("value", "Serv", json!({"name": tool, "argument": "boardId"})).await, json!(["4"]));
    assert_eq!(complete("value", "x", json!({"name": tool, "argument": "nothing"})).await, json!([]));
    let types =
        complete("value", "serv", json!({"name": "create_a_time_entry", "argument": "chargeToType"})).await;
    assert_eq!(types, json!(["ServiceTicket"]));
    let uri = format!("cwpsa://tools/{tool}/boardId?value=Serv");
    let page = session.request("resources/read", json!({"uri": uri})).await;
    let page: Value = serde_json::from_str(page["result"]["contents"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(page["values"], json!([{"value": 4, "name": "Service Desk"}]));
    assert!(page["schema"].is_object());
}

/// Defines a field on the account's tickets.
async fn with_field(upstream: &MockServer) {
    let field = json!({"id": 9, "podId": 1, "caption": "Rack Unit", "fieldTypeIdentifier": "Number", "podDescription": "Ticket", "screenId": "srv0001", "screenDescription": "Service Ticket", "requiredFlag": false, "readOnlyFlag": false, "listViewFlag": false, "inactiveFlag": false, "options": []});
    Mock::given(method("GET"))
        .and(path("/system/userDefinedFields"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([field])))
        .mount(upstream)
        .await;
}

#[tokio::test]
async fn custom_fields_are_in_schemas() {
    let upstream = MockServer::start().await;
    with_field(&upstream).await;
    let settings = settings(&upstream);
    let config = ["--config", settings.path().to_str().unwrap()];
    let mut session = Session::new(&config).await;
    let described = session.call("describe_tools", json!({"names": ["create_a_ticket"]})).await;
    let members = &described["structuredContent"]["tools"][0]["input_schema"]["properties"]["customFields"]["properties"];
    assert_eq!(members["Rack Unit"]["type"], "number", "{described}");
    let mut session = Session::new(&[&config[..], &["--custom-fields", "false"]].concat()).await;
    let described = session.call("describe_tools", json!({"names": ["create_a_ticket"]})).await;
    assert!(!described.to_string().contains("Rack Unit"));
    let mut session = Session::new(&[&config[..], &["--name", "create_a_ticket"]].concat()).await;
    assert!(session.tools().await[0].to_string().contains("Rack Unit"));
    // The same over HTTP.
    let base = format!("http://{}", serve(&settings, &[]).await);
    let list = client()
        .get(format!("{base}/integrated-account/acme/tools?methods=create&tags=Tickets"))
        .bearer_auth(TOKEN);
    assert!(list.send().await.unwrap().text().await.unwrap().contains("Rack Unit"));
    // An account that doesn't show its fields to these credentials isn't an error.
    let upstream = MockServer::start().await;
    let settings = crate::support::settings(&upstream);
    let base = format!("http://{}", serve(&settings, &[]).await);
    let list = client()
        .get(format!("{base}/integrated-account/acme/tools?methods=create&tags=Tickets"))
        .bearer_auth(TOKEN);
    assert!(list.send().await.unwrap().text().await.unwrap().contains("create_a_connect_wise_psa_ticket"));
}

#[tokio::test]
async fn url_or_headers_select_the_mcp_tools() {
    let upstream = MockServer::start().await;
    let settings = settings(&upstream);
    let base = format!("http://{}", serve(&settings, &["--class", "read"]).await);
    let names = async |query: &str, header: Option<(&str, &str)>| {
        let client = client();
        let post = |body: Value, session: Option<String>| {
            let mut request = client
                .post(format!("{base}/mcp{query}"))
                .bearer_auth(TOKEN)
                .header("accept", "application/json, text/event-stream");
            for (name, value) in header
                .into_iter()
                .map(|(name, value)| (name, value.to_owned()))
                .chain(session.map(|id| ("mcp-session-id", id)))
            {
                request = request.header(name, value);
            }
            request.json(&body).send()
        };
        let started = post(initialize("2025-06-18"), None).await.unwrap();
        if !started.status().is_success() {
            return Err(started.text().await.unwrap());
        }
        let session = started.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        post(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), Some(session.clone()))
            .await
            .unwrap();
        let list = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}});
        let text = post(list, Some(session)).await.unwrap().text().await.unwrap();
        let line = text
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .find(|line| line.contains("\"tools\""));
        let answer: Value = serde_json::from_str(line.unwrap_or_else(|| panic!("{text}"))).unwrap();
        let tools = answer["result"]["tools"].as_array().unwrap().clone();
        Ok(tools)
    };
    assert_eq!(names("", None).await.unwrap()[0]["name"], "search_tools");
    let time = names("?module=time", None).await.unwrap();
    assert!(
        time.len() > 20 && time.iter().all(|tool| tool["annotations"]["readOnlyHint"] == true),
        "only what the server offers"
    );
    assert_eq!(names("", Some(("x-tools-module", "time"))).await.unwrap().len(), time.len());
    let full = names("?name=list_all_tickets&names=full&output=true", None).await.unwrap();
    assert_eq!((full.len(), &full[0]["name"]), (1, &json!("list_all_connect_wise_psa_tickets")));
    assert!(full[0]["outputSchema"].is_object());
    assert!(names("?module=tme", None).await.unwrap_err().contains("unknown module"));
}

#[tokio::test]
async fn pagination_continues_after_a_full_result() {
    for (flags, most_rows, most_bytes) in
        [(["--max-rows", "5"], 5, 60_000), (["--max-bytes", "4000"], 10_000, 4_000)]
    {
        let mut session = Session::new(&[&["--sandbox"][..], &flags].concat()).await;
        let count = session.call("call_tool", json!({"name": "count_tickets"})).await;
        let total = count["structuredContent"]["result"]["count"].as_u64().unwrap() as usize;
        let (mut seen, mut arguments, mut answers) =
            (Vec::new(), json!({"orderBy": "id asc", "pageSize": 3}), 0);
        loop {
            let call = json!({"name": "list_all_tickets", "arguments": arguments, "all_pages": true});
            let mut answer = session.call("call_tool", call).await["structuredContent"].take();
            let rows = answer["result"].as_array().unwrap_or_else(|| panic!("{answer}"));
            assert!(rows.len() <= most_rows && answer["result"].to_string().len() <= most_bytes, "{flags:?}");
            seen.extend(rows.iter().map(|row| row["id"].as_u64().unwrap()));
            let is_empty = rows.is_empty();
            answers += 1;
            arguments = answer["next"].take();
            if arguments.is_null() {
                break;
            }
            assert!(!is_empty && answers < total, "{flags:?}");
        }
        println!("{total} tickets in {answers} answers with {flags:?}");
        assert!(answers > 1, "{total}");
        assert!(
            seen.is_sorted_by(|one, other| one < other) && seen.len() == total,
            "{} of {total}",
            seen.len()
        );
    }
}

#[tokio::test]
async fn descriptions_use_the_listed_tool_names() {
    let infix = "connect_wise_psa";
    let mut session = Session::new(&["--sandbox", "--tools", "all"]).await;
    let tools = session.tools().await;
    let text = |tool: &Value| tool.to_string();
    let long: Vec<&Value> = tools.iter().filter(|tool| text(tool).contains(infix)).collect();
    assert!(tools.len() == CATALOG.len() && long.is_empty(), "{:#?}", long.first());
    assert!(tools.iter().any(|tool| text(tool).contains("Find it with list_all_tickets.")), "they are named");
    let described = session
        .call("describe_tools", json!({"names": ["create_a_ticket_note"], "output": true}))
        .await["structuredContent"]
        .take();
    assert!(!text(&described).contains(infix), "{described}");
    assert!(described["tools"][0]["prerequisites"]["steps"][0]["tool"] == "list_all_tickets", "{described}");
    for (name, arguments) in
        [("create_a_tiket_note", json!({})), ("create_a_ticket_note", json!({"text": "x"}))]
    {
        let refused = session.call(name, arguments).await;
        assert!(refused["isError"] == true && !text(&refused).contains(infix), "{refused}");
    }
    let page = session.request("resources/read", json!({"uri": "cwpsa://tools/create_a_ticket_note"})).await;
    assert!(page["result"].is_object() && !text(&page).contains(infix), "{page}");

    let flags = ["--sandbox", "--names", "full", "--name", "create_a_ticket_note"];
    let mut session = Session::new(&flags).await;
    let full = text(&session.tools().await[0]);
    let described = session.call("describe_tools", json!({"names": ["create_a_ticket_note"]})).await;
    for said in [full, text(&described)] {
        assert!(said.contains("list_all_connect_wise_psa_tickets") && !said.contains("list_all_tickets"));
    }
}
