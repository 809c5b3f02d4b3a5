//! What people do by hand: find a conversation by its customer's number, and delete one at once.

use std::io::Cursor;

use lapse_anonymise::Known;
use serde::Serialize;

use super::Host;
use super::inspect::no_record;
use super::run::Done;
use crate::error::Error;
use crate::number::Number;
use crate::plan::{Approval, Item, Origin, SealedPlan, SealedWriter};
use crate::record::{Actions, Artefacts, Day, Subject};
use crate::storage::Tenant;
use crate::storage::administration::{Hold, Role};
use crate::storage::reading::Numbers;

/// What looking for a number has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Found {
    /// Ids of the conversations with this customer.
    pub conversations: Vec<String>,
    /// Ids of the snippets that were cut from them.
    pub snippets: Vec<String>,
    /// Where nothing was found: recordings from this day on still have their numbers; absent: none has.
    pub numbers_since: Option<String>,
    /// Where nothing was found: conversations without a number, which cannot be found by it.
    pub without_number: u64,
}

/// What deleting by hand has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ManualDeletion {
    /// The run under which the ledger knows it.
    pub run: i64,
    /// Conversation or snippet.
    pub subject: Subject,
    /// Its id.
    pub id: String,
    /// What became of it: nothing of it is left.
    pub deleted: bool,
    /// Ids of the snippets that were deleted with it.
    pub snippets_deleted: Vec<String>,
    /// Ids of the snippets that were cut from it and are kept: from now on nothing says that they were.
    pub snippets_kept: Vec<String>,
    /// Whether deleted bytes are overwritten. Not, while another process reads the database: the next run does it.
    pub settled: bool,
    /// Audio files of earlier deletions that still would not go.
    pub audio_left: u64,
}

/// What is deleted by hand, by whom, and why.
struct Wish<'a> {
    subject: Subject,
    id: &'a str,
    with_snippets: bool,
    actor: &'a str,
    reason: &'a str,
}

impl Host {
    /// Conversations whose customer has this number, in whatever spelling.
    pub fn find(&self, tenant: &Tenant, number: &str) -> Result<Found, Error> {
        // The number itself must not end up in an error message.
        let number = Number::parse(number).ok_or_else(|| {
            Error::Input("this is no phone number; give 5 to 15 digits, with or without + and country code".into())
        })?;
        let storage = &self.store.storage;
        let candidates = storage.by_number_ending(tenant.key, number.ending())?;
        let is_same = |stored: &str| Number::parse(stored).is_some_and(|stored| stored.is_same(&number));
        let conversations: Vec<_> =
            candidates.into_iter().filter(|(_, stored)| is_same(stored)).map(|(id, _)| id).collect();
        if !conversations.is_empty() {
            let mut snippets = Vec::new();
            for conversation in &conversations {
                snippets.extend(storage.snippets_of(tenant.key, conversation)?.into_iter().map(|snippet| snippet.id));
            }
            return Ok(Found { conversations, snippets, numbers_since: None, without_number: 0 });
        }
        let Numbers { since, count } = storage.numbers(tenant.key)?;
        Ok(Found {
            conversations,
            snippets: Vec::new(),
            numbers_since: (since != Day::ABSENT).then(|| since.to_string()),
            without_number: tenant.conversations.saturating_sub(count),
        })
    }

    /// Deletes one conversation or snippet completely and at once: the same plan, holds, execution and ledger as every run.
    pub fn delete(
        &self,
        tenant: &Tenant,
        subject: Subject,
        id: &str,
        actor: &str,
        reason: &str,
    ) -> Result<ManualDeletion, Error> {
        self.carry_out_wish(tenant, &Wish { subject, id, with_snippets: false, actor, reason })
    }

    /// Deletes one conversation and every snippet that was cut from it.
    pub fn delete_with_snippets(
        &self,
        tenant: &Tenant,
        id: &str,
        actor: &str,
        reason: &str,
    ) -> Result<ManualDeletion, Error> {
        let subject = Subject::Conversation;
        self.carry_out_wish(tenant, &Wish { subject, id, with_snippets: true, actor, reason })
    }

    fn carry_out_wish(&self, tenant: &Tenant, wish: &Wish<'_>) -> Result<ManualDeletion, Error> {
        let &Wish { subject, id, with_snippets, actor, reason } = wish;
        self.check_may_delete(tenant, actor)?;
        let recovered = self.recover()?;
        let conversation = self.whole(tenant, subject, id)?;
        let snippets = match subject {
            Subject::Conversation => self.store.storage.snippets_of(tenant.key, id)?,
            Subject::Snippet => Vec::new(),
        };
        let snippets: Vec<String> = snippets.into_iter().map(|snippet| snippet.id).collect();
        let (snippets_deleted, snippets_kept) =
            if with_snippets { (snippets, Vec::new()) } else { (Vec::new(), snippets) };
        // Snippets first, as in every plan: the words of one that goes are not rewritten.
        let mut items = Vec::new();
        for snippet in &snippets_deleted {
            items.push(self.whole(tenant, Subject::Snippet, snippet)?);
        }
        items.push(conversation);
        let reason = self.without_personal_data(reason, &self.known_of(tenant, subject, id)?)?;
        let plan = self.plan_by_hand(tenant, &items, Origin::Hand { actor: actor.to_owned(), reason })?;
        let Done { run, outcome, settled } = self.carry_out(tenant, plan, &[], &Approval::Nothing, false)?;
        if let Some(reason) = outcome.kept.keys().next() {
            return Err(Error::Forbidden(format!("{subject} {id} was kept: {reason}")));
        }
        Ok(ManualDeletion {
            run,
            subject,
            id: id.to_owned(),
            deleted: outcome.is_complete() && settled,
            snippets_deleted,
            snippets_kept,
            settled,
            audio_left: recovered.audio_left,
        })
    }

    fn plan_by_hand(
        &self,
        tenant: &Tenant,
        items: &[Item],
        origin: Origin,
    ) -> Result<SealedPlan<Cursor<Vec<u8>>>, Error> {
        let header = self.header(tenant, self.today(tenant), origin, false)?;
        let write = || {
            let mut writer = SealedWriter::new(Vec::new(), &header)?;
            items.iter().try_for_each(|item| writer.item(item))?;
            writer.seal(&self.store.key)
        };
        let (_, plan) = write().map_err(crate::plan::PlanError::Write)?;
        Ok(SealedPlan::open(Cursor::new(plan), &self.store.key)?)
    }

    fn check_may_delete(&self, tenant: &Tenant, actor: &str) -> Result<(), Error> {
        let users = self.users(tenant)?;
        match users.iter().find(|(id, _)| id == actor).map(|(_, role)| role) {
            Some(Role::Owner | Role::Admin) => Ok(()),
            Some(Role::Member) => Err(Error::Forbidden(format!(
                "user {actor} is a member; only an owner or an admin may delete a conversation by hand"
            ))),
            None => Err(Error::Forbidden(format!(
                "tenant {} has no user {actor:?}; an owner or an admin may delete, see `lapse user list`",
                tenant.id
            ))),
        }
    }

    /// The item that leaves nothing of a record.
    fn whole(&self, tenant: &Tenant, subject: Subject, id: &str) -> Result<Item, Error> {
        let mut transaction = self.store.storage.begin()?;
        let located = transaction.locate(tenant.key, subject, id)?.ok_or_else(|| no_record(tenant, subject, id))?;
        drop(transaction);
        if located.held {
            return Err(self.held(tenant, subject, id)?);
        }
        let actions = match subject {
            Subject::Snippet => Actions::PURGE_SNIPPET,
            Subject::Conversation => every_purge(located.state),
        };
        Ok(Item {
            subject,
            id: id.to_owned(),
            version: located.version,
            actions,
            rule: "by-hand".to_owned(),
            audio: located.state.contains(Artefacts::AUDIO),
        })
    }

    /// Says which holds keep a record: its own, and those of the snippets cut from it.
    fn held(&self, tenant: &Tenant, subject: Subject, id: &str) -> Result<Error, Error> {
        let snippets = match subject {
            Subject::Conversation => self.store.storage.snippets_of(tenant.key, id)?,
            Subject::Snippet => Vec::new(),
        };
        let keeps = |hold: &Hold| {
            let is_of_snippet =
                hold.subject == Subject::Snippet && snippets.iter().any(|snippet| snippet.id == hold.id);
            hold.subject == subject && hold.id == id || is_of_snippet
        };
        let holds = self.holds(tenant)?;
        let holds = holds.iter().filter(|hold| keeps(hold));
        let holds: Vec<String> =
            holds.map(|hold| format!("hold {} on {} {}", hold.hold, hold.subject, hold.id)).collect();
        Ok(Error::Forbidden(format!(
            "{subject} {id} is under legal hold and is kept ({}); release with `lapse hold release HOLD`, then delete",
            holds.join(", ")
        )))
    }

    /// What is known about the customer of a conversation, or of the one that a snippet was cut from.
    pub(super) fn known_of(&self, tenant: &Tenant, subject: Subject, id: &str) -> Result<Known, Error> {
        let of_snippet = match subject {
            Subject::Conversation => None,
            Subject::Snippet => self.store.storage.show(tenant.key, subject, id)?.and_then(|shown| shown.conversation),
        };
        let conversation = if subject == Subject::Conversation { Some(id) } else { of_snippet.as_deref() };
        let Some(conversation) = conversation else { return Ok(Known::default()) };
        let mut transaction = self.store.storage.begin()?;
        match transaction.locate(tenant.key, Subject::Conversation, conversation)? {
            Some(located) => Ok(crate::execute::known(&transaction.personal(located.key)?)),
            None => Ok(Known::default()),
        }
    }
}

fn every_purge(state: Artefacts) -> Actions {
    let purges = [
        (Artefacts::AUDIO, Actions::PURGE_AUDIO),
        (Artefacts::CUSTOMER, Actions::PURGE_CUSTOMER),
        (Artefacts::TRANSCRIPT.with(Artefacts::ANONYMISED_TRANSCRIPT), Actions::PURGE_TRANSCRIPT),
    ];
    let present = purges.iter().filter(|(artefact, _)| state.intersects(*artefact));
    present.fold(Actions::PURGE_STATISTICS, |actions, (_, purge)| actions.with(*purge))
}
