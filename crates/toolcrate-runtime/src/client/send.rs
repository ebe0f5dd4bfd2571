//! Sending a call: attempts until one counts, then success and error told apart. Everything here is the same
//! for typed requests and for tools.

use url::Url;

use crate::call::Call;
use crate::error::{Delivery, is_web_page};
use crate::{Client, Error, Next, RateLimit, RawResponse, paging, response};

use super::prepare::Ready;
use super::transport::{Answered, redirect_target};

/// The `Accept` of a request whose response may be of any type.
const ANY: &str = "*/*";

/// An answer of status 2xx and what stands around it.
pub(crate) struct Received {
    pub(crate) raw: RawResponse,
    pub(crate) rate_limit: RateLimit,
    pub(crate) request_id: Option<String>,
    pub(crate) next: Option<Next>,
}

impl Client {
    /// Sends a call, as often as the retry policy allows.
    pub(crate) async fn dispatch(&self, call: &Call, accept: &'static str) -> Result<Received, Error> {
        let ready = self
            .ready(call, accept)
            .map_err(|error| error.with_delivery(Delivery::NotSent).with_request(call.label()))?;
        self.dispatch_ready(call, accept, &ready).await
    }

    /// Sends the request that a call was made into, as often as the retry policy allows.
    pub(crate) async fn dispatch_ready(
        &self,
        call: &Call,
        accept: &'static str,
        ready: &Ready,
    ) -> Result<Received, Error> {
        let mut attempt = 1;
        // Whether an earlier attempt of a write may have taken effect: what the last one says is no answer to that.
        let mut is_open = false;
        loop {
            let answered = self.attempt(ready, call.writes).await;
            let error = match answered.and_then(|answered| self.judge(call, &ready.url, accept, answered)) {
                Ok(received) => return Ok(received),
                Err(error) => error,
            };
            match self.inner.retry.wait(attempt, call.idempotent, &error) {
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

    fn judge(
        &self,
        call: &Call,
        url: &Url,
        accept: &'static str,
        answered: Answered,
    ) -> Result<Received, Error> {
        let Answered { status, headers, body } = answered;
        let rate_limit = RateLimit::from_headers(status, &headers);
        let request_id = response::request_id(&headers);
        let error =
            if (200..300).contains(&status) {
                // A page of a login or a proxy is no success of a write, even where no content is expected.
                let is_page = call.writes && accept != ANY && is_web_page(&headers, &body);
                is_page.then(|| RawResponse::new(status, headers.clone(), body.clone(), true).web_page())
            } else {
                let target = redirect_target(url, status, &headers).filter(|_| call.writes);
                let error = target.map(|target| Error::redirected_write(status, &target));
                Some(error.unwrap_or_else(|| {
                    Error::upstream(&self.api().errors, status, &headers, &body, call.writes)
                }))
            };
        if let Some(error) = error {
            return Err(error
                .with_raw_response(self.shown(&body))
                .with_rate_limit(rate_limit)
                .with_request_id(request_id));
        }
        let next = paging::next(&self.api().paging, call, &headers, &body);
        let body = paging::rows(&self.api().paging, call, &body).unwrap_or(body);
        let raw = RawResponse::new(status, headers, body, call.writes);
        Ok(Received { raw, rate_limit, request_id, next })
    }
}
