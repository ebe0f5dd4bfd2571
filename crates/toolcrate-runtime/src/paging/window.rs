//! Fetches several pages of a list at once if pages are numbered. The first page is fetched separately, because it
//! shows how the list continues and, if the server reports it, which page is the last.

use std::future::Future;
use std::pin::Pin;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;

use super::link;
use super::walk::{SAME_PAGE, Walk, endless, page_hash};
use crate::call::Call;
use crate::client::{ApiResponse, Client};
use crate::error::Error;

type PageFuture = Pin<Box<dyn Future<Output = Result<ApiResponse, Error>> + Send>>;

/// A list that requests several pages at once.
pub(super) struct PageWindow {
    client: Client,
    call: Call,
    accept: &'static str,
    /// The query parameter with the page number.
    parameter: &'static str,
    width: usize,
    state: WindowState,
}

enum WindowState {
    /// Nothing has been read yet.
    Start,
    /// Pages are being read.
    Running {
        running: FuturesOrdered<PageFuture>,
        next: u64,
        last: Option<u64>,
        hash: Option<u64>,
    },
    /// The list continues by some other means than a page number.
    Sequential(Box<Walk>),
    End,
}

impl PageWindow {
    /// Creates the window for a list whose pages are numbered in the query parameter `parameter`.
    pub(super) fn new(
        client: Client,
        call: Call,
        accept: &'static str,
        parameter: &'static str,
        width: usize,
    ) -> Self {
        Self { client, call, accept, parameter, width, state: WindowState::Start }
    }

    /// Returns the next page; `None` at the end, and after an error.
    pub(super) async fn step(&mut self) -> Option<Result<ApiResponse, Error>> {
        let response = match &mut self.state {
            WindowState::Start => self.first().await,
            WindowState::Sequential(walk) => return walk.step().await,
            WindowState::Running { .. } => self.following().await?,
            WindowState::End => return None,
        };
        if response.is_err() {
            self.stop();
        }
        Some(response)
    }

    /// Ends the list.
    pub(super) fn stop(&mut self) {
        self.state = WindowState::End;
    }

    async fn first(&mut self) -> Result<ApiResponse, Error> {
        let response = self.client.send_with_retry(&self.call, self.accept).await?;
        let Some(next) = &response.next else {
            self.state = WindowState::End;
            return Ok(response);
        };
        let number = self.call.query.get(self.parameter).and_then(|text| text.parse().ok()).unwrap_or(1_u64);
        let next_number = next.pairs().get(self.parameter).and_then(|text| text.parse::<u64>().ok());
        if next_number != Some(number + 1) {
            let mut call = self.call.clone();
            call.continue_at(next.pairs());
            self.state = WindowState::Sequential(Box::new(Walk::new(self.client.clone(), call, self.accept)));
            return Ok(response);
        }
        let headers = response.raw.headers();
        let last = link::last_query(headers)
            .and_then(|query| query.get(self.parameter).and_then(|text| text.parse().ok()));
        let hash = (!headers.contains_key(http::header::LINK)).then(|| page_hash(&response.raw));
        self.call.continue_at(next.pairs());
        self.state = WindowState::Running { running: FuturesOrdered::new(), next: number + 1, last, hash };
        Ok(response)
    }

    /// Returns the next page in order, after the first one.
    async fn following(&mut self) -> Option<Result<ApiResponse, Error>> {
        let WindowState::Running { running, next, last, hash } = &mut self.state else { return None };
        while running.len() < self.width && (running.is_empty() || last.is_none_or(|last| *next <= last)) {
            let mut call = self.call.clone();
            call.query.set(self.parameter, next.to_string());
            let (client, accept) = (self.client.clone(), self.accept);
            running.push_back(Box::pin(async move { client.send_with_retry(&call, accept).await }));
            *next += 1;
        }
        let response = match running.next().await? {
            Ok(response) => response,
            Err(error) => return Some(Err(error)),
        };
        if let Some(before) = hash {
            let this = page_hash(&response.raw);
            if this == *before && response.next.is_some() {
                return Some(Err(endless(SAME_PAGE).with_request(self.call.label())));
            }
            *before = this;
        }
        if response.next.is_none() {
            // Requests for pages past the end are dropped.
            self.state = WindowState::End;
        }
        Some(Ok(response))
    }
}
