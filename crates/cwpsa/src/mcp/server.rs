//! The handler: one for all clients, sharing the account's client and the search index.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::http::request::Parts;
use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{ExecuteOptions, Tool, Value, json_size};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult,
    CompletionInfo, CustomRequest, CustomResult, DiscoverResult, GetPromptRequestParams, GetPromptResponse,
    Implementation, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ProgressNotificationParam, ReadResourceRequestParams, ReadResourceResponse,
    ReadResourceResult, Reference, ResourceContents, ServerCapabilities, ServerConfig,
    SubscribeRequestParams, SubscriptionFilter, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Map, json};
use toolcrate_search::SearchEngine;

use toolcrate_executor::{InFlight, ToolExecutor, TraceContext, outcome_to_json};

use super::consent::{self, BY, Caller};
use super::events::{self, Events};
use super::{answer, arguments, changes, given, list, named, offer, pages, prompts};
use crate::commands::search;
use crate::config_watch::ConfigWatch;
use crate::exposure::{ExposureMode, NameStyle};
use crate::word_lists::search_engine;

/// The most bytes of an answer, if nothing else was said; what does not fit is told, with the arguments that give it.
const MOST_BYTES: usize = 60_000;

/// Offers the tools of one account.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

/// In which form tools are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// All of them, or those that find them.
    pub offer: ExposureMode,
    /// In which length names are.
    pub names: NameStyle,
    /// Whether lists say what a tool answers.
    pub output_schemas: bool,
}

impl Default for Shape {
    /// As most clients like it: three tools, and short names, since clients put the server's name in front.
    fn default() -> Self {
        Self { offer: ExposureMode::MetaTools, names: NameStyle::Short, output_schemas: false }
    }
}

struct Inner {
    runner: ToolExecutor,
    shape: Shape,
    reload: ConfigWatch,
    search: OnceLock<SearchEngine>,
    events: Option<Events>,
    /// Whether a client asked what the server can do, which it may do before all else and leave.
    discovered: AtomicBool,
}

impl Server {
    /// Offers the tools that `runner` runs; `reload` tells when the list of them changes.
    pub fn new(runner: ToolExecutor, shape: Shape, reload: ConfigWatch) -> Self {
        Self(Arc::new(Inner {
            runner,
            shape,
            reload,
            search: OnceLock::new(),
            events: None,
            discovered: AtomicBool::new(false),
        }))
    }

    /// The same, which shows these events.
    pub fn with_events(mut self, events: Option<Events>) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.events = events;
        }
        self
    }

    /// Whether a client asked what the server can do.
    pub fn was_discovered(&self) -> bool {
        self.0.discovered.load(Ordering::Relaxed)
    }

    /// The calls in flight.
    pub fn calls(&self) -> &InFlight {
        self.0.runner.in_flight()
    }

    /// The most bytes of an answer.
    fn most_bytes(&self) -> usize {
        self.0.runner.limits().max_bytes.unwrap_or(MOST_BYTES)
    }

    fn search(&self) -> &SearchEngine {
        // Indexing takes longer than all else; a client that never searches does not wait for it.
        self.0.search.get_or_init(search_engine)
    }

    /// The tool called `name`, if it is offered.
    fn tool(&self, name: &str) -> Result<Tool, Value> {
        let tool = CATALOG.resolve(name).map_err(|error| error.to_json())?;
        if self.0.runner.filter().allows(tool) {
            return Ok(tool);
        }
        let message = format!("{} is not among the tools that this server offers", tool.short_name());
        Err(json!({"error": {
            "kind": "not_offered",
            "message": message,
            "next_step": format!("Use {} to find what is offered.", offer::SEARCH),
        }}))
    }

    fn find(&self, arguments: &Map<String, Value>) -> CallToolResult {
        let query = arguments.get("query").and_then(Value::as_str).unwrap_or_default();
        let limit = arguments.get("limit").and_then(Value::as_u64).unwrap_or(10) as usize;
        let hits = self.search().find(query, limit, |tool| self.0.runner.filter().allows(tool));
        let tools: Vec<Value> = hits
            .iter()
            .map(|hit| {
                let entry = search::entry(hit);
                json!({"name": offer::shown(hit.tool, self.0.shape.names), "title": entry["title"], "score": entry["score"]})
            })
            .collect();
        answer::done(json!({"tools": tools}))
    }

    async fn describe(&self, arguments: &Map<String, Value>) -> CallToolResult {
        let names = arguments.get("names").and_then(Value::as_array).into_iter().flatten();
        let with_output = arguments.get("output") == Some(&Value::Bool(true));
        let account = self.0.runner.account().await;
        let mut tools = Vec::new();
        for name in names.filter_map(Value::as_str) {
            match self.tool(name) {
                Ok(tool) => {
                    let mut entry = offer::in_full(tool, self.0.shape.names, account.as_ref());
                    if let Some(members) = entry.as_object_mut() {
                        members.retain(|member, _| {
                            !matches!(member.as_str(), "tags" | "relations" | "short_name")
                        });
                    }
                    if with_output {
                        entry["output_schema"] = tool.output_schema();
                        named::descriptions(&mut entry["output_schema"], self.0.shape.names);
                    }
                    tools.push(entry);
                }
                Err(error) => return answer::refused(error),
            }
        }
        answer::done(json!({"tools": tools}))
    }

    async fn call(&self, arguments: &Map<String, Value>, caller: &Caller<'_>) -> CallToolResponse {
        let name = arguments.get("name").and_then(Value::as_str).unwrap_or_default();
        let given = arguments.get("arguments").cloned().unwrap_or_else(|| json!({}));
        match self.tool(name) {
            Ok(tool) if arguments.get("all_pages") == Some(&Value::Bool(true)) => {
                self.walk(tool, given, caller).await
            }
            Ok(tool) => self.execute(tool, &given, caller).await,
            Err(error) => self.refuse(name, &given, caller, error),
        }
    }

    /// Refuses to call a tool, which is written down if there is one of that name.
    fn refuse(&self, name: &str, arguments: &Value, caller: &Caller<'_>, error: Value) -> CallToolResponse {
        if let Ok(tool) = CATALOG.resolve(name) {
            self.0.runner.record_rejection(caller.by(), tool, arguments, "not_offered");
        }
        answer::refused(error).into()
    }

    async fn execute(&self, tool: Tool, arguments: &Value, caller: &Caller<'_>) -> CallToolResponse {
        let options = ExecuteOptions { max_bytes: Some(self.most_bytes()), ..ExecuteOptions::default() };
        match consent::run(&self.0.runner, tool, arguments, &options, caller).await {
            Ok(outcome) => answer::done(outcome_to_json(&outcome)).into(),
            Err(instead) => *instead,
        }
    }

    /// Follows the pages of a list, telling how far it is.
    async fn walk(&self, tool: Tool, mut arguments: Value, caller: &Caller<'_>) -> CallToolResponse {
        let (most_rows, most_bytes) = (self.0.runner.limits().max_rows, self.most_bytes());
        let (mut rows, mut bytes, context) = (Vec::new(), 0, caller.context());
        loop {
            let options = ExecuteOptions {
                max_rows: Some(most_rows - rows.len()),
                max_bytes: Some(most_bytes),
                ..ExecuteOptions::default()
            };
            let outcome = match consent::run(&self.0.runner, tool, &arguments, &options, caller).await {
                Ok(outcome) => outcome,
                Err(instead) => return *instead,
            };
            let mut next = outcome.next_arguments().cloned();
            let is_cut = outcome.omitted.is_some();
            bytes += json_size(&outcome.value);
            let Value::Array(page) = outcome.value else {
                return answer::done(outcome_to_json(&outcome)).into();
            };
            let is_full = bytes > most_bytes && !rows.is_empty();
            if is_full {
                // A page that does not fit is where the next answer begins.
                next = arguments.as_object().cloned();
            } else {
                rows.extend(page);
            }
            if let Some(token) = context.meta.get_progress_token() {
                let progress = ProgressNotificationParam::new(token, rows.len() as f64)
                    .with_message(format!("{} rows", rows.len()));
                // A client that does not listen misses nothing.
                let _ = context.peer.notify_progress(progress).await;
            }
            match next {
                Some(next) if rows.len() < most_rows && !is_cut && !is_full => {
                    arguments = Value::Object(next)
                }
                Some(next) => return answer::done(json!({"result": rows, "next": next})).into(),
                None => return answer::done(json!({"result": rows})).into(),
            }
        }
    }

    fn listed(&self) -> Vec<Tool> {
        match self.0.shape.offer {
            ExposureMode::MetaTools => {
                let pinned = offer::PINNED.iter().filter_map(|name| CATALOG.get(name));
                pinned.filter(|tool| self.0.runner.filter().allows(*tool)).collect()
            }
            ExposureMode::Filtered | ExposureMode::All => self.0.runner.filter().tools().collect(),
        }
    }
}

/// The trace that a call belongs to: what its own `_meta` names, else the request that it came with.
fn trace_of(context: &RequestContext<RoleServer>) -> TraceContext {
    let state = context.meta.get_tracestate().unwrap_or_default();
    let given = context.meta.get_traceparent().and_then(|parent| TraceContext::parse(parent, state));
    let of_request = || context.extensions.get::<Parts>()?.extensions.get::<TraceContext>().cloned();
    given.or_else(of_request).unwrap_or_else(TraceContext::start)
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let mut capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_resources()
            .enable_prompts()
            .enable_completions()
            .build();
        if let Some(resources) = capabilities.resources.as_mut() {
            resources.subscribe = self.0.events.as_ref().map(|_| true);
        }
        let how = match self.0.shape.offer {
            ExposureMode::MetaTools => {
                "Find a tool with search_tools, read its schema with describe_tools, run it with call_tool."
            }
            ExposureMode::Filtered | ExposureMode::All => {
                "Arguments that are ids say which tool lists them; look them up first."
            }
        };
        let instructions = format!(
            "ConnectWise PSA: service tickets, companies, procurement, time, finance, sales, projects. {how} A list comes by \
             pages: `next` in an answer holds the arguments of the next one. A refused call says what was wrong, by argument."
        );
        ServerConfig::new(capabilities)
            .with_server_info(
                Implementation::new("connectwise", env!("CARGO_PKG_VERSION")).with_title("ConnectWise PSA"),
            )
            .with_instructions(instructions)
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        self.0.discovered.store(true, Ordering::Relaxed);
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info()))
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(given::misfit(request.method))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        list::page(&self.0.runner, self.0.shape, &self.listed(), cursor.as_deref()).await
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let Some(_call) = self.calls().acquire() else {
            let stopping =
                json!({"error": {"kind": "stopping", "message": "the server is stopping; nothing was done"}});
            return Ok(answer::refused(stopping).into());
        };
        let trace = trace_of(&context);
        let (answers, state) = (request.input_responses.as_ref(), request.request_state.as_deref());
        let caller = Caller::of(&context, &self.0.runner, answers, state).await;
        let call = trace.scope(async {
            match &*request.name {
                name @ (offer::SEARCH | offer::DESCRIBE | offer::CALL) => {
                    match (given::checked(name, arguments), name) {
                        (Err(error), _) => answer::refused(error.to_json()).into(),
                        (Ok(arguments), offer::SEARCH) => self.find(&arguments).into(),
                        (Ok(arguments), offer::DESCRIBE) => self.describe(&arguments).await.into(),
                        (Ok(arguments), _) => self.call(&arguments, &caller).await,
                    }
                }
                name => match self.tool(name) {
                    Ok(tool) => self.execute(tool, &Value::Object(arguments), &caller).await,
                    Err(error) => self.refuse(name, &Value::Object(arguments), &caller, error),
                },
            }
        });
        // Dropping the call closes its connection, which is all that can be done about a request on its way.
        tokio::select! {
            result = call => Ok(named::errors(result, self.0.shape.names)),
            () = context.ct.cancelled() => Err(ErrorData::internal_error("the call was cancelled", None)),
        }
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        changes::tell(&self.0.reload, self.calls(), context.peer);
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::all()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        prompts::get(&request.name, &arguments)
            .map(Into::into)
            .map_err(|message| ErrorData::invalid_params(message, None))
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut resources = pages::all(self.0.runner.filter());
        resources.extend(self.0.events.as_ref().map(|_| Events::resource()));
        Ok(ListResourcesResult::with_all_items(resources))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(pages::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        if let Some(events) = self.0.events.as_ref().filter(|_| request.uri == events::URI) {
            return events.read().await.map(Into::into);
        }
        if let Some((tool, argument, typed)) = pages::argument(self.0.runner.filter(), &request.uri)
            && let Some(mut page) = arguments::page(&self.0.runner, BY, tool, argument, &typed).await
        {
            named::descriptions(&mut page["schema"], self.0.shape.names);
            let text =
                ResourceContents::text(format!("{page:#}"), request.uri).with_mime_type("application/json");
            return Ok(ReadResourceResult::new(vec![text]).into());
        }
        match pages::read(self.0.runner.filter(), self.0.shape.names, &request.uri) {
            Some(result) => Ok(result.into()),
            None => Err(ErrorData::resource_not_found(
                format!("there is nothing at {}", request.uri),
                Some(json!({"uri": request.uri})),
            )),
        }
    }

    // Clients of 2025-11-25 and before know no other way.
    #[allow(deprecated)]
    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        events::subscribe(self.0.events.as_ref(), &request.uri, context.peer)
    }

    #[allow(deprecated)]
    async fn unsubscribe(
        &self,
        _: UnsubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if let Some(events) = &self.0.events {
            events.unsubscribe(&context.peer);
        }
        Ok(())
    }

    fn accepted_subscription_filter(&self, _: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(changes::filter(self.0.events.as_ref()))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        changes::listen(&self.0.reload, self.0.events.as_ref(), self.calls(), &context).await;
        Ok(())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let typed = request.argument.value;
        let before = request.context.and_then(|context| context.arguments).unwrap_or_default();
        let runner = &self.0.runner;
        let tool = before.get("name").and_then(|name| pages::tool(runner.filter(), name));
        let values = match &request.r#ref {
            Reference::Resource(_) if request.argument.name == "value" => {
                match (tool, before.get("argument")) {
                    (Some(tool), Some(argument)) => {
                        let values = arguments::values(runner, BY, tool, argument, &typed).await;
                        values.iter().map(|(value, _)| arguments::text(value)).collect()
                    }
                    _ => Vec::new(),
                }
            }
            Reference::Resource(template) => {
                pages::complete(runner.filter(), &template.uri, &request.argument.name, &typed, tool)
            }
            Reference::Prompt(prompt) => match prompts::source(&prompt.name, &request.argument.name) {
                Some((tool, member)) => arguments::records(runner, BY, tool, member, &typed).await,
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        let more = values.len() > CompletionInfo::MAX_VALUES;
        let values: Vec<String> = values.into_iter().take(CompletionInfo::MAX_VALUES).collect();
        let completion = CompletionInfo::with_pagination(values, None, more).unwrap_or_default();
        Ok(CompleteResult::new(completion))
    }
}
