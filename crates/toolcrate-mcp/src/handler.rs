//! Handles MCP requests.

use std::time::{Duration, Instant};

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CustomRequest,
    CustomResult, DiscoverResult, GetPromptRequestParams, GetPromptResponse, Implementation,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, SubscribeRequestParams, SubscriptionFilter, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Map, json};
use toolcrate_executor::limit_json;
use toolcrate_runtime::{Value, json_size, run_cpu_bound};

use crate::caller::{Caller, principal, trace_context};
use crate::error::McpError;
use crate::listing::ExposureMode;
use crate::server::McpServer;
use crate::tool_naming::rename_in_value;
use crate::{completion, notifications, pagination, prompts, resources, result};

/// Supported requests with parameters.
const METHODS: [&str; 9] = [
    "completion/complete",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "subscriptions/listen",
    "tools/call",
    "tools/list",
];

impl McpServer {
    /// Returns the instructions for the model.
    fn instructions(&self) -> String {
        let context = self.context();
        let how = match context.listing.mode {
            ExposureMode::MetaTools if context.executor.filter().allows_writes() => {
                "Find a tool with search_tools, read its schema with describe_tools, run it with read_tool if it \
                 only reads data, otherwise with call_tool."
            }
            ExposureMode::MetaTools => {
                "Find a tool with search_tools, read its schema with describe_tools, run it with read_tool."
            }
            ExposureMode::Filtered | ExposureMode::All => {
                "The description of an ID argument names the tool that lists the IDs; look up IDs first."
            }
        };
        format!(
            "{} {how} Lists are paginated: to get the next page, call again with the arguments in `next`. \
             A rejected call names each invalid argument.",
            context.product.description
        )
    }

    /// Records the duration of a `tools/call` request. Unknown tools have no name in metrics.
    fn record_tool_call(
        &self,
        name: &str,
        response: &Result<CallToolResponse, ErrorData>,
        duration: Duration,
    ) {
        let product = self.context().product;
        let meta_tool = self.meta_tools().get(name, product.catalog.api().name);
        let tool = match meta_tool {
            Some(meta_tool) => &*meta_tool.definition.name,
            None => product.catalog.get(name).map_or("", |tool| tool.short_name()),
        };
        let error_type = match response {
            Ok(CallToolResponse::Complete(result)) if result.is_error == Some(true) => Some("tool_error"),
            Ok(_) => None,
            Err(_) => Some("canceled"),
        };
        let metrics = self.context().executor.metrics();
        metrics.record_mcp_request("tools/call", tool, error_type, duration);
    }

    /// Calls a meta-tool or a catalog tool.
    async fn dispatch(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        caller: &Caller<'_>,
    ) -> CallToolResponse {
        let context = self.context();
        let host_arguments = context.executor.client().host_arguments();
        if let Some(meta_tool) = self.meta_tools().get(name, context.product.catalog.api().name) {
            let size = arguments.values().map(json_size).sum();
            let valid = run_cpu_bound(size, || meta_tool.validate(arguments, host_arguments)).await;
            return match valid {
                Ok((arguments, reinterpretations)) => {
                    let response = meta_tool.tool.call(&arguments, context, caller).await;
                    result::with_reinterpretations(response, &reinterpretations)
                }
                Err(error) => result::failure(error.to_json()).into(),
            };
        }
        let arguments = Value::Object(arguments);
        match context.resolve_call(name, &arguments, caller) {
            Ok(tool) => context.execute(tool, &arguments, caller).await,
            Err(failure) => (*failure).into(),
        }
    }
}

impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        let mut capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_resources()
            .enable_prompts()
            .enable_completions()
            .build();
        if let Some(resources) = capabilities.resources.as_mut() {
            resources.subscribe = self.events().map(|_| true);
        }
        let product = self.context().product;
        let implementation =
            Implementation::new(product.server_name, product.version).with_title(product.title);
        ServerConfig::new(capabilities)
            .with_server_info(implementation)
            .with_instructions(self.instructions())
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        self.set_discovered();
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info()))
    }

    // Handles a request that isn't part of the protocol: its method is unknown or its parameters are invalid.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let method = request.method;
        Err(if METHODS.contains(&&*method) {
            McpError::InvalidParameters(method).into()
        } else {
            McpError::UnknownMethod(method).into()
        })
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        // Some clients send an empty cursor for the first page.
        let cursor = request.and_then(|request| request.cursor).filter(|cursor| !cursor.is_empty());
        let (meta_tools, tools) = (self.meta_tools().definitions(), self.listed_tools());
        let started = Instant::now();
        let page = pagination::list_page(self.context(), meta_tools, &tools, cursor.as_deref()).await;
        let error_type = page.is_err().then_some("invalid_cursor");
        let metrics = self.context().executor.metrics();
        metrics.record_mcp_request("tools/list", "", error_type, started.elapsed());
        let page = page?;
        if cursor.is_none() {
            self.shown().show(pagination::shown_version(self.context(), &tools));
        }
        Ok(page)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(_in_flight) = self.in_flight().acquire() else {
            let message = "the server is shutting down; nothing was done";
            let error = json!({"error": {"kind": "stopping", "message": message}});
            return Ok(result::failure(error).into());
        };
        let product = self.context().product;
        let (responses, state) = (request.input_responses.as_ref(), request.request_state.as_deref());
        let caller =
            Caller::from_request(&context, product.server_name, &self.context().executor, responses, state)
                .await;
        let arguments = request.arguments.unwrap_or_default();
        let call = trace_context(&context).scope(self.dispatch(&request.name, arguments, &caller));
        let started = Instant::now();
        // Dropping the call closes its connection; a request that has been sent can't be recalled.
        let response = tokio::select! {
            response = call => {
                // The result of a successful call comes from the API.
                Ok(result::map_failure(response, |mut error| {
                    rename_in_value(&mut error, product.catalog, self.context().listing.names);
                    limit_json(error, self.context().max_error_bytes())
                }))
            }
            () = context.ct.cancelled() => Err(McpError::Canceled.into()),
        };
        self.record_tool_call(&request.name, &response, started.elapsed());
        response
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        notifications::notify_list_changes(self.clone(), context.peer);
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::list(self.context().product)))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        Ok(prompts::get(self.context().product, &request.name, &arguments)?.into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut resources = resources::list(self.context());
        resources.extend(self.events().map(|events| events.resource()));
        Ok(ListResourcesResult::with_all_items(resources))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let templates = resources::templates(self.context().product);
        Ok(ListResourceTemplatesResult::with_all_items(templates))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let result = match self.events().filter(|events| events.uri() == request.uri) {
            Some(events) => events.read().await?,
            None => resources::read(self.context(), principal(&context), &request.uri).await?,
        };
        Ok(result.into())
    }

    // Clients up to 2025-11-25 don't support any other way.
    #[allow(deprecated)]
    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        match self.events().filter(|events| events.uri() == request.uri) {
            Some(events) => {
                events.subscribe(context.peer);
                Ok(())
            }
            None => Err(McpError::UnknownResource(request.uri).into()),
        }
    }

    #[allow(deprecated)]
    async fn unsubscribe(
        &self,
        _: UnsubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if let Some(events) = self.events() {
            events.unsubscribe(&context.peer);
        }
        Ok(())
    }

    fn accepted_subscription_filter(&self, _: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(notifications::subscription_filter(self.events()))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        notifications::listen(self, &context).await;
        Ok(())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let completion = completion::complete(self.context(), principal(&context), request).await;
        Ok(CompleteResult::new(completion))
    }
}
