//! Starts fresh tenants behind one server, each a sandbox in its own process. Tests read a tenant's records through its
//! own API rather than through tools.

use std::collections::BTreeMap;

use reqwest::{Client, Method};
use serde_json::{Map, Value};
use toolcrate_testing::process::ServerProcess;
use toolcrate_testing::stdio::JsonRpcProcess;

use crate::support::{cwpsa, origin};

/// The sandbox's seed files, whose paths are compared.
const SEEDS: [&str; 4] = [
    include_str!("../../../../cwpsa-sandbox/data/companies.json"),
    include_str!("../../../../cwpsa-sandbox/data/lookups.json"),
    include_str!("../../../../cwpsa-sandbox/data/procurement.json"),
    include_str!("../../../../cwpsa-sandbox/data/service.json"),
];
/// Lists whose records have child lists that tasks write to.
const NESTED: [(&str, &str); 2] =
    [("/procurement/purchaseorders", "lineitems"), ("/service/tickets", "notes")];

/// An account on the server.
#[derive(Clone)]
pub struct Account {
    /// The server's address.
    pub server: String,
    pub name: String,
    pub token: String,
}

/// A sandbox, and its account on the server.
pub struct Tenant {
    _process: ServerProcess,
    client: Client,
    root: String,
    pub account: Account,
}

/// Tenants and the server in front of them. They stop when this value is dropped.
pub struct World {
    _server: ServerProcess,
    folder: tempfile::TempDir,
    pub tenants: Vec<Tenant>,
}

impl World {
    /// Starts this many tenants.
    pub async fn new(count: usize) -> Self {
        Self::with(count, &[]).await
    }

    /// Starts this many tenants with these sandbox flags.
    pub async fn with(count: usize, flags: &'static [&'static str]) -> Self {
        // Of several clients in one process, only the first installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let (mut settings, mut sandboxes) = (String::new(), Vec::new());
        let starts = (0..count).map(|_| {
            tokio::spawn(async move {
                let mut command = cwpsa();
                command.args(["sandbox", "--listen", "127.0.0.1:0"]).args(flags);
                let process = ServerProcess::start(command);
                let root = process.wait_for_url("").await;
                (process, root)
            })
        });
        for (index, start) in starts.collect::<Vec<_>>().into_iter().enumerate() {
            let (process, root) = start.await.unwrap();
            settings += &format!(
                "[accounts.tenant{index}]\nbase_url = \"{root}\"\ncompany_id = \"acme\"\npublic_key = \"public\"\nprivate_key = \"private\"\nclient_id = \"jobs\"\ntokens = [\"token-{index}\"]\n"
            );
            sandboxes.push((process, root));
        }
        let file = folder.path().join("config.toml");
        std::fs::write(&file, settings).unwrap();
        let mut command = cwpsa();
        command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(&file);
        let server = ServerProcess::start(command);
        let address = origin(&server).await;
        let tenants = sandboxes.into_iter().enumerate().map(|(index, (process, root))| Tenant {
            _process: process,
            client: Client::new(),
            root,
            account: Account {
                server: address.clone(),
                name: format!("tenant{index}"),
                token: format!("token-{index}"),
            },
        });
        Self { tenants: tenants.collect(), folder, _server: server }
    }

    /// Returns the first tenant.
    pub fn tenant(&self) -> &Tenant {
        &self.tenants[0]
    }

    /// Starts a process that exposes the first tenant's tools on its stdin and stdout.
    pub fn stdio(&self) -> JsonRpcProcess {
        let mut command = cwpsa();
        command.args(["mcp", "--account", &self.tenant().account.name, "--config"]);
        command.arg(self.folder.path().join("config.toml"));
        JsonRpcProcess::start(command)
    }
}

impl Tenant {
    /// Calls the tenant's own API, like any HTTP client.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.root))
            .basic_auth("acme+public", Some("private"))
            .header("clientid", "check");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Returns every row of a list. No list in these tenants is longer than a page.
    pub async fn rows(&self, path: &str) -> Vec<Value> {
        let all = format!("{path}{}pageSize=1000", if path.contains('?') { "&" } else { "?" });
        self.ask(Method::GET, &all, None).await.as_array().expect("rows").clone()
    }

    /// Returns the flags that set the sandbox's faults.
    pub fn fault_control(&self) -> FaultControl {
        FaultControl { client: self.client.clone(), url: format!("{}/_sandbox/faults", self.address()) }
    }

    /// Sets the sandbox's faults, in the format of `--faults`; an empty object means none.
    pub async fn faults(&self, faults: Value) {
        self.fault_control().set(faults).await;
    }

    /// Returns the sandbox's URL without the API's path.
    pub fn address(&self) -> &str {
        self.root.split("/v4_6_release").next().unwrap_or_default()
    }

    /// Returns every record in every seeded list, and in the lists below them.
    pub async fn state(&self) -> State {
        let mut paths = Vec::new();
        for seed in SEEDS {
            let seed: Map<String, Value> = serde_json::from_str(seed).unwrap();
            paths.extend(seed.into_iter().map(|(path, _)| path).filter(|path| path.starts_with('/')));
        }
        for (list, below) in NESTED {
            let rows = self.rows(list).await;
            paths.extend(rows.iter().map(|row| format!("{list}/{}/{below}", row["id"])));
        }
        paths.sort_unstable();
        paths.dedup();
        let mut records = BTreeMap::new();
        for path in paths {
            for mut row in self.rows(&path).await {
                // When a record was last changed isn't part of its contents.
                row.as_object_mut().expect("a record").remove("_info");
                let id = row.get("id").or_else(|| row.get("name")).expect("an id").to_string();
                records.insert(format!("{path}/{id}"), row);
            }
        }
        assert!(records.len() > 100, "the state was read");
        State(records)
    }
}

/// Sets the faults of a sandbox.
#[derive(Clone)]
pub struct FaultControl {
    client: Client,
    url: String,
}

impl FaultControl {
    /// Sets the faults, in the format of `--faults`. This also resets the budget.
    pub async fn set(&self, faults: Value) {
        let response = self.client.put(&self.url).json(&faults).send().await.unwrap();
        assert!(response.status().is_success());
    }
}

/// Records by path.
pub struct State(BTreeMap<String, Value>);

/// The differences between two states.
#[derive(Debug, Default)]
pub struct Changes {
    /// Records by path, in path order.
    pub added: Vec<(String, Value)>,
    /// Fields by record path and name, with the new value.
    pub changed: BTreeMap<String, Value>,
    pub removed: Vec<String>,
}

impl State {
    pub fn changes(&self, after: &Self) -> Changes {
        let mut changes = Changes::default();
        for (path, record) in &after.0 {
            let Some(before) = self.0.get(path) else {
                changes.added.push((path.clone(), record.clone()));
                continue;
            };
            let (before, record) = (before.as_object().unwrap(), record.as_object().unwrap());
            let names: std::collections::BTreeSet<&String> = before.keys().chain(record.keys()).collect();
            for name in names.into_iter().filter(|name| before.get(*name) != record.get(*name)) {
                let value = record.get(name).cloned().unwrap_or_default();
                changes.changed.insert(format!("{path} {name}"), value);
            }
        }
        changes.removed = self.0.keys().filter(|path| !after.0.contains_key(*path)).cloned().collect();
        changes
    }
}

impl Changes {
    /// Asserts that nothing changed.
    pub fn none(&self) {
        assert!(self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty(), "{self:#?}");
    }

    /// Returns the added records, asserting that they are in these lists, one each and in this order, and that
    /// nothing else changed.
    pub fn only_added<const N: usize>(&self, lists: [&str; N]) -> [&Value; N] {
        assert!(self.changed.is_empty() && self.removed.is_empty(), "{self:#?}");
        let list_of =
            |path: &String| path.rsplit_once('/').map(|(list, _)| list.to_owned()).unwrap_or_default();
        let added: Vec<String> = self.added.iter().map(|(path, _)| list_of(path)).collect();
        assert_eq!(added, lists, "{self:#?}");
        std::array::from_fn(|index| &self.added[index].1)
    }
}
