//! What an account adds to the tools: its own fields, with their types and choices. They cost a request, so they are
//! asked for when something that shows them is, are kept for a while, and are absent where they can't be had.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{Account, Client, Tool, Value};
use tokio::sync::Mutex;

use crate::config_watch::ConfigWatch;
use crate::digest;

/// How long a list of tools waits for them.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long they hold.
const HOLD: Duration = Duration::from_secs(900);
/// How long after a failure they are asked for again, and how often at most because someone knows others.
const PAUSE: Duration = Duration::from_secs(60);

/// The fields of one account, as far as they are known.
#[derive(Clone, Default)]
pub struct Fields(Option<Arc<Inner>>);

struct Inner {
    reload: ConfigWatch,
    known: RwLock<Option<Account>>,
    /// When they were asked for, and how long what came of it holds.
    asked: Mutex<Option<(Instant, Duration)>>,
}

impl Fields {
    /// None yet; `reload` is told when they are there or change.
    pub fn new(reload: &ConfigWatch) -> Self {
        let reload = reload.clone();
        Self(Some(Arc::new(Inner { reload, known: RwLock::default(), asked: Mutex::default() })))
    }

    /// The account, if its fields were asked for before.
    pub fn known(&self) -> Option<Account> {
        self.0.as_ref()?.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The account, asked now if need be, in `client`'s words. `None` if it can't be had, which is no error.
    pub async fn get(&self, client: &Client) -> Option<Account> {
        self.no_older_than(HOLD, client).await
    }

    /// The same for someone who knows of fields that are not those [known](Self::known) here, which may be old.
    pub async fn anew(&self, client: &Client) -> Option<Account> {
        self.no_older_than(PAUSE, client).await
    }

    async fn no_older_than(&self, age: Duration, client: &Client) -> Option<Account> {
        let inner = self.0.as_ref()?;
        let mut asked_before = inner.asked.lock().await;
        if asked_before.is_some_and(|(at, hold)| at.elapsed() < hold.min(age)) {
            return self.known();
        }
        let before = self.known();
        let had = before.as_ref().map(Account::all_fields).unwrap_or_default();
        let asked = async {
            match &before {
                Some(account) => account.refresh().await.map(|()| account.clone()),
                None => client.enrich(&CATALOG).await,
            }
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(account)) => {
                *asked_before = Some((Instant::now(), HOLD));
                let changed = account.all_fields() != had;
                *inner.known.write().unwrap_or_else(PoisonError::into_inner) = Some(account);
                if changed {
                    inner.reload.tell();
                }
            }
            result => {
                *asked_before = Some((Instant::now(), PAUSE));
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

/// NameStyle the account's own fields as they are now, alike in all copies of the server; `None` if it has none.
pub fn version(account: &Account) -> Option<String> {
    let fields = account.all_fields();
    // Their debug text holds all that schemas depend on.
    (!fields.is_empty()).then(|| digest::short(&format!("{fields:?}")))
}

/// The schema of a tool's arguments, with the account's own fields if they are known.
pub fn input_schema(account: Option<&Account>, tool: Tool) -> Value {
    account.map_or_else(|| tool.input_schema_value(), |account| account.input_schema(tool))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;
    use connectwise_psa::API;
    use serde_json::json;
    use wiremock::matchers::path;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    async fn define(upstream: &MockServer, caption: &str) {
        let field = json!({"id": 9, "podId": 1, "caption": caption, "fieldTypeIdentifier": "Number", "podDescription": "Ticket"});
        upstream.reset().await;
        Mock::given(path("/system/userDefinedFields"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!([field])))
            .mount(upstream)
            .await;
    }

    #[tokio::test]
    async fn they_are_asked_for_once_and_again_when_old_and_their_version_is_that_of_what_they_are() {
        let upstream = MockServer::start().await;
        let credentials = connectwise_psa::Credentials {
            company_id: "acme".into(),
            public_key: "public".into(),
            private_key: "private".into(),
            client_id: "id".into(),
        };
        let client =
            || Client::builder(&API).base_url(upstream.uri()).credentials(credentials.clone()).build();
        let settings = tempfile::NamedTempFile::new().unwrap();
        let reload = ConfigWatch::start(&cli::Selection::default(), false, Some(settings.path())).unwrap();
        let (fields, client, other) = (Fields::new(&reload), client().unwrap(), client().unwrap());
        assert!(fields.known().is_none());
        define(&upstream, "Rack").await;
        let first = version(&fields.get(&client).await.unwrap()).unwrap();
        let copy = version(&Fields::new(&reload).get(&other).await.unwrap()).unwrap();
        assert_eq!(first, copy, "copies agree");
        define(&upstream, "Row").await;
        let is_first = |account: &Account| version(account).unwrap() == first;
        assert!(
            is_first(&fields.get(&client).await.unwrap()) && is_first(&fields.anew(&client).await.unwrap())
        );
        assert_eq!(upstream.received_requests().await.unwrap().len(), 0, "they are not old yet");
        assert!(!is_first(&fields.no_older_than(Duration::ZERO, &client).await.unwrap()));
        assert_eq!(*reload.changes().borrow(), 3, "each time it is told");
    }
}
