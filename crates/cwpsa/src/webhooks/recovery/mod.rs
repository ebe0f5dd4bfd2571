//! Recovers changes that no callback reported.
//!
//! ConnectWise retries a callback only after a few statuses, and disables it once it has failed for three days. Changes
//! would therefore be lost while a server or the network is down. At regular intervals, [`GapRecovery`] lists the
//! records that were updated since its last scan, in the collections that the account's callbacks cover, and queues an
//! event for each change that no callback has reported. Deleted records don't appear in lists, so deletions can't be
//! recovered.

mod callbacks;
mod missed_change;
mod scan;

pub(super) use scan::GapRecovery;
