//! Sending a call: attempts until one counts, then success and error told apart. Everything here is the same
//! for typed requests and for tools.

use crate::call::Call;
use crate::{Client, Error, Next, RateLimit, RawResponse, paging, response};

use super::transport::Answered;

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
        let ready = self.ready(call, accept).map_err(|error| error.with_request(call.label()))?;
        let mut attempt = 1;
        loop {
            let answered = self.attempt(&ready, call.writes).await;
            let error = match answered.and_then(|answered| self.judge(call, answered)) {
                Ok(received) => return Ok(received),
                Err(error) => error,
            };
            match self.inner.retry.wait(attempt, call.idempotent, &error) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error.with_request(call.label())),
            }
            attempt += 1;
        }
    }

    fn judge(&self, call: &Call, answered: Answered) -> Result<Received, Error> {
        let Answered { status, headers, body } = answered;
        let rate_limit = RateLimit::from_headers(status, &headers);
        let request_id = response::request_id(&headers);
        if !(200..300).contains(&status) {
            return Err(Error::upstream(&self.api().errors, status, &headers, &body, call.writes)
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
