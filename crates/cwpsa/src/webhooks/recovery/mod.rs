//! Recovers changes that no callback reported.
//!
//! ConnectWise repeats a callback after few statuses only, and deactivates one that has failed for three days, so changes
//! are lost while a server or the network is down. At an interval, [`GapRecovery`] lists what was updated since its last
//! scan in the collections that the account's callbacks cover, and queues an event for each change that no callback has
//! reported. Deleted records are in no list, so deletions can't be recovered.

mod callbacks;
mod missed_change;
mod scan;

pub(super) use scan::GapRecovery;
