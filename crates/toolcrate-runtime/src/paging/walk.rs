//! Fetches the pages of a list one after another. This always terminates: a page without items is the last one, and a
//! page that has already been read is an error.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::call::Call;
use crate::client::{ApiResponse, Client};
use crate::error::{Error, ErrorKind};
use crate::response::RawResponse;

/// The reason why a list whose server repeats the same page doesn't end.
pub(super) const SAME_PAGE: &str =
    "two consecutive pages are identical, so the server seems to ignore the page number";

/// A list being followed.
pub(crate) struct Walk {
    client: Client,
    /// The call for the next page; `None` at the end.
    call: Option<Call>,
    label: String,
    accept: &'static str,
    /// The queries that have been sent.
    seen: HashSet<String>,
    /// The hash of the last page, unless the server announced the next one itself.
    last: Option<u64>,
    /// The reason why the next page can't be read; returned after this page.
    broken: Option<Error>,
}

impl Walk {
    pub(crate) fn new(client: Client, call: Call, accept: &'static str) -> Self {
        let label = call.label();
        Self { client, call: Some(call), label, accept, seen: HashSet::new(), last: None, broken: None }
    }

    /// Sends the request for the next page; `None` at the end, and after an error.
    pub(crate) async fn step(&mut self) -> Option<Result<ApiResponse, Error>> {
        if let Some(error) = self.broken.take() {
            return Some(Err(error));
        }
        let mut call = self.call.take()?;
        self.seen.insert(call.query.encoded());
        let response = match self.client.send_with_retry(&call, self.accept).await {
            Ok(response) => response,
            Err(error) => return Some(Err(error)),
        };
        if let Some(next) = &response.next {
            if self.repeats(&response.raw) {
                return Some(Err(self.endless(SAME_PAGE)));
            }
            next.apply(&mut call.query);
            if self.seen.contains(&call.query.encoded()) {
                self.broken = Some(self.endless("the next page was already read"));
            } else {
                self.call = Some(call);
            }
        }
        Some(Ok(response))
    }

    /// Ends the walk.
    pub(crate) fn stop(&mut self) {
        self.call = None;
        self.broken = None;
    }

    /// Returns true if and only if this page repeats the last one. This is only checked without a `Link` header: in
    /// that case pages are counted here, and a server that doesn't paginate would return the first one forever.
    fn repeats(&mut self, raw: &RawResponse) -> bool {
        if raw.headers().contains_key(http::header::LINK) {
            return false;
        }
        let hash = page_hash(raw);
        self.last.replace(hash) == Some(hash)
    }

    fn endless(&self, why: &str) -> Error {
        endless(why).with_request(self.label.clone())
    }
}

/// Returns the error for a list whose pages repeat.
pub(super) fn endless(why: &str) -> Error {
    Error::new(ErrorKind::Decode, format!("pagination does not end: {why}"))
}

/// Returns a hash of a page's body.
pub(super) fn page_hash(raw: &RawResponse) -> u64 {
    let mut hasher = DefaultHasher::new();
    raw.body().hash(&mut hasher);
    hasher.finish()
}
