//! What an account adds to the tools: its own fields, with their types and choices. They cost a request, so they are
//! asked for when something that shows them is, are kept for a while, and are absent where they can't be had.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use connectwise_psa::CATALOGUE;
use connectwise_psa::runtime::{Account, Client, Tool, Value};
use tokio::sync::Mutex;

use crate::reload::Reload;

/// How long a list of tools waits for them.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long they hold.
const HOLD: Duration = Duration::from_secs(900);
/// How long after a failure they are asked for again.
const PAUSE: Duration = Duration::from_secs(60);

/// The fields of one account, as far as they are known.
#[derive(Clone, Default)]
pub struct Fields(Option<Arc<Inner>>);

struct Inner {
    reload: Reload,
    known: RwLock<Option<Account>>,
    /// When it is time to ask again.
    next: Mutex<Option<Instant>>,
}

impl Fields {
    /// None yet; `reload` is told when they are there or change.
    pub fn new(reload: &Reload) -> Self {
        let reload = reload.clone();
        Self(Some(Arc::new(Inner { reload, known: RwLock::default(), next: Mutex::default() })))
    }

    /// The account, if its fields were asked for before.
    pub fn known(&self) -> Option<Account> {
        self.0.as_ref()?.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The account, asked now if need be, in `client`'s words. `None` if it can't be had, which is no error.
    pub async fn get(&self, client: &Client) -> Option<Account> {
        let inner = self.0.as_ref()?;
        let mut next = inner.next.lock().await;
        if next.is_some_and(|next| next > Instant::now()) {
            return self.known();
        }
        let before = self.known();
        let had = before.as_ref().map(Account::all_fields).unwrap_or_default();
        let asked = async {
            match &before {
                Some(account) => account.refresh().await.map(|()| account.clone()),
                None => client.enrich(&CATALOGUE).await,
            }
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(account)) => {
                *next = Some(Instant::now() + HOLD);
                let changed = account.all_fields() != had;
                *inner.known.write().unwrap_or_else(PoisonError::into_inner) = Some(account);
                if changed {
                    inner.reload.tell();
                }
            }
            result => {
                *next = Some(Instant::now() + PAUSE);
                let error = result.map_or_else(
                    |_| "no answer in time".to_owned(),
                    |result| match result {
                        Err(error) => error.to_string(),
                        Ok(_) => String::new(),
                    },
                );
                tracing::warn!(error, "the account's own fields could not be read");
            }
        }
        self.known()
    }
}

/// The schema of a tool's arguments, with the account's own fields if they are known.
pub fn input_schema(account: Option<&Account>, tool: Tool) -> Value {
    account.map_or_else(|| tool.input_schema_value(), |account| account.input_schema(tool))
}
