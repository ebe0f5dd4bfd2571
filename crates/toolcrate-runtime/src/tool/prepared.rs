//! Calls that are prepared once and sent once, so what is approved in between is exactly what is sent.

use serde_json::{Map, Value};

use super::catalog::Tool;
use super::coercion::Reinterpretation;
use super::execute::{Arguments, Checked};
use super::outcome::{ExecuteOptions, Outcome};
use crate::client::{Client, OutgoingRequest};
use crate::error::{Delivery, Error};

/// A tool call that was decoded, validated and made into a request. Sending it consumes it.
///
/// ```no_run
/// # use toolcrate_runtime::{Client, Error, ExecuteOptions, Tool, Value};
/// # async fn example(client: Client, tool: Tool, arguments: Value) -> Result<(), Error> {
/// let call = client.prepare_call(tool, &arguments, &ExecuteOptions::default())?;
/// println!("{} {:?}", call.tool().name(), call.arguments());
/// let outcome = call.send().await?;
/// # Ok(())
/// # }
/// ```
pub struct PreparedCall {
    client: Client,
    checked: Checked,
    request: OutgoingRequest,
}

impl Client {
    /// Prepares a call of a tool: decodes and validates the arguments and makes the request. Nothing is sent.
    ///
    /// # Errors
    /// Returns `InvalidArguments` with all problems at once, or `Configuration` if the credentials can't be used.
    pub fn prepare_call(
        &self,
        tool: Tool,
        arguments: &dyn Arguments,
        options: &ExecuteOptions,
    ) -> Result<PreparedCall, Error> {
        let checked = self.check(tool, arguments.to_map(), options)?;
        let request = self
            .build_authorized_request(&checked.call, checked.accept)
            .map_err(|error| error.with_delivery(Delivery::NotSent).with_request(checked.call.label()))?;
        Ok(PreparedCall { client: self.clone(), checked, request })
    }
}

impl PreparedCall {
    /// The tool.
    pub fn tool(&self) -> Tool {
        self.checked.tool
    }

    /// The arguments that the request was made of: decoded, without nulls that mean nothing, and with short forms
    /// expanded.
    pub fn arguments(&self) -> &Map<String, Value> {
        &self.checked.arguments
    }

    /// Returns the arguments that were converted.
    pub fn reinterpretations(&self) -> &[Reinterpretation] {
        &self.checked.reinterpretations
    }

    /// Sends the request and reads the response.
    ///
    /// # Errors
    /// Returns an error if the server can't be reached, returns an error, or its response can't be read. Its
    /// [delivery](Error::delivery) tells how far the request got.
    pub async fn send(self) -> Result<Outcome, Error> {
        self.client.run(self.checked, self.request).await
    }
}
