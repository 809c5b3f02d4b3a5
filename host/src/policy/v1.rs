//! Contract 1.0.0: the bindings of its frozen WIT folder, and how the host's own types cross it. A column is lowered by one
//! copy; answers come back as vectors, since wasmtime 48 frees the guest's list before a borrowed one could be read.

use std::ops::Range;

use wasmtime::Store;
use wasmtime::component::InstancePre;

use super::guest::Context;
use super::manifest::{ManifestText, Rule};
use super::room::Room;
use crate::columns::{Column, Dictionary};
use crate::record::{Actions, Day, Subject};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit/1.0.0",
        ownership: Borrowing { duplicate_if_necessary: true },
    });
}

use bindings::exports::lapse::policy::policy as wit;
pub(super) use bindings::{RetentionPolicy, RetentionPolicyPre};

/// The exported interface that says a component speaks this version.
pub(super) const EXPORT: &str = "lapse:policy/policy@1.0.0";

/// An answer as the guest gave it, not yet held against anything.
pub(super) struct Answer {
    pub(super) actions: Vec<Actions>,
    pub(super) rules: Vec<u16>,
    pub(super) review_on: Vec<Day>,
}

/// Finds the exports; their types are checked by the first instance.
pub(super) fn prepare(pre: InstancePre<Room>) -> wasmtime::Result<RetentionPolicyPre<Room>> {
    RetentionPolicyPre::new(pre)
}

pub(super) fn describe(guest: &RetentionPolicy, store: &mut Store<Room>) -> wasmtime::Result<ManifestText> {
    let manifest = guest.lapse_policy_policy().call_describe(store)?;
    let rules = manifest.rules.into_iter().map(|rule| Rule { name: rule.name, description: rule.description });
    Ok(ManifestText {
        name: manifest.name,
        version: manifest.version,
        reads_conversations: manifest.reads_conversations,
        reads_snippets: manifest.reads_snippets,
        rules: rules.collect(),
        settings_schema: manifest.settings_schema,
    })
}

pub(super) fn check_settings(
    guest: &RetentionPolicy,
    store: &mut Store<Room>,
    settings: &str,
) -> wasmtime::Result<Result<(), String>> {
    guest.lapse_policy_policy().call_check_settings(store, settings)
}

pub(super) fn decide(
    guest: &RetentionPolicy,
    store: &mut Store<Room>,
    subject: Subject,
    ctx: &Context<'_>,
    rows: Range<usize>,
    columns: &[Column],
) -> wasmtime::Result<Result<Answer, String>> {
    let about = match subject {
        Subject::Conversation => wit::Subject::Conversation,
        Subject::Snippet => wit::Subject::Snippet,
    };
    let values: Vec<Vec<&str>> = columns.iter().map(dictionary_values).collect();
    let columns: Vec<wit::Column<'_>> =
        columns.iter().zip(&values).map(|(column, values)| lower(column, rows.clone(), values)).collect();
    let ctx = wit::Context { today: ctx.today.0, settings: ctx.settings };
    let count = u32::try_from(rows.len()).expect("a batch is at most BATCH_RECORDS_MAX long");
    let answer = guest.lapse_policy_policy().call_decide(store, about, ctx, count, &columns)?;
    Ok(answer.map(lift))
}

fn dictionary_values(column: &Column) -> Vec<&str> {
    match column {
        Column::Text(dictionary) => dictionary.values.iter().map(String::as_str).collect(),
        Column::Days(_) | Column::Numbers(_) | Column::States(_) => Vec::new(),
    }
}

fn lower<'a>(column: &'a Column, rows: Range<usize>, values: &'a [&'a str]) -> wit::Column<'a> {
    match column {
        Column::Days(days) => wit::Column::Days(&days[rows]),
        Column::Numbers(numbers) => wit::Column::Numbers(&numbers[rows]),
        Column::States(states) => wit::Column::States(&states[rows]),
        Column::Text(Dictionary { codes, .. }) => wit::Column::Text(wit::Dictionary { codes: &codes[rows], values }),
    }
}

fn lift(verdicts: wit::Verdicts) -> Answer {
    // `as_array` keeps the bits that the contract does not name: wasmtime accepts them, so the host has to look.
    let bits = |actions: wit::Actions| u8::try_from(actions.as_array()[0]).unwrap_or(u8::MAX);
    Answer {
        actions: verdicts.actions.into_iter().map(|actions| Actions(bits(actions))).collect(),
        rules: verdicts.rules,
        review_on: verdicts.review_on.into_iter().map(Day).collect(),
    }
}
