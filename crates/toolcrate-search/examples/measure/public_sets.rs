//! Reads public query sets from checkouts of their repositories: MetaTool, LiveMCPBench, and the prompts for the
//! namespaces in Azure's MCP server.

use std::collections::BTreeSet;
use std::path::Path;

use toolcrate_runtime::Catalog;
use toolcrate_runtime::serde_json::{self, Value};

use crate::catalog;

/// Reads a set's tools, and its queries in the format of labeled queries.
pub(crate) fn read(name: &str, folder: &Path) -> (&'static Catalog, &'static str) {
    let (tools, queries) = match name {
        "metatool" => metatool(folder),
        "livemcpbench" => live_mcp_bench(folder),
        _ => azure(folder),
    };
    let mut text = "query\tarea\ttools\tset\n".to_owned();
    for (query, labels) in queries {
        let query = query.replace(['\t', '\n', '\r'], " ");
        text.push_str(&format!("{query}\ttools\t{}\t{name}\n", labels.join(",")));
    }
    (catalog::from_tools(&tools), text.leak())
}

type Tools = Vec<(String, String, Vec<String>)>;
type Queries = Vec<(String, Vec<String>)>;

fn parse(path: &Path) -> Value {
    serde_json::from_str(&crate::read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// 199 plugins, and queries labeled with one each.
fn metatool(folder: &Path) -> (Tools, Queries) {
    let rows = parse_csv(&crate::read(&folder.join("dataset/data/all_clean_data.csv")));
    let queries: Queries = rows
        .into_iter()
        .skip(1)
        .filter_map(|row| Some((row.first()?.clone(), vec![row.get(1)?.clone()])))
        .collect();
    let used: BTreeSet<&String> = queries.iter().map(|(_, labels)| &labels[0]).collect();
    let mut tools = Vec::new();
    for file in ["dataset/plugin_des.json", "dataset/big_tool_des.json"] {
        let descriptions = parse(&folder.join(file));
        for (name, description) in descriptions.as_object().into_iter().flatten() {
            if used.contains(name) && !tools.iter().any(|(known, _, _)| known == name) {
                tools.push((name.clone(), description.as_str().unwrap_or_default().to_owned(), Vec::new()));
            }
        }
    }
    (tools, queries)
}

/// 527 tools on 70 servers, and tasks that need several of them, at least one of which must be found.
fn live_mcp_bench(folder: &Path) -> (Tools, Queries) {
    let mut tools: Tools = Vec::new();
    let mut labels: Vec<(String, String)> = Vec::new();
    let servers = parse(&folder.join("tools/LiveMCPTool/tools.json"));
    let lists = servers.as_array().into_iter().flatten();
    for list in lists.flat_map(|server| server["tools"].as_object().into_iter().flatten()) {
        for tool in list.1["tools"].as_array().into_iter().flatten() {
            let base = text(tool, "name");
            let count = labels.iter().filter(|(known, _)| *known == base).count();
            let name = if count == 0 { base.clone() } else { format!("{base}__{count}") };
            let properties = tool["inputSchema"]["properties"].as_object();
            let arguments = properties.into_iter().flatten().map(|(name, _)| name.clone()).collect();
            labels.push((base, name.clone()));
            tools.push((name, text(tool, "description"), arguments));
        }
    }
    let tasks = parse(&folder.join("annotated_data/all_annotations.json"));
    let queries = tasks.as_array().into_iter().flatten().map(|task| {
        let named = text(&task["Annotator Metadata"], "Tools");
        let names: Vec<&str> =
            named.lines().map(|line| line.split_once('.').map_or(line, |(_, name)| name).trim()).collect();
        let right = labels.iter().filter(|(base, _)| names.contains(&base.as_str()));
        (text(task, "Question"), right.map(|(_, name)| name.clone()).collect())
    });
    (tools, queries.collect())
}

/// The namespaces of Azure's server, and the prompts from its own tests.
fn azure(folder: &Path) -> (Tools, Queries) {
    let folder = folder.join("eng/tools/ToolDescriptionEvaluator/prompts");
    let namespaces = parse(&folder.join("namespace-tools.json"));
    let namespaces = namespaces["results"].as_array().into_iter().flatten();
    let tools: Tools =
        namespaces.map(|tool| (text(tool, "name"), text(tool, "description"), Vec::new())).collect();
    let prompts = parse(&folder.join("namespace-prompts.json"));
    let mut queries = Vec::new();
    for (name, prompts) in prompts.as_object().into_iter().flatten() {
        // Prompts for namespaces that no longer exist on the server are left out.
        if tools.iter().any(|(known, _, _)| known == name) {
            let prompts = prompts.as_array().into_iter().flatten().filter_map(Value::as_str);
            queries.extend(prompts.map(|prompt| (prompt.to_owned(), vec![name.clone()])));
        }
    }
    (tools, queries)
}

/// Parses the rows of a CSV file whose fields may be quoted.
fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let row = rows.last_mut().expect("a row");
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                row.last_mut().expect("a field").push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(String::new()),
            '\n' if !is_quoted => rows.push(vec![String::new()]),
            '\r' if !is_quoted => {}
            c => row.last_mut().expect("a field").push(c),
        }
    }
    rows.retain(|row| row.len() > 1);
    rows
}
