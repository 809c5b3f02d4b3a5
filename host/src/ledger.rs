//! The evidence: what was meant to be done, written before it was done, and what came of it, written after reading back.
//!
//! Each entry is one JSON object in exactly the bytes that are stored, and its hash is SHA-256 over the hash of the entry before
//! and these bytes. A changed, missing or added entry breaks the chain; a store that was set back to an earlier state no longer
//! reaches the heads in `ledger.heads`, a file beside the database that is only ever added to. Entries name records by id and
//! rules by name: nothing that was said, no number, no name.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::record::{Actions, Subject};
use crate::storage::evidence::LedgerRow;
use crate::storage::{Evidence, Reading, StorageError};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Event {
    /// A tenant was added.
    TenantAdded {
        /// The tenant.
        tenant: String,
        /// Its time zone.
        time_zone: String,
    },
    /// A user was added, or has another role.
    UserAdded {
        /// The tenant.
        tenant: String,
        /// The user's id.
        user: String,
        /// The role.
        role: crate::storage::administration::Role,
    },
    /// Settings were replaced.
    SettingsChanged {
        /// The tenant.
        tenant: String,
        /// The settings from now on.
        settings: serde_json::Value,
    },
    /// A policy module was admitted.
    ModuleInstalled {
        /// Its digest.
        module: String,
        /// Its name.
        name: String,
        /// Its version.
        version: String,
    },
    /// A policy module decides for a tenant from now on.
    ModuleActivated {
        /// The tenant.
        tenant: String,
        /// Its digest.
        module: String,
    },
    /// Records were imported.
    Imported {
        /// The tenant.
        tenant: String,
        /// How many conversations.
        conversations: u64,
        /// How many snippets.
        snippets: u64,
    },
    /// A legal hold was placed.
    HoldPlaced {
        /// The tenant.
        tenant: String,
        /// Its number.
        hold: i64,
        /// Conversation or snippet.
        subject: Subject,
        /// The record.
        id: String,
        /// Why.
        reason: String,
    },
    /// A legal hold was released.
    HoldReleased {
        /// The tenant.
        tenant: String,
        /// Its number.
        hold: i64,
        /// Conversation or snippet.
        subject: Subject,
        /// The record.
        id: String,
    },
    /// A run began to act.
    RunOpened {
        /// The tenant.
        tenant: String,
        /// The day for which it decided.
        date: String,
        /// The digest of the sealed plan.
        plan: String,
        /// How many records the plan acts on.
        items: u64,
        /// The module that decided; absent where a person did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        module: Option<String>,
        /// SHA-256 of the settings.
        settings: String,
        /// The digest of the engine profile.
        engine_profile: String,
        /// The guards that would have stopped it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        guards: Vec<String>,
        /// What let them pass.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        approved: Vec<String>,
        /// By hand: who.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor: Option<String>,
        /// By hand: why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A run could not begin, and nothing was deleted.
    Refused {
        /// The tenant.
        tenant: String,
        /// The day for which it decided.
        date: String,
        /// Why, in a word or two of this program's.
        reason: String,
        /// The guards that stopped it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        guards: Vec<String>,
    },
    /// A record is about to be changed: written in the same transaction as the change.
    Intent {
        /// The tenant.
        tenant: String,
        /// Conversation or snippet.
        subject: Subject,
        /// The record.
        id: String,
        /// Its version when it was decided on.
        version: i64,
        /// What is done.
        actions: Actions,
        /// The rule that asked for it.
        rule: String,
    },
    /// A record was changed, and on reading back what was to go is gone.
    Receipt {
        /// The tenant.
        tenant: String,
        /// Conversation or snippet.
        subject: Subject,
        /// The record.
        id: String,
        /// The sequence number of the intent.
        intent: i64,
        /// What became of the audio file: `deleted`, `already-gone`, `none`.
        audio: String,
    },
    /// A planned record was kept.
    Kept {
        /// The tenant.
        tenant: String,
        /// Conversation or snippet.
        subject: Subject,
        /// The record.
        id: String,
        /// Why.
        reason: KeptReason,
    },
    /// A run has ended.
    RunClosed {
        /// The tenant.
        tenant: String,
        /// `complete`, `partial`, or `interrupted` where a later start closed it.
        outcome: String,
        /// Records changed.
        done: u64,
        /// Records kept.
        kept: u64,
    },
}

/// Why a planned record was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptReason {
    /// It, or a snippet whose words would change with it, is under legal hold.
    Held,
    /// It has changed since it was planned.
    Changed,
    /// The residual check found personal data after anonymising.
    NotAnonymised,
}

impl fmt::Display for KeptReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            KeptReason::Held => "it, or a snippet cut from it, is under legal hold",
            KeptReason::Changed => "it has changed since it was planned",
            KeptReason::NotAnonymised => "its words would still have held personal data",
        })
    }
}

/// What is written for every event besides the event itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// 1, 2, 3 … without a gap.
    pub sequence: i64,
    /// When, to the second, UTC (RFC 3339).
    pub at: String,
    /// The run it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<i64>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Adds entries inside a transaction, keeping the chain.
pub struct Appender {
    sequence: i64,
    hash: [u8; 32],
    at: String,
}

impl Appender {
    /// Continues the chain where the transaction finds it. Every entry bears the same time: that of the transaction.
    pub fn new(transaction: &mut (impl Evidence + ?Sized), at: DateTime<Utc>) -> Result<Appender, StorageError> {
        let (sequence, hash) = transaction.ledger_head()?;
        Ok(Appender { sequence, hash, at: at.to_rfc3339_opts(SecondsFormat::Secs, true) })
    }

    /// Adds an entry; its sequence number.
    pub fn append(
        &mut self,
        transaction: &mut (impl Evidence + ?Sized),
        run: Option<i64>,
        event: Event,
    ) -> Result<i64, StorageError> {
        self.sequence += 1;
        let entry = Entry { sequence: self.sequence, at: self.at.clone(), run, event };
        let body = serde_json::to_vec(&entry).expect("an entry holds strings and numbers");
        self.hash = chained(&self.hash, &body);
        transaction.put_ledger_row(&LedgerRow { sequence: self.sequence, run, body, hash: self.hash })?;
        Ok(self.sequence)
    }
}

fn chained(before: &[u8; 32], body: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(before).chain_update(body).finalize().into()
}

/// Writes a head to the file beside the database, once its transaction is committed. In one piece, on a line of its own: what a
/// crash leaves of a line stays by itself, and says nothing.
pub fn mirror_head(heads: &Path, (sequence, hash): (i64, [u8; 32])) -> Result<(), StorageError> {
    let write = || {
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(heads)?;
        let end = if ends_a_line(&mut file)? { "" } else { "\n" };
        file.write_all(format!("{end}{sequence} {}\n", hex::encode(hash)).as_bytes())?;
        file.sync_data()
    };
    write()
        .map_err(|source| StorageError::File { what: "writing the ledger's head (what was asked for is done)", source })
}

fn ends_a_line(file: &mut File) -> std::io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verified {
    /// How many entries there are.
    pub entries: u64,
    /// How many heads beside the database were compared.
    pub heads: u64,
    /// The hash of the last entry.
    pub head: String,
    /// What is wrong; empty where the ledger holds.
    pub faults: Vec<String>,
}

/// Recomputes the whole chain and compares it with the heads beside the database.
pub fn verify(storage: &dyn Reading, heads: &Path) -> Result<Verified, StorageError> {
    let mut mirrored = read_heads(heads)?;
    let heads = mirrored.values().map(Vec::len).sum::<usize>() as u64;
    let mut verified = Verified { heads, ..Verified::default() };
    let mut hash = [0; 32];
    let mut expected = 1;
    storage.ledger(0, None, &mut |row| {
        if let Some(fault) = fault_of(&row, expected, &hash) {
            verified.faults.push(fault);
        }
        expected = row.sequence + 1;
        hash = row.hash;
        verified.entries += 1;
        let heads = mirrored.remove(&row.sequence).unwrap_or_default();
        if heads.iter().any(|head| *head != hex::encode(row.hash)) {
            let sequence = row.sequence;
            let fault = format!("entry {sequence} is not the one that the head beside the database names");
            verified.faults.push(fault);
        }
        true
    })?;
    verified.faults.extend(mirrored.keys().map(|sequence| {
        format!("entry {sequence} is missing though a head beside the database names it: the database was set back")
    }));
    if verified.heads == 0 && verified.entries > 0 {
        let fault = "no head is beside the database (ledger.heads): whether the database was set back cannot be seen";
        verified.faults.push(fault.to_owned());
    }
    verified.head = hex::encode(hash);
    Ok(verified)
}

fn fault_of(row: &LedgerRow, expected: i64, before: &[u8; 32]) -> Option<String> {
    if row.sequence != expected {
        return Some(format!("entries {expected} to {} are missing", row.sequence - 1));
    }
    if row.hash != chained(before, &row.body) {
        return Some(format!(
            "entry {expected} does not follow from the one before: it or its predecessor was changed"
        ));
    }
    match serde_json::from_slice::<Entry>(&row.body) {
        Ok(entry) if entry.sequence == row.sequence && entry.run == row.run => None,
        _ => Some(format!("entry {expected} does not say what its row says")),
    }
}

/// The heads by sequence; a database that was set back and went on has two of one.
fn read_heads(heads: &Path) -> Result<BTreeMap<i64, Vec<String>>, StorageError> {
    let text = match std::fs::read_to_string(heads) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        read => read.map_err(|source| StorageError::File { what: "reading the ledger's heads", source })?,
    };
    let mut by_sequence: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (sequence, head) in text.lines().filter_map(head) {
        by_sequence.entry(sequence).or_default().push(head);
    }
    Ok(by_sequence)
}

/// A whole line of the heads. Anything shorter is what a power cut left of one.
fn head(line: &str) -> Option<(i64, String)> {
    let (sequence, hash) = line.split_once(' ')?;
    let is_whole = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((sequence.parse().ok()?, hash.to_owned())).filter(|_| is_whole)
}
