//! Sends plain calls: `POST /tools/{name}/call`.

use reqwest::{Client, Response, StatusCode};
use serde_json::Value;

use super::{Answer, Refused};
use crate::jobs::tenant::Account;

/// The server and account to call.
pub struct Plain {
    account: Account,
    client: Client,
}

impl Plain {
    pub fn of(account: &Account) -> Self {
        Self { account: account.clone(), client: Client::new() }
    }

    pub async fn call(&self, name: &str, arguments: &Value, key: &str) -> Result<Answer, Refused> {
        let url = format!("{}/tools/{name}/call?account={}", self.account.server, self.account.name);
        let request = self.client.post(url).bearer_auth(&self.account.token).header("idempotency-key", key);
        let response = request.json(arguments).send().await.unwrap();
        if let Some(refused) = limited(&response) {
            return Err(refused);
        }
        let mut value = answered(response).await?;
        Ok(Answer { next: value.get("next").cloned(), result: value["result"].take() })
    }
}

/// Returns the error for a 429, with the seconds in its header.
pub fn limited(response: &Response) -> Option<Refused> {
    if response.status() != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let reset = response.headers().get("ratelimit-reset").expect("a 429 says when the budget is there again");
    Some(Refused::Limited(reset.to_str().unwrap().parse().expect("whole seconds")))
}

/// Returns the body of a successful response.
pub async fn answered(response: Response) -> Result<Value, Refused> {
    let status = response.status();
    let text = response.text().await.unwrap();
    if !status.is_success() {
        return Err(Refused::Other(format!("{status} {text}")));
    }
    Ok(serde_json::from_str(&text).unwrap())
}
