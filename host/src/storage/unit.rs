//! The unit of work: one record looked at again and changed, inside the transaction that also holds its evidence.

use std::collections::BTreeMap;

use super::StorageError;
use crate::conversation::{Customer, Turn};
use crate::record::{Actions, Artefacts, Day, Subject};

/// A record as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The row's key.
    pub key: i64,
    /// Counts up with every change.
    pub version: i64,
    /// What it has.
    pub state: Artefacts,
    /// Whether it, or a snippet whose words would change with it, is under legal hold.
    pub held: bool,
}

/// The words and known values of a conversation: what anonymising needs.
#[derive(Clone, Debug, Default)]
pub struct Personal {
    /// The customer.
    pub customer: Customer,
    /// The employee.
    pub employee: Option<String>,
    /// The language.
    pub language: Option<String>,
    /// The transcript, if it is raw.
    pub transcript: Option<Vec<Turn>>,
    /// Labels.
    pub tags: Vec<String>,
    /// Keys and values of the tenant's own.
    pub metadata: BTreeMap<String, String>,
    /// Title and text of each snippet that was cut from it.
    pub snippets: Vec<SnippetWords>,
}

/// The words of a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnippetWords {
    /// The row's key.
    pub key: i64,
    /// Its title.
    pub title: Option<String>,
    /// Its text.
    pub text: Option<String>,
    /// Whether the text is anonymised.
    pub anonymised: bool,
}

/// What takes the place of personal words; `None` and missing: as before.
#[derive(Clone, Debug, Default)]
pub struct Rewritten {
    /// The anonymised transcript.
    pub transcript: Option<Vec<Turn>>,
    /// The labels that go.
    pub tags_removed: Vec<String>,
    /// Metadata values that change.
    pub metadata: BTreeMap<String, String>,
    /// Snippets that are anonymised, or whose words change.
    pub snippets: Vec<SnippetWords>,
}

/// One unit that is under way: its rows are done, its file or its receipt is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The row's key.
    pub unit: i64,
    /// What was done; `None` for a file that an import did not finish.
    pub work: Option<PendingWork>,
    /// The file to delete.
    pub blob: Option<String>,
}

/// What the receipt of a unit needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingWork {
    /// The run it belongs to.
    pub run: i64,
    /// The sequence number of its intent in the ledger.
    pub intent: i64,
    /// The tenant's key.
    pub tenant: i64,
    /// The tenant's id.
    pub tenant_id: String,
    /// Conversation or snippet.
    pub subject: Subject,
    /// The record's id.
    pub id: String,
    /// What was done.
    pub actions: Actions,
}

/// Looking at a record again, and changing it.
pub trait Unit {
    /// The record as it is now; `None` where it is gone.
    fn locate(&mut self, tenant: i64, subject: Subject, id: &str) -> Result<Option<Located>, StorageError>;

    /// The words and known values of a conversation.
    fn personal(&mut self, conversation: i64) -> Result<Personal, StorageError>;

    /// Carries out actions on a record, replacing words by those given. Returns the name of the file that is now
    /// unreachable. A conversation of which nothing is left is gone, and so is a purged snippet.
    fn change(
        &mut self,
        tenant: i64,
        subject: Subject,
        key: i64,
        actions: Actions,
        rewritten: &Rewritten,
    ) -> Result<Option<String>, StorageError>;

    /// Whether what the actions purge is gone from the rows of that id: the reading back before a receipt.
    fn is_gone(&mut self, tenant: i64, subject: Subject, id: &str, actions: Actions) -> Result<bool, StorageError>;

    /// Notes a unit as under way.
    fn add_pending(&mut self, pending: &Pending) -> Result<i64, StorageError>;

    /// Forgets units that are done.
    fn remove_pending(&mut self, units: &[i64]) -> Result<(), StorageError>;

    /// Stores the day on which a record is next looked at, unless it has changed since it was read.
    fn put_review(&mut self, subject: Subject, key: i64, version: i64, review_on: Day) -> Result<(), StorageError>;
}
