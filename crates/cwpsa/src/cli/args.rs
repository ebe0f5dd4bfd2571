//! Defines the command-line arguments.

// Help text is printed in a terminal, where URLs are plain text and brackets mark optional parts.
#![allow(rustdoc::bare_urls, rustdoc::broken_intra_doc_links)]

use clap::builder::{PossibleValue, PossibleValuesParser, Resettable, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand};
use connectwise_psa::runtime::Dialect;
use connectwise_psa::runtime::NameStyle;
use cwpsa_sandbox::fault_injection::{FaultRule, RequestBudget};
use toolcrate_executor::{ToolClass, ToolFilterSpec};
use toolcrate_mcp::{ExposureMode, ToolListing};

use super::sandbox_conflicts::IgnoredVariables;
use crate::environment::Environment;
use crate::exposure::{EXPOSURE_MODES, NAME_STYLES, NamedValues};
use crate::logs::LogFormat;

/// The values of `--class`.
const TOOL_CLASSES: NamedValues<ToolClass> = &[
    ("read", "Reads data", ToolClass::Read),
    ("write", "Creates, updates, replaces, or deletes a record", ToolClass::Write),
    ("custom", "Any other action", ToolClass::Custom),
];

/// The heading for options that select tools.
const TOOL_SELECTION: &str = "Tool selection";
/// The heading for options that determine how tools are listed over MCP.
const TOOL_LIST: &str = "Tool list (MCP)";

/// Parses one of `values`.
fn one_of<T: Copy + Send + Sync + 'static>(values: NamedValues<T>) -> impl TypedValueParser<Value = T> {
    let names = values.iter().map(|(name, help, _)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(names).map(move |name| {
        let value = values.iter().find(|(known, ..)| *known == name);
        value.map(|(.., value)| *value).expect("clap accepts possible values alone")
    })
}

/// Parses a dialect name.
fn dialect_parser() -> impl TypedValueParser<Value = Dialect> {
    PossibleValuesParser::new(Dialect::ALL.map(Dialect::as_str)).try_map(|name| name.parse::<Dialect>())
}

/// ConnectWise PSA tools for LLM agents and the command line.
#[derive(Debug, Parser)]
#[command(
    name = "cwpsa",
    version,
    arg_required_else_help = true,
    after_help = "Results are written to stdout as JSON, everything else to stderr.\n\n\
        Exit codes: 0 success, 1 API error, 2 invalid usage or arguments,\n            \
        3 server unreachable, 4 local failure.\n\n\
        Examples:\n  \
        cwpsa search \"add a note to a ticket\"\n  \
        cwpsa describe create_a_ticket_note\n  \
        cwpsa call create_a_ticket_note --sandbox \\\n    \
        --args '{\"ticketId\":8812,\"text\":\"Done\",\"internalAnalysisFlag\":true}'"
)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
    /// Log format on stderr.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        env = "CWPSA_LOG_FORMAT",
        hide_possible_values = true,
        value_name = "text|json|off"
    )]
    pub log_format: LogFormat,
    /// Minimum log level: error, warn, info, debug, or trace. Can be set per crate, for example cwpsa=debug,warn.
    /// Defaults to info for servers and to warn for other commands.
    #[arg(long, global = true, env = "CWPSA_LOG_LEVEL", value_name = "LEVEL")]
    pub log_level: Option<String>,
}

impl Cli {
    /// Returns the command line parser, whose flags default to an environment's variables. An empty variable is treated
    /// as unset.
    pub(super) fn command_in(environment: &Environment) -> clap::Command {
        with_variables(Self::command(), environment)
    }
}

/// Shows arguments' variables in their help, without values, and ignores empty variables.
fn with_variables(command: clap::Command, environment: &Environment) -> clap::Command {
    let adapt = |argument: clap::Arg| {
        let Some(variable) = argument.get_env().and_then(|name| name.to_str()).map(str::to_owned) else {
            return argument;
        };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let argument = argument.help(format!("{help} [env: {variable}]")).hide_env(true);
        if environment.get(&variable).is_some() { argument } else { argument.env(Resettable::Reset) }
    };
    command.mut_args(adapt).mut_subcommands(|command| with_variables(command, environment))
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List tools.
    Tools(ToolsArgs),
    /// Search for tools that match a task description, best match first.
    Search(SearchArgs),
    /// Show a tool's description and arguments, and the tools that look up the IDs it needs.
    Describe(DescribeArgs),
    /// Call a tool.
    Call(CallArgs),
    /// Start an MCP server on stdin and stdout, or over HTTP with --listen.
    Mcp(McpArgs),
    /// Start an HTTP server with a Truto-compatible API, an endpoint for tool calls, and MCP at /mcp.
    Serve(ServeArgs),
    /// Start a mock ConnectWise server with sample records; no account needed.
    Sandbox(Box<cwpsa_sandbox::command::SandboxArguments>),
    /// Check the settings, connectivity, credentials, clock, and server version, and suggest fixes.
    Doctor(DoctorArgs),
    /// Check that a local server is running.
    Healthcheck(HealthcheckArgs),
    /// Print a shell completion script.
    Completions {
        /// Shell to generate the script for.
        shell: clap_complete::Shell,
    },
    /// Write the man pages to a folder.
    #[command(hide = true)]
    Man {
        /// Existing folder to write to.
        folder: std::path::PathBuf,
    },
}

impl Command {
    /// Returns the account options of the command, if it has any.
    pub fn connection(&self) -> Option<&ConnectionArgs> {
        match self {
            Self::Describe(arguments) => Some(&arguments.connection),
            Self::Call(arguments) => Some(&arguments.connection),
            Self::Mcp(arguments) => Some(&arguments.connection),
            Self::Serve(arguments) => Some(&arguments.connection),
            Self::Doctor(arguments) => Some(&arguments.connection),
            Self::Tools(_)
            | Self::Search(_)
            | Self::Sandbox(_)
            | Self::Healthcheck(_)
            | Self::Completions { .. }
            | Self::Man { .. } => None,
        }
    }
}

/// Options that select tools.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = TOOL_SELECTION)]
pub struct SelectionArgs {
    /// Select tools in these classes. May be repeated or comma-separated.
    #[arg(long, value_delimiter = ',', value_name = "CLASS", value_parser = one_of(TOOL_CLASSES))]
    pub class: Vec<ToolClass>,
    /// Select tools in these API modules, for example service,procurement.
    #[arg(long, value_delimiter = ',', value_name = "MODULE")]
    pub module: Vec<String>,
    /// Select tools whose full or short name matches a glob pattern, for example 'list_all_*'.
    #[arg(long, value_delimiter = ',', value_name = "GLOB")]
    pub name: Vec<String>,
    /// Select tools in these toolsets, for example procurement. --toolset help lists the toolsets.
    #[arg(long, value_delimiter = ',', value_name = "SET")]
    pub toolset: Vec<String>,
}

impl From<&SelectionArgs> for ToolFilterSpec {
    fn from(selection: &SelectionArgs) -> Self {
        let SelectionArgs { class, module, name, toolset } = selection.clone();
        Self { classes: class, modules: module, names: name, toolsets: toolset, read_only: false }
    }
}

/// `cwpsa tools`
#[derive(Args, Debug)]
pub struct ToolsArgs {
    /// The tools.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Print tool declarations as JSON in an LLM provider's format.
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser())]
    pub dialect: Option<Dialect>,
    /// Form of the tool names. Defaults to short in a table and full otherwise.
    #[arg(long, value_parser = one_of(NAME_STYLES))]
    pub names: Option<NameStyle>,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// `cwpsa search`
#[derive(Args, Debug)]
pub struct SearchArgs {
    /// What the tool should do, for example: log time on a ticket.
    #[arg(required = true, num_args = 1.., value_name = "QUERY")]
    pub query: Vec<String>,
    /// Maximum number of tools to show.
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    /// The tools.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// `cwpsa describe`
#[derive(Args, Debug)]
pub struct DescribeArgs {
    /// Full or short tool name.
    pub tool: String,
    /// Print the declaration in an LLM provider's format.
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser())]
    pub dialect: Option<Dialect>,
    /// Include the account's custom fields. Requires an account or --sandbox.
    #[arg(long)]
    pub custom_fields: bool,
    /// Has no effect: output is always JSON.
    #[arg(long, hide = true)]
    pub json: bool,
    /// The account.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `cwpsa call`
#[derive(Args, Debug)]
pub struct CallArgs {
    /// Full or short tool name.
    pub tool: String,
    /// Arguments: a JSON object, @FILE to read the object from a file, or - to read it from stdin.
    #[arg(long, default_value = "{}", value_name = "JSON | @FILE | -")]
    pub args: String,
    /// Print the request, with secrets redacted, instead of sending it.
    #[arg(long)]
    pub dry_run: bool,
    /// Print the unmodified response, including _info and with custom fields as a list.
    #[arg(long)]
    pub raw: bool,
    /// Fetch all pages of a list.
    #[arg(long)]
    pub all_pages: bool,
    /// Maximum size of the result. Rows that don't fit are omitted from a list, and any other larger result is replaced
    /// with null. Omissions are reported on stderr. Also applies to --all-pages.
    #[arg(long, value_name = "BYTES")]
    pub max_bytes: Option<usize>,
    /// Time to wait for a response from ConnectWise. A write that times out is reported as outcome_unknown. [default: 60]
    #[arg(long, env = "CWPSA_UPSTREAM_TIMEOUT", value_name = "SECONDS")]
    pub upstream_timeout: Option<String>,
    /// Has no effect: output is always JSON.
    #[arg(long, hide = true)]
    pub json: bool,
    /// The account.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// Options of the tool list over MCP.
#[derive(Args, Debug)]
pub struct OfferFlags {
    /// Tools to list over MCP. Defaults to selected if cwpsa mcp has a tool selection flag, and to search otherwise.
    /// Clients can override this with the tools query parameter at /mcp.
    #[arg(long, value_parser = one_of(EXPOSURE_MODES), help_heading = TOOL_LIST)]
    pub tools: Option<ExposureMode>,
    /// The tools.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Form of the tool names over MCP.
    #[arg(long, value_parser = one_of(NAME_STYLES), default_value = "short", help_heading = TOOL_LIST)]
    pub names: NameStyle,
    /// Expose only tools that can't change data.
    #[arg(long, env = "CWPSA_READ_ONLY", value_parser = clap::builder::BoolishValueParser::new(), help_heading = TOOL_SELECTION)]
    pub read_only: bool,
    /// Include output schemas in the tool list over MCP. Roughly doubles the size of the list.
    #[arg(long, help_heading = TOOL_LIST)]
    pub output_schemas: bool,
}

impl OfferFlags {
    /// Returns the tool selection set by the flags.
    pub fn filter_spec(&self) -> ToolFilterSpec {
        ToolFilterSpec { read_only: self.read_only, ..(&self.selection).into() }
    }

    /// Returns how tools are listed, in `default_mode` unless a flag sets a different mode.
    pub fn listing(&self, default_mode: ExposureMode) -> ToolListing {
        ToolListing {
            mode: self.tools.unwrap_or(default_mode),
            names: self.names,
            output_schemas: self.output_schemas,
        }
    }
}

/// Options of the HTTP server.
#[derive(Args, Debug)]
#[command(next_help_heading = "HTTP server")]
pub struct HttpFlags {
    /// Where to persist approvals, idempotency keys, MCP sessions, and undelivered events: a file for one server, or
    /// redis://host[:port][/database] (rediss:// for TLS) to share state between replicas. Kept in memory if not set.
    /// If the URL contains a password, set it in CWPSA_STATE or the settings file, because other users on the machine
    /// can see flags.
    #[arg(long, env = "CWPSA_STATE", value_name = "FILE | URL")]
    pub state: Option<String>,
    /// Additional host name to accept in the Host and Origin headers, for example psa.example.com. With a port, only
    /// that port is accepted. May be repeated.
    #[arg(long, value_delimiter = ',', value_name = "HOST")]
    pub allow_host: Vec<String>,
}

/// `cwpsa mcp`
#[derive(Args, Debug)]
pub struct McpArgs {
    /// The tool list over MCP.
    #[command(flatten)]
    pub offer: OfferFlags,
    /// Calls.
    #[command(flatten)]
    pub watch: WatchFlags,
    /// Serve over HTTP at this address instead of stdin and stdout, for example 127.0.0.1:8080. MCP is at /mcp. All
    /// other routes are the same as for cwpsa serve.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<std::net::SocketAddr>,
    /// The HTTP server, with --listen.
    #[command(flatten)]
    pub http: HttpFlags,
    /// Webhooks, with --listen.
    #[command(flatten)]
    pub webhooks: WebhookFlags,
    /// The account.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `cwpsa serve`
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Address to listen on. Any address other than loopback requires a token for each account.
    #[arg(long, env = "CWPSA_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: String,
    /// The HTTP server.
    #[command(flatten)]
    pub http: HttpFlags,
    /// The tool list over MCP.
    #[command(flatten)]
    pub offer: OfferFlags,
    /// Calls.
    #[command(flatten)]
    pub watch: WatchFlags,
    /// Webhooks.
    #[command(flatten)]
    pub webhooks: WebhookFlags,
    /// The account. All accounts of the settings file are served if none is selected.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `cwpsa healthcheck`
#[derive(Args, Debug)]
pub struct HealthcheckArgs {
    /// Address that the server listens on.
    #[arg(long, env = "CWPSA_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: String,
    /// Also check that the server accepts requests. It doesn't if the state or the audit log can't be written.
    #[arg(long)]
    pub ready: bool,
}

/// `cwpsa doctor`
#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// Print the report as JSON even at a terminal.
    #[arg(long)]
    pub json: bool,
    /// The account.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// Options of calls. Their values are parsed together with those of variables and the settings file, see
/// [`SettingValues`](crate::settings::SettingValues).
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Calls")]
pub struct WatchFlags {
    /// Append an audit entry for every call to this file, as JSON Lines. Writes have an additional entry before they are
    /// sent; if it can't be recorded, the write isn't sent. Entries are logged to stderr if not set.
    #[arg(long, env = "CWPSA_AUDIT", value_name = "FILE")]
    pub audit: Option<std::path::PathBuf>,
    /// Calls that need human approval: none, writes, destructive, or a glob pattern that matches tool names. Approvers
    /// use /approvals with the token in CWPSA_APPROVER_TOKEN or approver_tokens_env in the settings file. If there are
    /// no approvers, MCP clients that support elicitation prompt their user, and calls from other clients are rejected.
    /// [default: none]
    #[arg(
        long,
        env = "CWPSA_APPROVE",
        value_delimiter = ',',
        value_name = "none | writes | destructive | GLOB"
    )]
    pub approve: Vec<String>,
    /// Include the account's custom fields in schemas. This requires a request to ConnectWise.
    #[arg(long, env = "CWPSA_CUSTOM_FIELDS", default_value = "true", value_name = "BOOL")]
    pub custom_fields: String,
    /// Maximum number of rows in a response. The response reports how many rows were omitted and how to fetch them.
    #[arg(long, env = "CWPSA_MAX_ROWS", default_value = "10000", value_name = "ROWS")]
    pub max_rows: String,
    /// Maximum size of a response. [default: 60000 over MCP, 16777216 over HTTP]
    #[arg(long, env = "CWPSA_MAX_BYTES", value_name = "BYTES")]
    pub max_bytes: Option<String>,
    /// Time to wait for a response from ConnectWise. A write that times out is reported as outcome_unknown. Choose a value
    /// below your clients' timeout, which is 30 seconds for Truto's SDK.
    #[arg(long, env = "CWPSA_UPSTREAM_TIMEOUT", default_value = "25", value_name = "SECONDS")]
    pub upstream_timeout: String,
    /// Arguments to ignore because agent hosts add them to every call, for example sessionId,toolCallId. Replaces the
    /// built-in list. A tool's own arguments are never ignored.
    #[arg(long, env = "CWPSA_HOST_ARGUMENTS", value_delimiter = ',', value_name = "NAME")]
    pub host_arguments: Vec<String>,
    /// Time to wait for in-flight calls after SIGTERM or Ctrl-C. A second signal forces an immediate exit.
    #[arg(long, env = "CWPSA_GRACE", default_value = "30", value_name = "SECONDS")]
    pub grace: String,
}

/// Options of the account. Flags take precedence over CWPSA_* variables, and those over the settings file.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Account")]
pub struct ConnectionArgs {
    /// The variables that --sandbox overrides. It comes first because it reads the other arguments before they are removed.
    #[command(flatten)]
    pub ignored: IgnoredVariables,
    /// Use a mock ConnectWise server with sample records in this process. No account needed. Changes are discarded.
    #[arg(long, env = "CWPSA_SANDBOX", value_parser = clap::builder::BoolishValueParser::new())]
    pub sandbox: bool,
    /// Inject a fault into the sandbox, for example 'too_many_requests x1' or 'cut_after POST'. cwpsa sandbox --help
    /// lists all faults. May be repeated.
    #[arg(long, value_name = "RULE", requires = "sandbox")]
    pub sandbox_fault: Vec<FaultRule>,
    /// Rate limit for the sandbox, for example 60/60. Further requests get status 429.
    #[arg(long, value_name = "REQUESTS/SECONDS", requires = "sandbox")]
    pub sandbox_budget: Option<RequestBudget>,
    /// Account to use from the settings file. Defaults to the file's default account.
    #[arg(long, env = "CWPSA_ACCOUNT", value_name = "NAME")]
    pub account: Option<String>,
    /// Settings file. [default: ~/.config/cwpsa/config.toml]
    #[arg(long, env = "CWPSA_CONFIG", value_name = "FILE")]
    pub config: Option<std::path::PathBuf>,
    /// API base URL, for example https://psa.example.com/v4_6_release/apis/3.0.
    #[arg(long, env = "CWPSA_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// ConnectWise cloud region: na, eu, au, or za. Alternative to --base-url.
    #[arg(long, env = "CWPSA_REGION", value_name = "REGION")]
    pub region: Option<String>,
    /// Company ID that you use to log in.
    #[arg(long, env = "CWPSA_COMPANY_ID", value_name = "ID")]
    pub company_id: Option<String>,
    /// API member's public key.
    #[arg(long, env = "CWPSA_PUBLIC_KEY", value_name = "KEY")]
    pub public_key: Option<String>,
    /// File that contains the private key. Alternatively, set CWPSA_PRIVATE_KEY. There is no flag for the key itself,
    /// because other users on the machine can see flags.
    #[arg(long, env = "CWPSA_PRIVATE_KEY_FILE", value_name = "FILE")]
    pub private_key_file: Option<std::path::PathBuf>,
}

/// Options of webhooks, for one account.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Webhooks (POST /webhooks/{account})")]
pub struct WebhookFlags {
    /// Program to run for each event, with the event as JSON on stdin: a path, or a JSON array with the path and arguments,
    /// for example '["/usr/local/bin/on-event", "-v"]'. It isn't run through a shell. If the exit code isn't zero, the
    /// event is retried later.
    #[arg(long, env = "CWPSA_WEBHOOK_COMMAND", value_name = "PROGRAM | JSON")]
    pub webhook_command: Option<String>,
    /// URL to post each event to, as JSON, signed with the secret in CWPSA_WEBHOOK_SECRET according to
    /// standardwebhooks.com. If the status isn't 2xx, the event is retried later.
    #[arg(long, env = "CWPSA_WEBHOOK_POST", value_name = "URL")]
    pub webhook_post: Option<String>,
    /// File that contains the secret for signing posted events. Alternatively, set CWPSA_WEBHOOK_SECRET.
    #[arg(long, env = "CWPSA_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub webhook_secret_file: Option<std::path::PathBuf>,
    /// Notify MCP sessions that are subscribed to the cwpsa://events resource.
    #[arg(long, env = "CWPSA_WEBHOOK_MCP")]
    pub webhook_mcp: bool,
}
