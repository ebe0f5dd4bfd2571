//! Keeps approvals in the store: pending calls, decisions, and tokens.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use toolcrate_runtime::Tool;
use toolcrate_store::{SharedStore, StoreError};

use super::consent::{APPROVAL_TTL, Consent};
use super::error::{ApprovalError, ApprovalErrorKind};
use super::pending::{ApprovalDecision, PendingApproval};
use super::policy::ApprovalPolicy;
use super::prompt::approval_prompt;
use super::request::ApprovalRequest;
use crate::clock::rfc3339_seconds;
use crate::fingerprint::{sha256_hex, short_fingerprint};
use crate::json_limit::limit_json;

const PENDING: &str = "approvals-waiting/";
const DECLINED: &str = "approvals-declined/";
const GRANTED: &str = "approvals-granted/";
const ELICITED: &str = "approvals-asked/";

/// Length of the account prefix of an ID. Each account has a separate part of the store.
const ACCOUNT_CHARACTERS: usize = 8;
/// Maximum size of the arguments that an approver is shown below the question, in bytes.
const MAX_ARGUMENT_BYTES: usize = 64 << 10;

/// A decision that is valid for one call.
#[derive(Debug, Serialize, Deserialize)]
struct GrantedApproval {
    digest: String,
    account: String,
    tool: String,
    by: String,
    /// When the decision expires, in milliseconds since 1970. Not stored by earlier versions.
    #[serde(default)]
    expires: Option<u64>,
}

/// An approval that was redeemed for a call.
#[derive(Debug)]
pub struct Approval {
    by: String,
    redeemed: Option<RedeemedDecision>,
}

/// A decision taken out of the store.
#[derive(Debug)]
struct RedeemedDecision {
    key: String,
    value: Vec<u8>,
    /// When the decision expires, in milliseconds since 1970.
    expires: Option<u64>,
}

impl Approval {
    /// Returns the approver, for the audit log.
    pub fn by(&self) -> &str {
        &self.by
    }
}

/// Determines which calls require approval, and records and redeems approvals.
#[derive(Debug)]
pub struct Approvals {
    policy: ApprovalPolicy,
    store: SharedStore,
    setup_hint: String,
}

impl Approvals {
    /// Creates approvals for the tools in `policy`, stored in `store`.
    pub fn new(policy: ApprovalPolicy, store: SharedStore) -> Self {
        let setup_hint = "Use a client that supports elicitation, or configure an approver.".to_owned();
        Self { policy, store, setup_hint }
    }

    /// Sets the advice for callers of an account without an approver.
    #[must_use]
    pub fn with_setup_hint(self, setup_hint: impl Into<String>) -> Self {
        Self { setup_hint: setup_hint.into(), ..self }
    }

    /// Returns true if and only if `tool` requires approval.
    pub fn is_required(&self, tool: Tool) -> bool {
        self.policy.requires_approval(tool)
    }

    /// Returns true if and only if some tool may require approval.
    pub fn is_any_required(&self) -> bool {
        !self.policy.is_empty()
    }

    /// Redeems a call's approval. If the call has none and the account has approvers, it becomes pending.
    ///
    /// # Errors
    /// Returns an error if the call isn't approved.
    pub async fn redeem(
        &self,
        call: ApprovalRequest<'_>,
        consent: Consent<'_>,
        has_approvers: bool,
    ) -> Result<Approval, ApprovalError> {
        match consent {
            Consent::Token(token) => self.redeem_token(call, token).await,
            Consent::Person(accepted) if !has_approvers && accepted == call.digest => {
                Ok(Approval { by: "the MCP client's user".to_owned(), redeemed: None })
            }
            _ if has_approvers => Err(self.wait_for_approver(call).await?),
            _ => {
                let kind = match consent {
                    Consent::Elicitable => ApprovalErrorKind::Asked,
                    _ => ApprovalErrorKind::Unavailable,
                };
                let name = call.tool.short_name();
                let message = format!("{name} needs approval, and no approver is available");
                let error = ApprovalError::new(kind, message).with_next_step(&*self.setup_hint);
                Err(ApprovalError { can_elicit: true, ..error })
            }
        }
    }

    async fn redeem_token(&self, call: ApprovalRequest<'_>, token: &str) -> Result<Approval, ApprovalError> {
        let refused = |message: String| ApprovalError::new(ApprovalErrorKind::Refused, message);
        let unknown = || {
            refused("this approval token is unknown, has been used, or has expired".to_owned())
                .with_next_step("Repeat the call without it to request a new approval.")
        };
        let key = granted_key(token);
        let found = self.store.get(&key).await?;
        let granted =
            found.as_deref().and_then(|bytes| serde_json::from_slice::<GrantedApproval>(bytes).ok());
        let granted = granted.ok_or_else(unknown)?;
        if granted.account != call.account {
            return Err(refused("this approval token is for another account".to_owned()));
        }
        if granted.digest != call.digest {
            let tool = granted.tool;
            return Err(refused(format!("this approval token is for {tool} with other arguments"))
                .with_next_step("Repeat the call without it to request approval of these arguments."));
        }
        // Only one of two concurrent calls gets the approval.
        let redeemed = self.store.take(&key).await?.ok_or_else(unknown)?;
        let redeemed = RedeemedDecision { key, value: redeemed, expires: granted.expires };
        Ok(Approval { by: granted.by, redeemed: Some(redeemed) })
    }

    /// Makes the call pending, unless it already is, and returns the error for the caller.
    async fn wait_for_approver(&self, call: ApprovalRequest<'_>) -> Result<ApprovalError, StoreError> {
        // A repeated call is pending only once.
        let id = pending_id(call);
        if self.store.get(&store_key(DECLINED, &id)).await?.is_some() {
            return Ok(ApprovalError::declined(call.tool));
        }
        let Some(question) = approval_prompt(call) else {
            return Ok(ApprovalError::too_long(call.tool));
        };
        let mut pending = PendingApproval {
            id,
            account: call.account.to_owned(),
            tool: call.tool.short_name().to_owned(),
            arguments: limit_json(call.arguments.clone(), MAX_ARGUMENT_BYTES),
            question,
            digest: call.digest.to_owned(),
            expires_at: rfc3339_seconds(SystemTime::now() + APPROVAL_TTL),
        };
        let bytes = serde_json::to_vec(&pending).unwrap_or_default();
        let before = self.store.put_new(&store_key(PENDING, &pending.id), &bytes, APPROVAL_TTL).await?;
        if let Some(before) = before.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            pending = before;
        }
        let message = format!("{} needs approval; nothing was done", pending.tool);
        let error = ApprovalError::new(ApprovalErrorKind::Required, message).with_next_step(
            "An approver must decide with POST /approvals/{id}, which returns a token. Then repeat this exact call with the \
             header X-Approval-Token.",
        );
        Ok(ApprovalError { pending: Some(pending), ..error })
    }

    /// Restores an approval that was redeemed for a call that was not made. Its expiration is unchanged.
    pub async fn restore(&self, approval: Approval) {
        let Some(RedeemedDecision { key, value, expires }) = approval.redeemed else { return };
        let left = expires.map_or(APPROVAL_TTL, |end| Duration::from_millis(end.saturating_sub(now())));
        if left.is_zero() {
            return;
        }
        if let Err(error) = self.store.put(&key, &value, left).await {
            tracing::error!(%error, "can't restore the approval for a call that was not made");
        }
    }

    /// Returns the pending calls of the accounts for which `is_visible` returns true.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub async fn pending(
        &self,
        is_visible: impl Fn(&str) -> bool,
    ) -> Result<Vec<PendingApproval>, StoreError> {
        let mut pending = Vec::new();
        for key in self.store.keys(PENDING).await? {
            pending.extend(parse_pending(self.store.get(&key).await?));
        }
        pending.retain(|call| is_visible(&call.account));
        pending.sort_by(|a, b| a.expires_at.cmp(&b.expires_at));
        Ok(pending)
    }

    /// Records a decision about a pending call. `approver` returns the name of the approver for an account, if there is
    /// one. Returns `None` if no such call is pending for that approver.
    ///
    /// # Errors
    /// Returns an error if the store fails.
    pub async fn decide(
        &self,
        id: &str,
        is_approved: bool,
        approver: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Option<ApprovalDecision>, StoreError> {
        let key = store_key(PENDING, id);
        let Some(call) = parse_pending(self.store.get(&key).await?) else { return Ok(None) };
        let Some(by) = approver(&call.account) else { return Ok(None) };
        // Of two concurrent decisions, only one takes effect.
        let Some(call) = parse_pending(self.store.take(&key).await?) else { return Ok(None) };
        if !is_approved {
            self.store.put(&store_key(DECLINED, id), b"", APPROVAL_TTL).await?;
            return Ok(Some(ApprovalDecision::Declined(call)));
        }
        let token = uuid::Uuid::new_v4().simple().to_string();
        let end = SystemTime::now() + APPROVAL_TTL;
        let granted = GrantedApproval {
            digest: call.digest.clone(),
            account: call.account.clone(),
            tool: call.tool.clone(),
            by,
            expires: Some(milliseconds_since_epoch(end)),
        };
        let bytes = serde_json::to_vec(&granted).unwrap_or_default();
        self.store.put(&granted_key(&token), &bytes, APPROVAL_TTL).await?;
        let expires_at = rfc3339_seconds(end);
        Ok(Some(ApprovalDecision::Approved { call, token, expires_at }))
    }

    /// Records that the client's user is prompted to approve a call. Returns the state that the client must present
    /// with the user's decision.
    ///
    /// # Errors
    /// Returns an error if the store can't be written.
    pub async fn begin_elicitation(&self, call: ApprovalRequest<'_>) -> Result<String, StoreError> {
        let state = format!("{}{}", account_prefix(call.account), uuid::Uuid::new_v4().simple());
        self.store.put(&store_key(ELICITED, &state), call.digest.as_bytes(), APPROVAL_TTL).await?;
        Ok(state)
    }

    /// Returns the digest of the call that the client's user was shown. A state is valid once, because a
    /// decision covers only one call.
    pub async fn take_elicitation(&self, state: &str) -> Option<String> {
        let digest = self.store.take(&store_key(ELICITED, state)).await.ok()??;
        String::from_utf8(digest).ok()
    }
}

/// Returns the prefix of an account's IDs.
fn account_prefix(account: &str) -> String {
    short_fingerprint(account).chars().take(ACCOUNT_CHARACTERS).collect()
}

/// Returns the ID of a pending call. Repeating the same call yields the same ID.
fn pending_id(call: ApprovalRequest<'_>) -> String {
    let digest: String = call.digest.chars().take(32 - ACCOUNT_CHARACTERS).collect();
    format!("{}{digest}", account_prefix(call.account))
}

/// Returns the store key for an ID. The account's prefix is a separate segment, so an account that fills its share of
/// the store doesn't affect other accounts.
fn store_key(prefix: &str, id: &str) -> String {
    let account = id.get(..ACCOUNT_CHARACTERS).unwrap_or_default();
    format!("{prefix}{account}/{id}")
}

fn now() -> u64 {
    milliseconds_since_epoch(SystemTime::now())
}

fn milliseconds_since_epoch(time: SystemTime) -> u64 {
    let elapsed = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

fn parse_pending(bytes: Option<Vec<u8>>) -> Option<PendingApproval> {
    serde_json::from_slice(&bytes?).ok()
}

/// Returns the key of the decision for a token. The store doesn't contain the token.
fn granted_key(token: &str) -> String {
    format!("{GRANTED}{}", sha256_hex(token))
}
