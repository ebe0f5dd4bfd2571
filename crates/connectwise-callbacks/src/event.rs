//! Events, which contain the information in verified callbacks.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A record change, reported by a callback with a verified signature.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CallbackEvent {
    /// Deduplication ID. It is the same if ConnectWise sends the callback again.
    pub id: String,
    /// The kind of change.
    pub action: CallbackAction,
    /// The record type.
    pub record_type: RecordType,
    /// The record ID.
    pub record_id: i64,
    /// The record as the API returns it; `None` if it was deleted.
    pub entity: Option<Value>,
    /// The ID of the company that sent the callback.
    pub company_id: Option<String>,
    /// The identifier of the member who changed the record.
    pub member_id: Option<String>,
    /// The ID of the entry in `/system/callbacks`.
    pub callback_id: Option<i64>,
    /// ConnectWise's message ID.
    pub message_id: Option<String>,
}

impl CallbackEvent {
    /// Deserializes the record, for example as a model of the `connectwise-psa` crate. Returns `None` if the record was
    /// deleted.
    ///
    /// # Errors
    /// Returns an error if the record doesn't match `T`.
    pub fn entity_as<T: DeserializeOwned>(&self) -> Result<Option<T>, serde_json::Error> {
        self.entity.as_ref().map(T::deserialize).transpose()
    }
}

/// Defines an open enum: known values, compared case-insensitively, and any other value.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)+
            /// A value that this version of the crate doesn't know about.
            Other(String),
        }

        impl $name {
            /// Returns the value as the API spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text.to_ascii_lowercase().as_str() {
                    $($text => Self::$variant,)+
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

open_enum! {
    /// The kind of a change.
    CallbackAction {
        /// The record was created.
        Added = "added",
        /// The record was changed.
        Updated = "updated",
        /// The record was deleted.
        Deleted = "deleted",
    }
}

open_enum! {
    /// The types of records that callbacks can be registered for.
    RecordType {
        /// An activity.
        Activity = "activity",
        /// An agreement.
        Agreement = "agreement",
        /// A company.
        Company = "company",
        /// A configuration.
        Configuration = "configuration",
        /// A contact.
        Contact = "contact",
        /// An expense entry.
        Expense = "expense",
        /// An invoice.
        Invoice = "invoice",
        /// A member.
        Member = "member",
        /// An opportunity.
        Opportunity = "opportunity",
        /// A product catalog item.
        ProductCatalog = "productcatalog",
        /// A project.
        Project = "project",
        /// A purchase order.
        PurchaseOrder = "purchaseorder",
        /// A schedule entry.
        Schedule = "schedule",
        /// A ticket.
        Ticket = "ticket",
        /// A time entry.
        Time = "time",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_are_read_in_any_case_and_others_are_preserved() {
        assert_eq!(RecordType::from("PurchaseOrder"), RecordType::PurchaseOrder);
        assert_eq!(CallbackAction::from("added"), CallbackAction::Added);
        let other = RecordType::from("Warranty");
        assert_eq!((other.as_str(), other.to_string()), ("Warranty", "Warranty".to_owned()));
    }
}
