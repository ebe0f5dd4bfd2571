//! Calls that are run only after a person said yes: to this tool with these arguments for this account, once.
//!
//! Where an account has approvers, they alone decide: a call that needs approval waits in the store, an approver's
//! decision gives a token, and the same call with that token is run. Otherwise the person behind an MCP client is
//! asked. Whatever can't be asked about is refused. All of it is in the store, so any copy of the server can go on.

mod policy;
mod question;

use std::time::{Duration, SystemTime};

use connectwise_psa::runtime::{Tool, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::digest;
use crate::store;
pub use policy::Policy;
pub use question::question;

/// How long a call waits for a decision, and how long the decision holds.
pub const LIFE: Duration = Duration::from_secs(15 * 60);

const WAITING: &str = "approvals/waiting/";
const DECLINED: &str = "approvals/declined/";
const GRANTED: &str = "approvals/granted/";
const ASKED: &str = "approvals/asked/";

/// A call that someone wants to make.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Whose account.
    pub account: &'a str,
    /// The tool.
    pub tool: Tool,
    /// Its arguments.
    pub arguments: &'a Value,
}

impl Call<'_> {
    /// NameStyle this call and no other.
    pub fn digest(&self) -> String {
        digest::of_call(self.account, self.tool, self.arguments)
    }
}

/// What a caller shows for a call that needs approval.
#[derive(Clone, Copy, Debug)]
pub enum Consent<'a> {
    /// Nothing.
    None,
    /// Nothing yet, but the client's person can be asked.
    Later,
    /// The token that an approver's decision gave.
    Token(&'a str),
    /// The client's person was asked about the call of this digest, and said yes.
    Person(&'a str),
}

/// A call that waits for a decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// NameStyle it for the approver.
    pub id: String,
    /// SHA-256 of the call.
    pub digest: String,
    /// Whose account.
    pub account: String,
    /// The tool's short name.
    pub tool: String,
    /// Its arguments.
    pub arguments: Value,
    /// The call as a person reads it.
    pub question: String,
    /// Until when it can be decided (RFC 3339).
    pub expires_at: String,
}

/// A decision that holds for one call.
#[derive(Debug, Serialize, Deserialize)]
struct Granted {
    digest: String,
    account: String,
    tool: String,
    by: String,
}

/// Says that a call may be run now.
#[derive(Debug)]
pub struct Approved {
    /// Who said yes, for the audit log.
    pub by: String,
    /// Where the decision was, and what it was.
    taken: Option<(String, Vec<u8>)>,
}

/// Why a call is not run.
#[derive(Debug)]
pub struct Refused {
    /// `approval_required`, `approval_refused`, `approval_declined`, `approval_unavailable`, or `approval_asked` if the
    /// client's person is asked now.
    pub kind: &'static str,
    /// In a sentence.
    pub message: String,
    /// What to do.
    pub next_step: Option<&'static str>,
    /// The call that waits now.
    pub waiting: Option<Box<Waiting>>,
    /// Whether the client's person may be asked.
    pub by_client: bool,
}

impl Refused {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), next_step: None, waiting: None, by_client: false }
    }

    fn then(self, next_step: &'static str) -> Self {
        Self { next_step: Some(next_step), ..self }
    }

    /// The person who was asked said no, or did not answer.
    pub fn declined(tool: Tool) -> Self {
        let message = format!("{} was not approved, so it was not run", tool.short_name());
        Self::new("approval_declined", message).then("Do not try again unless the user asks for it.")
    }

    /// The runtime's form of an error: `{error: {kind, message, approval?, next_step}}`.
    pub fn to_json(&self) -> Value {
        let mut error = json!({"kind": self.kind, "message": self.message, "next_step": self.next_step});
        if let Some(waiting) = &self.waiting {
            error["approval"] = json!({
                "id": waiting.id,
                "digest": waiting.digest,
                "expires_at": waiting.expires_at,
                "tool": waiting.tool,
                "arguments": waiting.arguments,
            });
        }
        json!({"error": error})
    }
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "approvals can't be looked up");
        Self::new("approval_unavailable", "approvals can't be looked up at the moment, so nothing was run")
    }
}

/// Knows which calls need approval, and which have it.
#[derive(Debug)]
pub struct Approvals {
    policy: Policy,
    store: store::Shared,
}

impl Approvals {
    /// Approvals for the tools of `policy`, kept in `store`.
    pub fn new(policy: Policy, store: store::Shared) -> Self {
        Self { policy, store }
    }

    /// Whether a tool needs approval.
    pub fn needs(&self, tool: Tool) -> bool {
        self.policy.has(tool)
    }

    /// Whether any tool does.
    pub fn are_needed(&self) -> bool {
        !self.policy.is_empty()
    }

    /// Uses up the approval of a call; `approvers` says whether the account has some.
    ///
    /// # Errors
    /// It has none. If approvers can be asked, the call waits for them from now on.
    pub async fn take(
        &self,
        call: Call<'_>,
        consent: Consent<'_>,
        approvers: bool,
    ) -> Result<Approved, Refused> {
        let digest = call.digest();
        let name = call.tool.short_name();
        match consent {
            Consent::Token(token) => self.redeem(call, &digest, token).await,
            Consent::Person(asked) if !approvers && asked == digest => {
                Ok(Approved { by: "the person at the MCP client".to_owned(), taken: None })
            }
            _ if approvers => Err(self.wait(call, digest).await?),
            _ => {
                let message = format!("{name} needs a person's approval, and nobody can be asked from here");
                let refused = Refused::new("approval_unavailable", message).then(
                    "Use an MCP client that can ask its user (elicitation), or have whoever runs this server name an \
                     approver: CWPSA_APPROVER_TOKEN, or approver_tokens_env in the settings file.",
                );
                let kind = if matches!(consent, Consent::Later) { "approval_asked" } else { refused.kind };
                Err(Refused { kind, by_client: true, ..refused })
            }
        }
    }

    async fn redeem(&self, call: Call<'_>, digest: &str, token: &str) -> Result<Approved, Refused> {
        let used = || {
            let message = "this approval token was used, has run out, or was never given";
            Refused::new("approval_refused", message)
                .then("Make the call without it to ask for a new approval.")
        };
        let place = place(token);
        let found = self.store.get(&place).await?;
        let granted = found.as_deref().and_then(|bytes| serde_json::from_slice::<Granted>(bytes).ok());
        let granted = granted.ok_or_else(used)?;
        if granted.account != call.account {
            return Err(Refused::new(
                "approval_refused",
                "this approval token was given for another account",
            ));
        }
        if granted.digest != digest {
            let message = format!(
                "this approval token was given for {} with other arguments; only that very call is run",
                granted.tool
            );
            return Err(Refused::new("approval_refused", message)
                .then("Make the call without it to ask for approval of these arguments."));
        }
        // Of two who come at once, one gets it.
        let taken = self.store.take(&place).await?.ok_or_else(used)?;
        Ok(Approved { by: granted.by, taken: Some((place, taken)) })
    }

    /// Puts the call among those that wait, unless it is there, and says so.
    async fn wait(&self, call: Call<'_>, digest: String) -> Result<Refused, store::Error> {
        // The same call asked for twice is one question.
        let id = digest[..32].to_owned();
        if self.store.get(&format!("{DECLINED}{id}")).await?.is_some() {
            return Ok(Refused::declined(call.tool));
        }
        let mut waiting = Waiting {
            id,
            account: call.account.to_owned(),
            tool: call.tool.short_name().to_owned(),
            arguments: call.arguments.clone(),
            question: question(call, &digest),
            digest,
            expires_at: written(SystemTime::now() + LIFE),
        };
        let bytes = serde_json::to_vec(&waiting).unwrap_or_default();
        let before = self.store.put_new(&format!("{WAITING}{}", waiting.id), &bytes, LIFE).await?;
        if let Some(before) = before.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            waiting = before;
        }
        let message = format!("{} needs approval; nothing was done yet", waiting.tool);
        let refused = Refused::new("approval_required", message).then(
            "An approver decides with POST /approvals/{id}, which gives a token. Then repeat this very call with the \
             header X-Approval-Token.",
        );
        Ok(Refused { waiting: Some(Box::new(waiting)), ..refused })
    }

    /// Gives an approval back that was used for a call which was not made.
    pub async fn give_back(&self, approved: Approved) {
        let Some((place, bytes)) = approved.taken else { return };
        if let Err(error) = self.store.put(&place, &bytes, LIFE).await {
            tracing::error!(%error, "an approval is lost: its call was not made, and it can't be used again");
        }
    }

    /// The calls that wait for a decision, of the accounts that `of` lets through.
    ///
    /// # Errors
    /// The store's.
    pub async fn waiting(&self, of: impl Fn(&str) -> bool) -> Result<Vec<Waiting>, store::Error> {
        let mut waiting = Vec::new();
        for key in self.store.keys(WAITING).await? {
            let found = self.store.get(&key).await?;
            waiting.extend(found.and_then(|bytes| serde_json::from_slice::<Waiting>(&bytes).ok()));
        }
        waiting.retain(|waiting| of(&waiting.account));
        waiting.sort_by(|a, b| a.expires_at.cmp(&b.expires_at));
        Ok(waiting)
    }

    /// Decides about a call that waits; `by` gives the name of who decides for an account, if they may. Gives the call,
    /// with a token and until when it holds if the answer was yes; nothing if no such call waits for them.
    ///
    /// # Errors
    /// The store's.
    pub async fn decide(
        &self,
        id: &str,
        yes: bool,
        by: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Option<(Waiting, Option<(String, String)>)>, store::Error> {
        let place_waiting = format!("{WAITING}{id}");
        let read =
            |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| serde_json::from_slice::<Waiting>(&bytes).ok());
        let Some(waiting) = read(self.store.get(&place_waiting).await?) else { return Ok(None) };
        let Some(by) = by(&waiting.account) else { return Ok(None) };
        // Of two who decide at once, one does.
        let Some(waiting) = read(self.store.take(&place_waiting).await?) else { return Ok(None) };
        if !yes {
            self.store.put(&format!("{DECLINED}{id}"), b"", LIFE).await?;
            return Ok(Some((waiting, None)));
        }
        let token = uuid::Uuid::new_v4().simple().to_string();
        let granted = Granted {
            digest: waiting.digest.clone(),
            account: waiting.account.clone(),
            tool: waiting.tool.clone(),
            by,
        };
        self.store.put(&place(&token), &serde_json::to_vec(&granted).unwrap_or_default(), LIFE).await?;
        Ok(Some((waiting, Some((token, written(SystemTime::now() + LIFE))))))
    }

    /// Remembers that a client's person is asked about a call; gives what the client has to show with the answer.
    ///
    /// # Errors
    /// The store's.
    pub async fn ask(&self, call: Call<'_>) -> Result<String, store::Error> {
        let state = uuid::Uuid::new_v4().simple().to_string();
        self.store.put(&format!("{ASKED}{state}"), call.digest().as_bytes(), LIFE).await?;
        Ok(state)
    }

    /// The digest of the call that a client's person was asked about: once, as a yes holds for one call.
    pub async fn asked(&self, state: &str) -> Option<String> {
        let digest = self.store.take(&format!("{ASKED}{state}")).await.ok()??;
        String::from_utf8(digest).ok()
    }
}

/// Where the decision is that a token stands for. The store does not hold the token itself.
fn place(token: &str) -> String {
    format!("{GRANTED}{}", digest::of(token))
}

fn written(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    time.replace_nanosecond(0).unwrap_or(time).format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests;
