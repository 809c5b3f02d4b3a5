//! The built-in retention policy: audio days, statistics days, snippet days.
//!
//! | setting | deletes | keeps |
//! |---|---|---|
//! | `audio-days` | the audio file; the customer's number, name and reference | statistics, employee, transcript |
//! | … with `anonymise-transcript` | also whatever personal the transcript says | the anonymised transcript |
//! | `statistics-days` | everything: the conversation no longer exists and no longer counts | nothing |
//! | `snippet-days` | the snippet | |
//!
//! *Keep N days* means N whole days after the day of the recording. A period that is left out means for ever; a record
//! under legal hold or without a date is kept.

#![cfg_attr(target_arch = "wasm32", no_std)]

mod decide;
mod settings;

use lapse_policy_sdk::{Artefacts, Context, Day, Policy, Verdict, export_policy, row, rules};

pub use settings::Settings;

rules! {
    /// Why the standard policy answers as it does.
    pub enum Rule {
        Keep = "keep": "Nothing is due.",
        Held = "held": "A legal hold keeps it, whatever is due.",
        Undated = "undated": "Its day is not known, so that no period can end.",
        AudioDays = "audio-days": "The audio days are over: audio and customer are purged, the transcript anonymised if it is to be.",
        StatisticsDays = "statistics-days": "The statistics days are over: the conversation is purged as a whole.",
        SnippetDays = "snippet-days": "The snippet days are over: the snippet is purged.",
    }
}

row! {
    /// What is read of a conversation.
    pub struct Conversation {
        pub recorded_on: Option<Day> = "recorded-on",
        pub state: Artefacts = "state",
        pub held: bool = "held",
    }
}

row! {
    /// What is read of a snippet.
    pub struct Snippet {
        pub created_on: Option<Day> = "created-on",
        pub held: bool = "held",
    }
}

/// The standard policy.
pub struct StandardPolicy;

impl Policy for StandardPolicy {
    const NAME: &'static str = "standard";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SETTINGS_SCHEMA: &'static str = include_str!("settings.schema.json");

    type Settings = Settings;
    type Rule = Rule;
    type Conversation<'a> = Conversation;
    type Snippet<'a> = Snippet;

    fn conversation(row: Conversation, ctx: &Context<Settings>) -> Verdict<Rule> {
        decide::conversation(row, ctx)
    }

    fn snippet(row: Snippet, ctx: &Context<Settings>) -> Verdict<Rule> {
        decide::snippet(row, ctx)
    }
}

export_policy!(StandardPolicy);
