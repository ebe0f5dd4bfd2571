//! Remembers which tool list a session has fetched, so its client is notified only of changes to that list. A client
//! that hasn't fetched the list doesn't need notifications.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The version of the list that a session was shown, if any.
#[derive(Debug, Default)]
pub(crate) struct ShownList {
    version: Mutex<Option<String>>,
    shown: Notify,
}

impl ShownList {
    /// Records that the client was shown this version.
    pub(crate) fn show(&self, version: String) {
        *self.lock() = Some(version);
        self.shown.notify_one();
    }

    /// Returns true if and only if the client was shown a version other than `current`, and then considers `current`
    /// shown.
    pub(crate) fn update(&self, current: impl FnOnce() -> String) -> bool {
        // Computing the version takes a while, and showing a list must not wait for it.
        let Some(shown) = self.lock().clone() else { return false };
        let current = current();
        if current == shown {
            return false;
        }
        let mut version = self.lock();
        let is_outdated = version.as_ref() == Some(&shown);
        if is_outdated {
            *version = Some(current);
        }
        is_outdated
    }

    /// Waits until a version is shown.
    pub(crate) async fn changed(&self) {
        self.shown.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Option<String>> {
        // No code panics while holding the lock.
        self.version.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_that_was_shown_can_be_outdated() {
        let shown = ShownList::default();
        assert!(!shown.update(|| "1".to_owned()));
        shown.show("1".to_owned());
        assert!(!shown.update(|| "1".to_owned()));
        assert!(shown.update(|| "2".to_owned()));
        assert!(!shown.update(|| "2".to_owned()), "once for each change");
    }
}
