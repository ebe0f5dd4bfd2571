//! Calls that are prepared once and sent once, so exactly what was approved is sent.

use serde_json::{Map, Value};

use super::catalog::Tool;
use super::coercion::Reinterpretation;
use super::execute::{Arguments, Checked};
use super::outcome::{ExecuteOptions, Outcome};
use crate::client::{Client, OutgoingRequest};
use crate::error::{Delivery, Error};

/// A tool call that has been decoded, validated and turned into a request. Sending consumes it.
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
    /// Prepares a tool call: decodes and validates the arguments and builds the request. Nothing is sent.
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
    /// Returns the tool.
    pub fn tool(&self) -> Tool {
        self.checked.tool
    }

    /// Returns the arguments from which the request was built: decoded, without meaningless nulls, and with short
    /// forms expanded.
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
    /// Returns an error if the server can't be reached, returns an error, or sends a response that can't be read.
    /// Its [delivery](Error::delivery) indicates how far the request got.
    pub async fn send(self) -> Result<Outcome, Error> {
        self.client.run(self.checked, self.request).await
    }
}
