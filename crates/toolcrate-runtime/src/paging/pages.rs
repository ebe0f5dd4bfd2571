//! Streams of a list's pages and items.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::{self, Stream};

use super::next::Next;
use super::walk::Walk;
use super::window::PageWindow;
use crate::api::{Api, Paging};
use crate::call::Call;
use crate::client::{ApiResponse, Client, complete};
use crate::error::{Delivery, Error};
use crate::model::{ModelValue, SkippedItem};
use crate::rate_limit::RateLimit;
use crate::request::Request;
use crate::response::FromResponse;

/// One page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// How to request the next page; `None` on the last one. It can be used to continue the list later.
    pub next: Option<Next>,
    /// The rate limit's state.
    pub rate_limit: RateLimit,
    /// The server's request ID, which its support may ask for.
    pub request_id: Option<String>,
    /// The list items that `items` lacks because they have another type than the API description specifies.
    pub skipped: Vec<SkippedItem>,
}

type PageStream<T> = Pin<Box<dyn Stream<Item = Result<Page<T>, Error>> + Send>>;

/// A stream of a list's pages, created by [`Client::pages`].
///
/// The next page is requested when the stream is polled for it. If the request sets no page size and the API's pages
/// are numbered, the largest size is used. The stream ends after an error.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages<T> {
    client: Client,
    call: Call,
    concurrency: usize,
    stream: Option<PageStream<T>>,
}

/// A stream of a list's items across all pages, created by [`Client::items`]. See [`Pages`].
#[must_use = "a stream does nothing unless it is polled"]
pub struct Items<T> {
    pages: Pages<T>,
    items: std::vec::IntoIter<T>,
    next: Option<Next>,
    skipped: Vec<SkippedItem>,
}

impl Client {
    /// Returns the pages of a list, one after the other.
    ///
    /// # Errors
    /// Yields the errors of [`send`](Self::send), and `Decode` if a next page has already been read.
    pub fn pages<T: ModelValue + Send + 'static>(&self, request: &Request<Vec<T>>) -> Pages<T> {
        Pages { client: self.clone(), call: request.call.clone(), concurrency: 1, stream: None }
    }

    /// Returns a list's items across all pages. See [`pages`](Self::pages).
    ///
    /// # Errors
    /// Yields the errors of [`pages`](Self::pages).
    pub fn items<T: ModelValue + Send + 'static>(&self, request: &Request<Vec<T>>) -> Items<T> {
        Items { pages: self.pages(request), items: Vec::new().into_iter(), next: None, skipped: Vec::new() }
    }
}

impl<T: ModelValue + Send + 'static> Request<Vec<T>> {
    /// Returns the list's pages, like [`Client::pages`].
    pub fn pages(&self, client: &Client) -> Pages<T> {
        client.pages(self)
    }

    /// Returns the list's items across all pages, like [`Client::items`].
    pub fn items(&self, client: &Client) -> Items<T> {
        client.items(self)
    }
}

impl<T> Pages<T> {
    /// Requests up to `pages` pages at once, if the API's pages are numbered; they are still yielded in order. If the
    /// server doesn't report the number of pages, requests may go past the end of the list.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages.max(1);
        self
    }

    /// Starts at a position that an earlier page returned in [`next`](Page::next).
    pub fn resume(mut self, next: &Next) -> Self {
        self.call.continue_at(next.pairs());
        self
    }
}

impl<T> Items<T> {
    /// Requests up to `pages` pages at once. See [`Pages::concurrency`].
    pub fn concurrency(self, pages: usize) -> Self {
        Self { pages: self.pages.concurrency(pages), ..self }
    }

    /// Starts at a position that [`next_page`](Self::next_page) returned earlier.
    pub fn resume(self, next: &Next) -> Self {
        Self { pages: self.pages.resume(next), ..self }
    }

    /// Returns the position after the page of the last item, from which the list can be continued later. It is `None`
    /// before the first item and on the last page.
    pub fn next_page(&self) -> Option<&Next> {
        self.next.as_ref()
    }

    /// Returns the items that the stream has left out so far because they have another type than the API description
    /// specifies. Each position is relative to the item's page.
    pub fn skipped(&self) -> &[SkippedItem] {
        &self.skipped
    }
}

impl<T: ModelValue + Send + 'static> Pages<T> {
    fn start(&self) -> PageStream<T> {
        let (client, accept) = (self.client.clone(), <Vec<T> as FromResponse>::accept(self.client.api()));
        let label = self.call.label();
        let mut call = match complete(&self.call, client.api(), <Vec<T> as FromResponse>::visit_empty) {
            Ok(call) => call.into_owned(),
            Err(error) => {
                let error = error.with_delivery(Delivery::NotSent).with_request(label);
                return Box::pin(stream::iter([Err(error)]));
            }
        };
        call.is_list = true;
        request_largest_pages(client.api(), &mut call);
        let source = match (client.api().paging, self.concurrency) {
            (Paging::Page { page, .. }, 2..) => {
                PageSource::Window(PageWindow::new(client, call, accept, page, self.concurrency))
            }
            _ => PageSource::Walk(Walk::new(client, call, accept)),
        };
        Box::pin(stream::unfold((source, label), |(mut source, label)| async move {
            let page = match source.step().await? {
                Ok(response) => to_page(response).map_err(|error| error.with_request(label.clone())),
                Err(error) => Err(error),
            };
            if page.is_err() {
                source.stop();
            }
            Some((page, (source, label)))
        }))
    }
}

/// Returns all pages of the list that a call requests, in pages of the largest size.
pub(crate) fn whole_list(client: &Client, mut call: Call) -> Walk {
    call.is_list = true;
    request_largest_pages(client.api(), &mut call);
    let accept = client.api().accept;
    Walk::new(client.clone(), call, accept)
}

/// Sets the largest page size, if the API has page sizes and the call doesn't set one.
pub(crate) fn request_largest_pages(api: &Api, call: &mut Call) {
    if let Some((size, max_size)) = api.paging.max_page_size()
        && call.query.get(size).is_none()
    {
        call.query.set(size, max_size.to_string());
    }
}

/// The source of pages.
enum PageSource {
    Walk(Walk),
    Window(PageWindow),
}

impl PageSource {
    async fn step(&mut self) -> Option<Result<ApiResponse, Error>> {
        match self {
            Self::Walk(walk) => walk.step().await,
            Self::Window(window) => window.step().await,
        }
    }

    fn stop(&mut self) {
        match self {
            Self::Walk(walk) => walk.stop(),
            Self::Window(window) => window.stop(),
        }
    }
}

fn to_page<T: ModelValue>(response: ApiResponse) -> Result<Page<T>, Error> {
    let ApiResponse { mut raw, next, rate_limit, request_id } = response;
    let items = FromResponse::from_response(&mut raw)?;
    Ok(Page { items, next, rate_limit, request_id, skipped: raw.into_skipped() })
}

impl<T: ModelValue + Send + 'static> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.stream.is_none() {
            self.stream = Some(self.start());
        }
        self.stream.as_mut().map_or(Poll::Ready(None), |stream| stream.as_mut().poll_next(context))
    }
}

// Items are never pinned.
impl<T> Unpin for Items<T> {}

impl<T: ModelValue + Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(page)) => {
                    self.items = page.items.into_iter();
                    self.next = page.next;
                    self.skipped.extend(page.skipped);
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}
