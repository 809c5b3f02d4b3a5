//! Records as columns: what a policy may read, and the batch in which it reads it. No I/O, no wasm.
//!
//! There is no column for a phone number, a name or a word that anyone said: a policy cannot ask for them.

use std::fmt;

use crate::record::{Artefacts, Subject};

/// How many records one call of a policy decides at the most. A fresh instance for each batch costs
/// little then, and the columns still lie in the processor's cache.
pub const BATCH_RECORDS_MAX: usize = 8192;

/// A column that a policy may name in its manifest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ColumnName {
    /// The day on which the conversation was recorded.
    RecordedOn,
    /// The day on which it ended.
    EndedOn,
    /// Which artefacts are present: the bits of [`Artefacts`].
    State,
    /// 1 under legal hold, 0 otherwise.
    Held,
    /// The language, as imported (`da`, `en`).
    Language,
    /// The team that took the call.
    Team,
    /// `phone`, `video`, `chat` …, as imported.
    Channel,
    /// The employee.
    Employee,
    /// What the recording is for, as imported.
    Purpose,
    /// The score, in whole points.
    Score,
    /// The sentiment, in thousandths.
    SentimentThousandths,
    /// How long it took.
    DurationSeconds,
    /// 1 where the record has this tag.
    Tag(String),
    /// The value of this metadata key.
    Metadata(String),
    /// The day on which the snippet was created.
    CreatedOn,
    /// Who created the snippet.
    CreatedBy,
    /// 1 while the conversation that the snippet was cut from is stored.
    ConversationExists,
}

/// How a column's values are written in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Civil days.
    Days,
    /// Whole numbers.
    Numbers,
    /// Bits, or 0 and 1.
    States,
    /// Text by dictionary.
    Text,
}

/// Name, column, kind: everything but `tag:` and `metadata:`, which carry a name of the tenant's.
type Catalogue = &'static [(&'static str, ColumnName, ColumnKind)];

const CONVERSATION: Catalogue = &[
    ("recorded-on", ColumnName::RecordedOn, ColumnKind::Days),
    ("ended-on", ColumnName::EndedOn, ColumnKind::Days),
    ("state", ColumnName::State, ColumnKind::States),
    ("held", ColumnName::Held, ColumnKind::States),
    ("language", ColumnName::Language, ColumnKind::Text),
    ("team", ColumnName::Team, ColumnKind::Text),
    ("channel", ColumnName::Channel, ColumnKind::Text),
    ("employee", ColumnName::Employee, ColumnKind::Text),
    ("purpose", ColumnName::Purpose, ColumnKind::Text),
    ("score", ColumnName::Score, ColumnKind::Numbers),
    ("sentiment-thousandths", ColumnName::SentimentThousandths, ColumnKind::Numbers),
    ("duration-seconds", ColumnName::DurationSeconds, ColumnKind::Numbers),
];

const SNIPPET: Catalogue = &[
    ("created-on", ColumnName::CreatedOn, ColumnKind::Days),
    ("state", ColumnName::State, ColumnKind::States),
    ("held", ColumnName::Held, ColumnKind::States),
    ("created-by", ColumnName::CreatedBy, ColumnKind::Text),
    ("conversation-exists", ColumnName::ConversationExists, ColumnKind::States),
    ("duration-seconds", ColumnName::DurationSeconds, ColumnKind::Numbers),
];

const fn catalogue(subject: Subject) -> Catalogue {
    match subject {
        Subject::Conversation => CONVERSATION,
        Subject::Snippet => SNIPPET,
    }
}

impl ColumnName {
    /// The column of that name; `None` where there is none.
    pub fn parse(subject: Subject, name: &str) -> Option<ColumnName> {
        if subject == Subject::Conversation {
            if let Some(tag) = name.strip_prefix("tag:").filter(|tag| !tag.is_empty()) {
                return Some(ColumnName::Tag(tag.to_owned()));
            }
            if let Some(key) = name.strip_prefix("metadata:").filter(|key| !key.is_empty()) {
                return Some(ColumnName::Metadata(key.to_owned()));
            }
        }
        catalogue(subject).iter().find(|(known, ..)| *known == name).map(|(_, column, _)| column.clone())
    }

    /// Every name but the `tag:` and `metadata:` ones: for messages that say what there is.
    pub fn names(subject: Subject) -> impl Iterator<Item = &'static str> {
        catalogue(subject).iter().map(|(name, ..)| *name)
    }

    /// How its values are written.
    pub fn kind(&self) -> ColumnKind {
        match self {
            ColumnName::Tag(_) => ColumnKind::States,
            ColumnName::Metadata(_) => ColumnKind::Text,
            named => {
                let mut all = CONVERSATION.iter().chain(SNIPPET);
                all.find(|(_, column, _)| column == named)
                    .map(|(.., kind)| *kind)
                    .expect("every other column is listed")
            }
        }
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ColumnName::Tag(tag) => write!(formatter, "tag:{tag}"),
            ColumnName::Metadata(key) => write!(formatter, "metadata:{key}"),
            named => {
                let mut all = CONVERSATION.iter().chain(SNIPPET);
                formatter.write_str(all.find(|(_, column, _)| column == named).map_or("", |(name, ..)| name))
            }
        }
    }
}

/// Text by dictionary: each distinct value once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionary {
    /// One a row: an index into `values`, or [`Dictionary::ABSENT`].
    pub codes: Vec<u32>,
    /// The distinct values.
    pub values: Vec<String>,
}

impl Dictionary {
    /// The code of an absent value.
    pub const ABSENT: u32 = u32::MAX;
}

/// The values of one column, a row each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// Civil days; [`crate::record::Day::ABSENT`] where absent.
    Days(Vec<i32>),
    /// Whole numbers; `i64::MIN` where absent.
    Numbers(Vec<i64>),
    /// Bits, or 0 and 1.
    States(Vec<u8>),
    /// Text.
    Text(Dictionary),
}

impl Column {
    /// An empty column of this kind.
    pub fn new(kind: ColumnKind) -> Column {
        match kind {
            ColumnKind::Days => Column::Days(Vec::new()),
            ColumnKind::Numbers => Column::Numbers(Vec::new()),
            ColumnKind::States => Column::States(Vec::new()),
            ColumnKind::Text => Column::Text(Dictionary::default()),
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Column::Days(values) => values.len(),
            Column::Numbers(values) => values.len(),
            Column::States(values) => values.len(),
            Column::Text(dictionary) => dictionary.codes.len(),
        }
    }

    /// The rows of a range, as a column of its own.
    pub fn slice(&self, rows: std::ops::Range<usize>) -> Column {
        match self {
            Column::Days(values) => Column::Days(values[rows].to_vec()),
            Column::Numbers(values) => Column::Numbers(values[rows].to_vec()),
            Column::States(values) => Column::States(values[rows].to_vec()),
            Column::Text(dictionary) => {
                Column::Text(Dictionary { codes: dictionary.codes[rows].to_vec(), values: dictionary.values.clone() })
            }
        }
    }
}

/// What the host itself knows of each row of a batch, whether or not the policy reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The row's key in storage; never shown, never in the ledger.
    pub key: i64,
    /// Counts up with every change of the record.
    pub version: i64,
    /// Which artefacts are present.
    pub state: Artefacts,
    /// Whether it is under legal hold.
    pub held: bool,
    /// The stored review day; [`crate::record::Day::ABSENT`] where the record is never due by itself.
    pub review_on: crate::record::Day,
}

/// Up to [`BATCH_RECORDS_MAX`] records: the host's own view, and the columns that the policy named.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// One a record.
    pub rows: Vec<Row>,
    /// In the manifest's order, each as long as `rows`.
    pub columns: Vec<Column>,
}
