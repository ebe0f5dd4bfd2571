//! Streams over the pages of a list. They do end: a page without items is the last one, and a next page that was already
//! read is an error.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;

use futures_util::stream::{self, Stream, TryStreamExt};

use super::next::Next;
use crate::api::Paging;
use crate::call::Call;
use crate::client::{ApiResponse, Client};
use crate::error::{Error, ErrorKind};
use crate::model::ModelValue;
use crate::rate_limit::RateLimit;
use crate::request::Request;
use crate::response::{FromResponse, RawResponse};

/// One page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// How to request the next page; `None` on the last one. A list can be continued later with it.
    pub next: Option<Next>,
    /// The state of the rate limit.
    pub rate_limit: RateLimit,
    /// The server's ID of the request, which its support may ask for.
    pub request_id: Option<String>,
}

impl Client {
    /// Returns the pages of a list, one after the other. The next page is requested when the stream is polled for it.
    ///
    /// If the request sets no page size and the API numbers its pages, the largest size is used. The stream ends after an
    /// error.
    ///
    /// # Errors
    /// Yields the errors of [`send`](Self::send), and `Decode` if a next page was already read.
    pub fn pages<T: ModelValue + Send + 'static>(
        &self,
        request: &Request<Vec<T>>,
    ) -> impl Stream<Item = Result<Page<T>, Error>> + Send + Unpin + use<T> {
        let mut call = request.call.clone();
        if let Paging::Page { size, max_size, .. } = self.api().paging
            && call.query.get(size).is_none()
        {
            call.query.set(size, max_size.to_string());
        }
        let accept = <Vec<T> as FromResponse>::accept(self.api());
        let walk = Walk::new(self.clone(), call, accept);
        let pages = stream::unfold(walk, |mut walk| async move {
            let page = match walk.step().await? {
                Ok(response) => walk.page(response),
                Err(error) => Err(error),
            };
            if page.is_err() {
                walk.stop();
            }
            Some((page, walk))
        });
        // Boxed, so that a caller need not pin it.
        Box::pin(pages) as Pin<Box<dyn Stream<Item = _> + Send>>
    }

    /// Returns the items of a list over all its pages. See [`pages`](Self::pages).
    ///
    /// # Errors
    /// Yields the errors of [`pages`](Self::pages).
    pub fn items<T: ModelValue + Send + 'static>(
        &self,
        request: &Request<Vec<T>>,
    ) -> impl Stream<Item = Result<T, Error>> + Send + Unpin + use<T> {
        let pages = self.pages(request);
        pages.map_ok(|page| stream::iter(page.items.into_iter().map(Ok))).try_flatten()
    }
}

/// A list that is being followed.
pub(crate) struct Walk {
    client: Client,
    /// The call for the next page; `None` at the end.
    call: Option<Call>,
    label: String,
    accept: &'static str,
    /// The queries that were already sent.
    seen: HashSet<String>,
    /// The hash of the last page, if the server did not announce the next one itself.
    last: Option<u64>,
    /// Why the next page can't be read; returned after this one.
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
                return Some(Err(self.endless(
                    "two pages in a row are the same, so the server seems to ignore the page number",
                )));
            }
            next.apply(&mut call.query);
            if self.seen.contains(&call.query.encoded()) {
                self.broken = Some(self.endless("its next page is one that was already read"));
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

    /// Returns true if and only if this page repeats the last one. It is only checked without a `Link` header: the pages are
    /// counted here then, and a server that does not paginate would return the first one forever.
    fn repeats(&mut self, raw: &RawResponse) -> bool {
        if raw.headers().contains_key(http::header::LINK) {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        raw.body().hash(&mut hasher);
        let hash = hasher.finish();
        self.last.replace(hash) == Some(hash)
    }

    fn endless(&self, why: &str) -> Error {
        Error::new(ErrorKind::Decode, format!("pagination does not end: {why}"))
            .with_request(self.label.clone())
    }

    fn page<T: ModelValue>(&self, response: ApiResponse) -> Result<Page<T>, Error> {
        let items = FromResponse::from_response(response.raw);
        Ok(Page {
            items: items.map_err(|error: Error| error.with_request(self.label.clone()))?,
            next: response.next,
            rate_limit: response.rate_limit,
            request_id: response.request_id,
        })
    }
}
