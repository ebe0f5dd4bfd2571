//! Following a list to its end. It does end: a page without items is the last, and a next page that was
//! already read is an error.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;

use futures_util::stream::{self, Stream, TryStreamExt};

use crate::call::Call;
use crate::client::Received;
use crate::{Answer, Client, Error, ErrorKind, Field, Next, Paging, RateLimit, RawResponse, Request};

/// One page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// How to ask for the page after it; `None` on the last. With it, a list can be taken up again later.
    pub next: Option<Next>,
    /// The state of the rate limit.
    pub rate_limit: RateLimit,
    /// The server's name for the request, to be quoted to its support.
    pub request_id: Option<String>,
}

impl Client {
    /// The pages of a list, one after the other. The next page is asked for when the stream is polled for it.
    ///
    /// If the request sets no page size and the API numbers its pages, the largest size is used. After an
    /// error the stream ends.
    ///
    /// # Errors
    /// What [`send`](Self::send) gives, and `Decode` if a next page was already read.
    pub fn pages<T: Field + Send + 'static>(
        &self,
        request: &Request<Vec<T>>,
    ) -> impl Stream<Item = Result<Page<T>, Error>> + Send + Unpin + use<T> {
        let mut call = request.call.clone();
        if let Paging::Page { size, max_size, .. } = self.api().paging
            && call.query.get(size).is_none()
        {
            call.query.set(size, max_size.to_string());
        }
        let accept = <Vec<T> as Answer>::accept(self.api());
        let walk = Walk::new(self.clone(), call, accept);
        let pages = stream::unfold(walk, |mut walk| async move {
            let page = match walk.step().await? {
                Ok(received) => walk.page(received),
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

    /// The items of a list, over all its pages. See [`pages`](Self::pages).
    ///
    /// # Errors
    /// What [`pages`](Self::pages) gives.
    pub fn items<T: Field + Send + 'static>(
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
    /// The last page, if the server did not say itself that it goes on.
    last: Option<u64>,
    /// What is wrong with the next page; told once this one was handed out.
    broken: Option<Error>,
}

impl Walk {
    pub(crate) fn new(client: Client, call: Call, accept: &'static str) -> Self {
        let label = call.label();
        Self { client, call: Some(call), label, accept, seen: HashSet::new(), last: None, broken: None }
    }

    /// Sends the request for the next page; `None` at the end, and after an error.
    pub(crate) async fn step(&mut self) -> Option<Result<Received, Error>> {
        if let Some(error) = self.broken.take() {
            return Some(Err(error));
        }
        let mut call = self.call.take()?;
        self.seen.insert(call.query.encoded());
        let received = match self.client.dispatch(&call, self.accept).await {
            Ok(received) => received,
            Err(error) => return Some(Err(error)),
        };
        if let Some(next) = &received.next {
            if self.repeats(&received.raw) {
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
        Some(Ok(received))
    }

    /// Ends the walk.
    pub(crate) fn stop(&mut self) {
        self.call = None;
        self.broken = None;
    }

    /// Whether this page is the last one again. Only looked at without a `Link` header: then the pages are
    /// counted here, and a server that knows no pages would give the first one for ever.
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
        Error::new(ErrorKind::Decode, format!("the list does not end: {why}"))
            .with_request(self.label.clone())
    }

    fn page<T: Field>(&self, received: Received) -> Result<Page<T>, Error> {
        let items = Answer::decode(received.raw);
        Ok(Page {
            items: items.map_err(|error: Error| error.with_request(self.label.clone()))?,
            next: received.next,
            rate_limit: received.rate_limit,
            request_id: received.request_id,
        })
    }
}
