//! What people do by hand: find a conversation by its customer's number, and delete one at once.

use std::io::Cursor;

use lapse_anonymise::Known;
use serde::Serialize;

use super::Host;
use super::inspect::no_record;
use crate::error::Error;
use crate::number::Number;
use crate::plan::{Approval, Item, Origin, SealedPlan, SealedWriter};
use crate::record::{Actions, Artefacts, Day, Subject};
use crate::storage::Tenant;
use crate::storage::administration::Role;

/// What looking for a number has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Found {
    /// Ids of the conversations with this customer.
    pub conversations: Vec<String>,
    /// Where nothing was found: recordings from this day on still have their numbers; absent: none has.
    pub numbers_since: Option<String>,
    /// Where nothing was found: conversations whose number is gone, so that they cannot be found by it.
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
            return Ok(Found { conversations, numbers_since: None, without_number: 0 });
        }
        let earliest = storage.earliest_number(tenant.key)?;
        let census = storage.census(tenant.key, self.today(tenant))?;
        Ok(Found {
            conversations,
            numbers_since: (earliest != Day::ABSENT).then(|| earliest.to_string()),
            without_number: census.conversations_partial,
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
        self.check_may_delete(tenant, actor)?;
        self.recover()?;
        let (item, known) = self.whole(tenant, subject, id)?;
        let reason = self.without_personal_data(reason, &known)?;
        let origin = Origin::Hand { actor: actor.to_owned(), reason };
        let header = self.header(tenant, self.today(tenant), origin, false)?;
        let write = || {
            let mut writer = SealedWriter::new(Vec::new(), &header)?;
            writer.item(&item)?;
            writer.seal(&self.store.key)
        };
        let (_, plan) = write().map_err(crate::plan::PlanError::Write)?;
        let plan = SealedPlan::open(Cursor::new(plan), &self.store.key)?;
        let (run, outcome) = self.carry_out(tenant, plan, &[], &Approval::Nothing, false)?;
        if let Some(reason) = outcome.kept.keys().next() {
            return Err(Error::Forbidden(format!("{subject} {id} was kept: {reason}")));
        }
        Ok(ManualDeletion { run, subject, id: id.to_owned(), deleted: outcome.is_complete() })
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

    /// The item that leaves nothing of a record, and what is known about its customer.
    fn whole(&self, tenant: &Tenant, subject: Subject, id: &str) -> Result<(Item, Known), Error> {
        let mut transaction = self.store.storage.begin()?;
        let located = transaction.locate(tenant.key, subject, id)?.ok_or_else(|| no_record(tenant, subject, id))?;
        if located.held {
            return Err(Error::Forbidden(format!(
                "{subject} {id} is under legal hold and is kept; see `lapse hold list`, release the hold, then delete"
            )));
        }
        let known = match subject {
            Subject::Snippet => Known::default(),
            Subject::Conversation => crate::execute::known(&transaction.personal(located.key)?),
        };
        let actions = match subject {
            Subject::Snippet => Actions::PURGE_SNIPPET,
            Subject::Conversation => every_purge(located.state),
        };
        let item = Item { subject, id: id.to_owned(), version: located.version, actions, rule: "by-hand".to_owned() };
        Ok((item, known))
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
