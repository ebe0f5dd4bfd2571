//! What can be asked for on the command line.

// What describes an argument is read in a terminal, where a link is an address and brackets say what may be left out.
#![allow(rustdoc::bare_urls, rustdoc::broken_intra_doc_links)]

use clap::builder::{PossibleValue, PossibleValuesParser, Resettable, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand};
use connectwise_psa::runtime::Dialect;
use cwpsa_sandbox::fault_injection::{FaultRule, RequestBudget};
use toolcrate_executor::{ToolClass, ToolFilterSpec};
use toolcrate_mcp::{ExposureMode, NameStyle};

use super::sandbox_conflicts::IgnoredVariables;
use crate::environment::Environment;
use crate::exposure::{EXPOSURE_MODES, NAME_STYLES, NamedValues};
use crate::logs::LogFormat;

/// The values of `--class`.
const TOOL_CLASSES: NamedValues<ToolClass> = &[
    ("read", "It reads", ToolClass::Read),
    ("write", "It creates, updates, replaces or deletes a record", ToolClass::Write),
    ("custom", "Anything else", ToolClass::Custom),
];

/// Parses one of `values`.
fn one_of<T: Copy + Send + Sync + 'static>(values: NamedValues<T>) -> impl TypedValueParser<Value = T> {
    let names = values.iter().map(|(name, help, _)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(names).map(move |name| {
        let value = values.iter().find(|(known, ..)| *known == name);
        value.map(|(.., value)| *value).expect("clap accepts possible values alone")
    })
}

/// Parses the name of a dialect.
fn dialect_parser() -> impl TypedValueParser<Value = Dialect> {
    PossibleValuesParser::new(Dialect::ALL.map(Dialect::as_str)).try_map(|name| name.parse::<Dialect>())
}

/// ConnectWise PSA as tools for agents and people.
#[derive(Debug, Parser)]
#[command(
    name = "cwpsa",
    version,
    arg_required_else_help = true,
    after_help = "Results go to stdout as JSON, everything else to stderr.\n\
        Exit codes: 0 success, 1 API error, 2 usage or arguments,\n            \
        3 server unreachable, 4 local failure.\n\n\
        Try:  cwpsa search \"add a note to a ticket\"\n      \
        cwpsa describe create_a_ticket_note\n      \
        cwpsa call create_a_ticket_note --dry-run \\\n        \
        --args '{\"ticketId\":8812,\"text\":\"Done\",\"internalAnalysisFlag\":true}'"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How logs are written to stderr; CWPSA_LOG says how much, e.g. debug.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        env = "CWPSA_LOG_FORM",
        hide_env = true,
        hide_possible_values = true,
        value_name = "text|json|off"
    )]
    pub log: LogFormat,
}

impl Cli {
    /// The command line, whose flags take variables of an environment for values that are not given. A variable that is
    /// empty counts as not set.
    pub(super) fn command_in(environment: &Environment) -> clap::Command {
        without_empty_variables(Self::command(), environment)
    }
}

fn without_empty_variables(command: clap::Command, environment: &Environment) -> clap::Command {
    let is_set =
        |argument: &clap::Arg| argument.get_env().and_then(|name| environment.get(name.to_str()?)).is_some();
    let unset = |argument: clap::Arg| match is_set(&argument) {
        true => argument,
        false => argument.env(Resettable::Reset),
    };
    command.mut_args(unset).mut_subcommands(|command| without_empty_variables(command, environment))
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the tools.
    Tools(ToolsArgs),
    /// Find the tools that fit a few words, best first.
    Search(SearchArgs),
    /// Show one tool: what it does, its arguments, which tools give the ids that it needs.
    Describe(DescribeArgs),
    /// Execute one tool.
    Call(CallArgs),
    /// Serve the tools over the Model Context Protocol: on stdin and stdout, or over HTTP with --listen.
    Mcp(McpArgs),
    /// Serve the tools over HTTP: Truto's list of tools and proxy, plain calls, and MCP at /mcp.
    Serve(ServeArgs),
    /// Run a stand-in of a ConnectWise server, with seeded records and no account.
    Sandbox(Box<cwpsa_sandbox::command::SandboxArguments>),
    /// Check settings, reachability, credentials, clock and version, and say what to do.
    Doctor(DoctorArgs),
    /// Print a script that completes commands in a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// The flags that name an account, of a command that has some.
    pub fn connection(&self) -> Option<&ConnectionArgs> {
        match self {
            Self::Describe(arguments) => Some(&arguments.connection),
            Self::Call(arguments) => Some(&arguments.connection),
            Self::Mcp(arguments) => Some(&arguments.connection),
            Self::Serve(arguments) => Some(&arguments.connection),
            Self::Doctor(arguments) => Some(&arguments.connection),
            Self::Tools(_) | Self::Search(_) | Self::Sandbox(_) | Self::Completions { .. } => None,
        }
    }
}

/// Which tools are meant.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which tools")]
pub struct SelectionArgs {
    /// Only tools of these classes.
    #[arg(long, value_delimiter = ',', value_name = "CLASS", value_parser = one_of(TOOL_CLASSES))]
    pub class: Vec<ToolClass>,
    /// Only tools of these parts of the API, e.g. service,procurement.
    #[arg(long, value_delimiter = ',', value_name = "MODULE")]
    pub module: Vec<String>,
    /// Only tools whose full or short name is like this; * stands for anything.
    #[arg(long, value_delimiter = ',', value_name = "GLOB")]
    pub name: Vec<String>,
    /// Only tools of these sets, e.g. procurement (cwpsa tools --toolset help lists the sets).
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
    /// Which.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Print declarations for a provider, as JSON.
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser())]
    pub dialect: Option<Dialect>,
    /// In which length names are; short in a table, else full.
    #[arg(long, value_parser = one_of(NAME_STYLES))]
    pub names: Option<NameStyle>,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// `cwpsa search`
#[derive(Args, Debug)]
pub struct SearchArgs {
    /// What the tool should do, in your words.
    #[arg(required = true, num_args = 1.., value_name = "QUERY")]
    pub query: Vec<String>,
    /// How many tools to show.
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    /// Which.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// `cwpsa describe`
#[derive(Args, Debug)]
pub struct DescribeArgs {
    /// The tool, by its full or short name.
    pub tool: String,
    /// Print the declaration for a provider.
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser())]
    pub dialect: Option<Dialect>,
    /// With the fields that the account added; it is asked for them.
    #[arg(long)]
    pub custom_fields: bool,
    /// Changes nothing: what is printed is JSON.
    #[arg(long)]
    pub json: bool,
    /// Whose account.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `cwpsa call`
#[derive(Args, Debug)]
pub struct CallArgs {
    /// The tool, by its full or short name.
    pub tool: String,
    /// The arguments: a JSON object, @FILE to read them from a file, or - for stdin.
    #[arg(long, default_value = "{}", value_name = "JSON | @FILE | -")]
    pub args: String,
    /// Print the request that would be sent, without secrets, and send nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Print the answer as the API gave it: with _info, and custom fields as a list.
    #[arg(long)]
    pub raw: bool,
    /// Follow the pages of a list to the end.
    #[arg(long)]
    pub all_pages: bool,
    /// At most so many bytes of answer, with all pages too; what is left out is told on stderr. A list loses its last rows;
    /// of anything else that is larger, nothing is printed but null.
    #[arg(long, value_name = "BYTES")]
    pub max_bytes: Option<usize>,
    /// Changes nothing: what is printed is JSON.
    #[arg(long)]
    pub json: bool,
    /// Whose account.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// How tools are offered over the Model Context Protocol, and which.
#[derive(Args, Clone, Debug)]
pub struct OfferFlags {
    /// How tools are offered over MCP; selected if any are chosen for `cwpsa mcp`, else search. A client of /mcp can choose
    /// by its address.
    #[arg(long, value_parser = one_of(EXPOSURE_MODES))]
    pub tools: Option<ExposureMode>,
    /// Which.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// In which length names are over MCP; short by default, as clients put the server's name in front.
    #[arg(long, value_parser = one_of(NAME_STYLES), default_value = "short")]
    pub names: NameStyle,
    /// Offer and run only tools that change nothing.
    #[arg(long)]
    pub read_only: bool,
    /// Also list over MCP what each tool answers, as a schema; lists are then twice as long.
    #[arg(long)]
    pub output_schemas: bool,
}

/// What a server over HTTP keeps, and under which names it is asked.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Over HTTP")]
pub struct HttpFlags {
    /// Where the server keeps what must outlive a restart or be known to all its copies: answers given under
    /// Idempotency-Keys, approvals, MCP sessions, callbacks that were not handed on yet. A file, for one server; or Redis,
    /// for several: redis://host[:port][/database], or rediss:// over TLS. A URL with a password belongs in CWPSA_STATE or
    /// the settings file, as other users of the machine can see flags. In memory if not given.
    #[arg(long, env = "CWPSA_STATE", hide_env_values = true, value_name = "FILE | URL")]
    pub state: Option<String>,
    /// A further name under which the server is asked, e.g. psa.example.com; with a port, under that one alone. Pages of
    /// that name may ask too.
    #[arg(long, value_delimiter = ',', value_name = "HOST")]
    pub allow_host: Vec<String>,
}

/// `cwpsa mcp`
#[derive(Args, Debug)]
pub struct McpArgs {
    /// Which tools, and how.
    #[command(flatten)]
    pub offer: OfferFlags,
    /// How calls are watched.
    #[command(flatten)]
    pub watch: WatchFlags,
    /// Serve over HTTP at this address instead, as cwpsa serve does, e.g. 127.0.0.1:8080; the path is /mcp.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<std::net::SocketAddr>,
    /// With --listen, as for cwpsa serve.
    #[command(flatten)]
    pub http: HttpFlags,
    /// With --listen, what is done with callbacks.
    #[command(flatten)]
    pub webhooks: WebhookFlags,
    /// Whose account.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `cwpsa serve`
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Where to listen. An address that others can reach needs a token for each account.
    #[arg(long, env = "CWPSA_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: String,
    /// What is kept, and the names of the server.
    #[command(flatten)]
    pub http: HttpFlags,
    /// Which tools are offered; all by default.
    #[command(flatten)]
    pub offer: OfferFlags,
    /// How calls are watched.
    #[command(flatten)]
    pub watch: WatchFlags,
    /// What is done with callbacks.
    #[command(flatten)]
    pub webhooks: WebhookFlags,
    /// Whose account; all accounts of the settings file if none is named. Tokens come from CWPSA_TOKEN and from
    /// `tokens` in the settings file.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `cwpsa doctor`
#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// Print JSON at a terminal too; elsewhere it is printed in any case.
    #[arg(long)]
    pub json: bool,
    /// Whose account.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// How calls are watched. The values are read with those of variables and the settings file, see
/// [`SettingValues`](crate::settings::SettingValues).
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Watching")]
pub struct WatchFlags {
    /// Append a line of JSON for every call to this file, and one before each write; they go to stderr otherwise. A
    /// call that can't be written down is not made.
    #[arg(long, env = "CWPSA_AUDIT", value_name = "FILE")]
    pub audit: Option<std::path::PathBuf>,
    /// Tools that are run only after a person said yes to the very call: none, writes, destructive, or names with * for
    /// anything. Over HTTP an approver decides at /approvals, with the token in CWPSA_APPROVER_TOKEN or one of
    /// `approver_tokens_env` in the settings file. Where there is none, an MCP client asks its user; all else is refused.
    #[arg(
        long,
        env = "CWPSA_APPROVE",
        hide_env = true,
        value_delimiter = ',',
        value_name = "none | writes | destructive | GLOB"
    )]
    pub approve: Vec<String>,
    /// Whether the account's own fields are shown in schemas; reading them costs a request.
    #[arg(long, env = "CWPSA_CUSTOM_FIELDS", hide_env = true, default_value = "true", value_name = "BOOL")]
    pub custom_fields: String,
    /// At most so many rows in an answer; what is left out is told, with the arguments that give it.
    #[arg(long, env = "CWPSA_MAX_ROWS", hide_env = true, default_value = "10000", value_name = "ROWS")]
    pub max_rows: String,
    /// At most so many bytes in an answer: 60000 over MCP, where models read it, and 16777216 over HTTP by default.
    #[arg(long, env = "CWPSA_MAX_BYTES", hide_env = true, value_name = "BYTES")]
    pub max_bytes: Option<String>,
    /// How long the API may take for an answer. Clients such as Truto's give up after 30 seconds; a write that was not
    /// answered by then has the outcome outcome_unknown.
    #[arg(
        long,
        env = "CWPSA_UPSTREAM_TIMEOUT",
        hide_env = true,
        default_value = "25",
        value_name = "SECONDS"
    )]
    pub upstream_timeout: String,
    /// How long calls in flight may take to end when the process is told to stop, by SIGTERM or Ctrl-C; told again, it
    /// waits for nothing. It exits with 0 either way.
    #[arg(long, env = "CWPSA_GRACE", hide_env = true, default_value = "30", value_name = "SECONDS")]
    pub grace: String,
}

/// Whose account is meant: flags, then CWPSA_* variables, then the settings file.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Account")]
pub struct ConnectionArgs {
    /// Which variables are not used beside the sandbox; first, since it looks at the others before they are taken.
    #[command(flatten)]
    pub ignored: IgnoredVariables,
    /// Use a sandbox in this process: seeded records, no account needed, nothing is kept.
    #[arg(long, env = "CWPSA_SANDBOX", value_parser = clap::builder::BoolishValueParser::new())]
    pub sandbox: bool,
    /// With --sandbox, a fault to inject, e.g. "too_many_requests x1" or "cut_after POST" (cwpsa sandbox --help lists
    /// them); repeatable.
    #[arg(long, value_name = "RULE", requires = "sandbox")]
    pub sandbox_fault: Vec<FaultRule>,
    /// With --sandbox, a request budget; further requests get 429.
    #[arg(long, value_name = "REQUESTS/SECONDS", requires = "sandbox")]
    pub sandbox_budget: Option<RequestBudget>,
    /// The account of this name in the settings file; its default if not given.
    #[arg(long, env = "CWPSA_ACCOUNT", value_name = "NAME")]
    pub account: Option<String>,
    /// The settings file; ~/.config/cwpsa/config.toml by default.
    #[arg(long, env = "CWPSA_CONFIG", value_name = "FILE")]
    pub config: Option<std::path::PathBuf>,
    /// The API's root, e.g. https://psa.example.com/v4_6_release/apis/3.0.
    #[arg(long, env = "CWPSA_BASE_URL", hide_env_values = true, value_name = "URL")]
    pub base_url: Option<String>,
    /// ConnectWise's own server of this region: na, eu, au or za.
    #[arg(long, env = "CWPSA_REGION", value_name = "REGION")]
    pub region: Option<String>,
    /// The company id typed at login.
    #[arg(long, env = "CWPSA_COMPANY_ID", value_name = "ID")]
    pub company_id: Option<String>,
    /// The public key of an API member.
    #[arg(long, env = "CWPSA_PUBLIC_KEY", value_name = "KEY")]
    pub public_key: Option<String>,
    /// A file that holds the private key; or put it into CWPSA_PRIVATE_KEY. Secrets are no flags, as other users of
    /// the machine can see those.
    #[arg(long, env = "CWPSA_PRIVATE_KEY_FILE", value_name = "FILE")]
    pub private_key_file: Option<std::path::PathBuf>,
}

/// The flags, for one account.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Webhooks, for POST /webhooks/{account}")]
pub struct WebhookFlags {
    /// Hand each event to this command, as JSON on stdin: a program, or a JSON array of a program and its arguments.
    /// No shell reads it. The event is done if it exits with 0, and tried again later if not.
    #[arg(long, env = "CWPSA_WEBHOOK_COMMAND", hide_env_values = true, value_name = "PROGRAM | JSON")]
    pub webhook_command: Option<String>,
    /// Post each event as JSON to this address, signed with the secret in CWPSA_WEBHOOK_SECRET as
    /// standardwebhooks.com says. The event is done if the answer is 2xx, and tried again later if not.
    #[arg(long, env = "CWPSA_WEBHOOK_POST", hide_env_values = true, value_name = "URL")]
    pub webhook_post: Option<String>,
    /// A file that holds the secret for --webhook-post.
    #[arg(long, env = "CWPSA_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub webhook_secret_file: Option<std::path::PathBuf>,
    /// Tell MCP sessions that subscribed to the resource cwpsa://events.
    #[arg(long, env = "CWPSA_WEBHOOK_MCP")]
    pub webhook_mcp: bool,
}
