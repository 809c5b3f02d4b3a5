//! Conversations and snippets as they come in and as they are shown: the words, the people, the numbers. No I/O.
//!
//! Nothing in here reaches a policy, a log or the ledger; only the store and the person who asked to see it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::record::Day;

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Who speaks: `customer`, `employee` …
    pub speaker: String,
    /// Milliseconds from the start of the audio. Anonymised turns have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_ms: Option<u64>,
    /// Milliseconds from the start of the audio. Anonymised turns have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_ms: Option<u64>,
    /// What was said.
    pub text: String,
}

/// The customer of a conversation: one unit, purged together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The phone number, as imported; stored as [`crate::number::Number`] writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The customer number or another reference in the caller's own systems.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Customer {
    /// Whether there is anything to purge.
    pub fn is_empty(&self) -> bool {
        self.number.is_none() && self.name.is_none() && self.reference.is_none()
    }
}

/// What is known of a conversation besides its words and its customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Details {
    /// The language of the call.
    pub language: Option<String>,
    /// The employee; stays after partial deletion.
    pub employee: Option<String>,
    /// The team.
    pub team: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// What the recording is for.
    pub purpose: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// Keys and values of the tenant's own.
    pub metadata: BTreeMap<String, String>,
    /// The score, in points.
    pub score: Option<i64>,
    /// The sentiment, in thousandths.
    pub sentiment_thousandths: Option<i64>,
    /// How long it took, in seconds.
    pub duration_seconds: Option<i64>,
}

/// A conversation that is about to be stored.
#[derive(Clone, Debug)]
pub struct NewConversation {
    /// The tenant's own id.
    pub id: String,
    /// When the recording began.
    pub recorded_at: DateTime<Utc>,
    /// That instant's day in the tenant's time zone.
    pub recorded_on: Day,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// That instant's day in the tenant's time zone.
    pub ended_on: Day,
    /// What is known of it.
    pub details: Details,
    /// The customer.
    pub customer: Customer,
    /// The words; `None` where there is no transcript.
    pub transcript: Option<Vec<Turn>>,
    /// The name of the audio file among the blobs.
    pub audio: Option<String>,
}

/// A snippet that is about to be stored.
#[derive(Clone, Debug)]
pub struct NewSnippet {
    /// The tenant's own id.
    pub id: String,
    /// The id of the conversation that it was cut from.
    pub conversation: Option<String>,
    /// Its title in the library.
    pub title: Option<String>,
    /// Its words.
    pub text: Option<String>,
    /// Whether title and words are anonymised, since nothing will anonymise them later.
    pub anonymised: bool,
    /// When it was cut.
    pub created_at: DateTime<Utc>,
    /// That instant's day in the tenant's time zone.
    pub created_on: Day,
    /// Who cut it.
    pub created_by: Option<String>,
    /// Where it begins in the conversation.
    pub from_ms: Option<u64>,
    /// Where it ends in the conversation.
    pub to_ms: Option<u64>,
    /// The name of its audio file among the blobs.
    pub audio: Option<String>,
}
