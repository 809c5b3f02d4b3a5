//! Records coming in.

use super::StorageError;
use super::reading::Cut;
use crate::conversation::{NewConversation, NewSnippet};
use crate::record::Subject;

/// Whether an id can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdStatus {
    /// Nobody has it.
    Free,
    /// A record with this id is stored.
    Stored,
    /// A record with this id was deleted: importing it again would undo the deletion.
    Deleted,
}

/// Adding records.
pub trait Intake {
    /// Whether an id can be imported.
    fn id_status(&mut self, tenant: i64, subject: Subject, id: &str) -> Result<IdStatus, StorageError>;

    /// Notes that a file is about to be written, so that a crash leaves none behind: whatever is noted and not adopted by a
    /// record is deleted at the next start.
    fn expect_blob(&mut self, blob: &str) -> Result<(), StorageError>;

    /// The snippets that say that they were cut from a conversation, by id; they may come before it.
    fn snippets_of(&mut self, tenant: i64, conversation: &str) -> Result<Vec<Cut>, StorageError>;

    /// Stores a conversation, due at once, and adopts its file.
    fn add_conversation(&mut self, tenant: i64, new: &NewConversation, hits: &[(i64, u32)])
    -> Result<(), StorageError>;

    /// Stores a snippet, due at once, and adopts its file.
    fn add_snippet(&mut self, tenant: i64, new: &NewSnippet) -> Result<(), StorageError>;
}
