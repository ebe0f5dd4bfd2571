//! Sends typed requests and tool calls, with retries, and separates successful responses from errors.

use crate::call::Call;
use crate::error::{Delivery, Error, is_web_page};
use crate::model::ValueMut;
use crate::paging::{Next, list_items, next_page};
use crate::rate_limit::RateLimit;
use crate::request::Request;
use crate::response::{FromResponse, RawResponse, Response, request_id};

use super::access_tokens::AccessToken;
use super::attempt::{RawHttpResponse, redirect_target};
use super::build_request::OutgoingRequest;
use super::handle::Client;
use super::select;

/// The `Accept` of a request whose response may be of any type.
const ANY: &str = "*/*";

impl<T: FromResponse> Request<T> {
    /// Sends the request with a client and decodes its response, as [`Client::send`] does.
    ///
    /// # Errors
    /// Returns an error of any [kind](crate::ErrorKind) except `UnknownTool`.
    pub async fn send(&self, client: &Client) -> Result<T, Error> {
        client.send(self).await
    }

    /// Sends the request with a client and decodes its response, with status, headers, rate limit and pagination,
    /// as [`Client::send_full`] does.
    ///
    /// # Errors
    /// Returns an error of any [kind](crate::ErrorKind) except `UnknownTool`.
    pub async fn send_full(&self, client: &Client) -> Result<Response<T>, Error> {
        client.send_full(self).await
    }
}

/// A 2xx response and its metadata.
pub(crate) struct ApiResponse {
    pub(crate) raw: RawResponse,
    pub(crate) rate_limit: RateLimit,
    pub(crate) request_id: Option<String>,
    pub(crate) next: Option<Next>,
}

impl Client {
    /// Sends a request and decodes its response. Items of a list that have another type than the API description
    /// specifies are left out; [`send_full`](Self::send_full) returns them separately.
    ///
    /// # Errors
    /// Returns an error of any [kind](crate::ErrorKind) except `UnknownTool`.
    pub async fn send<T: FromResponse>(&self, request: &Request<T>) -> Result<T, Error> {
        Ok(self.send_full(request).await?.value)
    }

    /// Sends a request and decodes its response, with status, headers, rate limit and pagination.
    ///
    /// # Errors
    /// Returns an error of any [kind](crate::ErrorKind) except `UnknownTool`.
    pub async fn send_full<T: FromResponse>(&self, request: &Request<T>) -> Result<Response<T>, Error> {
        let not_sent =
            |error: Error| error.with_delivery(Delivery::NotSent).with_request(request.call.label());
        let mut call = select::complete(&request.call, self.api(), T::visit_empty).map_err(not_sent)?;
        if call.custom_fields.is_some() {
            self.find_custom_fields(call.to_mut()).await.map_err(not_sent)?;
        }
        if self.api().paging.is_by_shape() {
            let list = &mut call.to_mut().is_list;
            T::visit_empty(&mut |value| *list |= matches!(value, ValueMut::List(_)));
        }
        let mut response = self.send_with_retry(&call, T::accept(self.api())).await?;
        let (status, headers) = (response.raw.status(), response.raw.headers().clone());
        let value =
            T::from_response(&mut response.raw).map_err(|error| error.with_request(request.call.label()))?;
        Ok(Response {
            value,
            status,
            headers,
            rate_limit: response.rate_limit,
            request_id: response.request_id,
            next: response.next,
            skipped: response.raw.into_skipped(),
        })
    }

    /// Builds a call's request and sends it, as often as the retry policy allows.
    pub(crate) async fn send_with_retry(
        &self,
        call: &Call,
        accept: &'static str,
    ) -> Result<ApiResponse, Error> {
        let request = self
            .build_request(call, accept)
            .map_err(|error| error.with_delivery(Delivery::NotSent).with_request(call.label()))?;
        self.send_request_with_retry(call, accept, &request).await
    }

    /// Sends a call's prebuilt request, as often as the retry policy allows.
    pub(crate) async fn send_request_with_retry(
        &self,
        call: &Call,
        accept: &'static str,
        request: &OutgoingRequest,
    ) -> Result<ApiResponse, Error> {
        let mut attempt = 1;
        // True if an earlier attempt of a write may have taken effect, which the last response doesn't reveal.
        let mut is_open = false;
        let mut is_refreshed = false;
        loop {
            let mut tokens = Vec::new();
            let result = match self.tokens_for(request).await {
                Ok(found) => {
                    tokens = found;
                    self.try_once(call, accept, request, &tokens, attempt - 1).await
                }
                Err(error) => Err(error.with_delivery(Delivery::NotSent)),
            };
            let error = match result {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            // The server refused the token and did nothing, so any request can be sent again with another token.
            if error.status() == Some(401) && !tokens.is_empty() && !is_refreshed {
                tokens.iter().for_each(|token| self.state.tokens.forget(token));
                is_refreshed = true;
                continue;
            }
            match self.state.retry.wait(attempt, call.idempotent, &error) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => {
                    let error = if is_open { error.after_unknown_attempt() } else { error };
                    return Err(error.with_request(call.label()));
                }
            }
            is_open |= call.writes && !error.changed_nothing();
            attempt += 1;
        }
    }

    async fn try_once(
        &self,
        call: &Call,
        accept: &'static str,
        request: &OutgoingRequest,
        tokens: &[AccessToken],
        resends: u32,
    ) -> Result<ApiResponse, Error> {
        let response = self.attempt(request, tokens, call.writes, resends).await?;
        self.interpret(call, request, tokens, accept, response)
    }

    /// Turns a response into a success or an error.
    fn interpret(
        &self,
        call: &Call,
        request: &OutgoingRequest,
        tokens: &[AccessToken],
        accept: &'static str,
        response: RawHttpResponse,
    ) -> Result<ApiResponse, Error> {
        let RawHttpResponse { status, headers, body } = response;
        let rate_limit = RateLimit::from_headers(status, &headers);
        let request_id = request_id(&headers);
        let error =
            if (200..300).contains(&status) {
                // A login or proxy web page doesn't mean that a write succeeded, even if no content is expected.
                let is_page = call.writes && accept != ANY && is_web_page(&headers, &body);
                is_page.then(|| RawResponse::new(status, headers.clone(), body.clone(), true).web_page())
            } else {
                let target = redirect_target(&request.url, status, &headers).filter(|_| call.writes);
                let error = target.map(|target| Error::redirected_write(status, &target));
                Some(error.unwrap_or_else(|| {
                    Error::upstream(&self.api().errors, status, &headers, &body, call.writes)
                }))
            };
        if let Some(error) = error {
            return Err(error
                .with_raw_response(self.redacted_body(request, tokens, &body))
                .with_rate_limit(rate_limit)
                .with_request_id(request_id));
        }
        let next = next_page(&self.api().paging, call, &headers, &body);
        let body = list_items(&self.api().paging, call, &body).unwrap_or(body);
        let raw = RawResponse::new(status, headers, body, call.writes);
        Ok(ApiResponse { raw, rate_limit, request_id, next })
    }
}
