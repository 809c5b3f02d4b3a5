//! What people and reports read.

use serde::Serialize;

use super::administration::{Hold, InstalledModule, Role, Tracker, TrustedKey};
use super::evidence::{LedgerRow, RunRow};
use super::unit::Pending;
use super::{StorageError, Tenant};
use crate::conversation::{Customer, Details, Turn};
use crate::policy::ModuleDigest;
use crate::record::{Artefacts, Day, Subject};

/// A stored record, as it is shown. An anonymised transcript is never shown, so there is no field for it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Conversation or snippet.
    pub subject: Subject,
    /// The tenant's own id.
    pub id: String,
    /// Counts up with every change.
    pub version: i64,
    /// What it has.
    pub state: Artefacts,
    /// Whether it is under legal hold.
    pub held: bool,
    /// The day on which it was recorded or created.
    pub on: Day,
    /// The day on which its policy is next asked.
    pub review_on: Day,
    /// What is known of it.
    pub details: Details,
    /// The customer, until purged.
    pub customer: Customer,
    /// The transcript, while raw.
    pub transcript: Option<Vec<Turn>>,
    /// A snippet's conversation.
    pub conversation: Option<String>,
    /// A snippet's title.
    pub title: Option<String>,
    /// A snippet's words.
    pub text: Option<String>,
    /// Tracker names and hits.
    pub hits: Vec<(String, u32)>,
}

/// How many records are in which state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Census {
    /// Conversations with audio or a customer.
    pub conversations_full: u64,
    /// Conversations without audio and customer: both went, or neither ever came.
    pub conversations_partial: u64,
    /// Snippets.
    pub snippets: u64,
    /// Records under legal hold.
    pub held: u64,
    /// Conversations and snippets that were deleted completely.
    pub deleted: u64,
    /// Records whose review day has come.
    pub due: u64,
}

/// The phone numbers that are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The day of the earliest recording that has one; absent where none has.
    pub since: Day,
    /// How many conversations have one.
    pub count: u64,
}

/// A snippet, as its conversation knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Its id.
    pub id: String,
    /// Who cut it.
    pub created_by: Option<String>,
}

/// One line of the statistics.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatisticsRow {
    /// The month or team; `all` where nothing groups.
    pub group: String,
    /// Conversations, full and partial.
    pub conversations: u64,
    /// Of them, without audio and customer.
    pub partial: u64,
    /// Mean sentiment, from -1 to 1.
    pub sentiment: Option<f64>,
    /// Mean score.
    pub score: Option<f64>,
    /// Tracker names and hits.
    pub hits: std::collections::BTreeMap<String, u64>,
}

/// How statistics are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum GroupBy {
    /// By month of recording.
    Month,
    /// By team.
    Team,
}

/// What is read outside a transaction.
pub trait Reading {
    /// Every tenant, by id.
    fn tenants(&self) -> Result<Vec<Tenant>, StorageError>;
    /// One tenant.
    fn tenant(&self, id: &str) -> Result<Option<Tenant>, StorageError>;
    /// Every module, oldest first.
    fn modules(&self) -> Result<Vec<InstalledModule>, StorageError>;
    /// One module.
    fn module(&self, digest: &ModuleDigest) -> Result<Option<InstalledModule>, StorageError>;
    /// The signatures of a module, by key: the key's name, and the text of the signature.
    fn signatures(&self, module: &ModuleDigest) -> Result<Vec<(String, String)>, StorageError>;
    /// The keys that a tenant trusts, by name.
    fn trusted_keys(&self, tenant: i64) -> Result<Vec<TrustedKey>, StorageError>;
    /// A tenant's users.
    fn users(&self, tenant: i64) -> Result<Vec<(String, Role)>, StorageError>;
    /// A tenant's holds that are in force.
    fn holds(&self, tenant: i64) -> Result<Vec<Hold>, StorageError>;
    /// A tenant's trackers.
    fn trackers(&self, tenant: i64) -> Result<Vec<Tracker>, StorageError>;
    /// The id of a record.
    fn record_id(&self, subject: Subject, key: i64) -> Result<Option<String>, StorageError>;
    /// The key of a record.
    fn record_key(&self, tenant: i64, subject: Subject, id: &str) -> Result<Option<i64>, StorageError>;
    /// A record by its id.
    fn show(&self, tenant: i64, subject: Subject, id: &str) -> Result<Option<Shown>, StorageError>;
    /// Ids and numbers of conversations whose customer's number ends with these digits.
    fn by_number_ending(&self, tenant: i64, ending: &str) -> Result<Vec<(String, String)>, StorageError>;
    /// How many conversations have a number, and since when.
    fn numbers(&self, tenant: i64) -> Result<Numbers, StorageError>;
    /// The snippets that were cut from a conversation, by id.
    fn snippets_of(&self, tenant: i64, conversation: &str) -> Result<Vec<Cut>, StorageError>;
    /// How many records are in which state.
    fn census(&self, tenant: i64, today: Day) -> Result<Census, StorageError>;
    /// Statistics over full and partial conversations.
    fn statistics(&self, tenant: i64, by: Option<GroupBy>) -> Result<Vec<StatisticsRow>, StorageError>;
    /// Calls `visit` with the key and words of every transcript, raw or anonymised: for recomputing trackers, not for showing.
    fn transcripts(
        &self,
        tenant: i64,
        visit: &mut dyn FnMut(i64, Vec<Turn>) -> Result<(), StorageError>,
    ) -> Result<(), StorageError>;
    /// Units that are under way, those after a key, oldest first, at most `limit`.
    fn pending(&self, after: i64, limit: usize) -> Result<Vec<Pending>, StorageError>;
    /// Every file that a record refers to or that is under way.
    fn blobs(&self, visit: &mut dyn FnMut(&str)) -> Result<(), StorageError>;
    /// The file that a record refers to.
    fn audio_of(&self, tenant: i64, subject: Subject, id: &str) -> Result<Option<String>, StorageError>;
    /// Runs that have not ended.
    fn open_runs(&self) -> Result<Vec<RunRow>, StorageError>;
    /// The latest run of a plan.
    fn run_of_plan(&self, plan: &str) -> Result<Option<RunRow>, StorageError>;
    /// A tenant's latest runs, newest first.
    fn runs(&self, tenant: i64, limit: usize) -> Result<Vec<RunRow>, StorageError>;
    /// Ledger rows after a sequence number, in order, of one run or of all; `visit` breaks by returning false.
    fn ledger(
        &self,
        after: i64,
        run: Option<i64>,
        visit: &mut dyn FnMut(LedgerRow) -> bool,
    ) -> Result<(), StorageError>;
}
