//! What the ledger says of a run: who decided, for which day, and what was asked about which record.

use super::Verdict;
use crate::error::Error;
use crate::ledger::{Entry, Event};
use crate::record::{Actions, Artefacts, Day, Subject};
use crate::storage::Reading;

/// A past run.
pub(super) struct Past {
    pub(super) tenant: String,
    pub(super) date: Day,
    pub(super) module: String,
    /// SHA-256 of the settings.
    pub(super) settings: String,
    pub(super) engine_profile: String,
    pub(super) asked: Vec<Asked>,
}

/// One verdict that was acted on, or kept from.
pub(super) struct Asked {
    pub(super) subject: Subject,
    pub(super) id: String,
    /// The version that was decided on.
    pub(super) version: Option<i64>,
    pub(super) verdict: Option<Verdict>,
    /// Which artefacts the record had.
    pub(super) had: Option<Artefacts>,
    /// Whether it was carried out.
    pub(super) done: bool,
}

impl Asked {
    /// Whether carrying it out left nothing of the record.
    pub(super) fn deletes(&self) -> bool {
        let all = Actions::PURGE_STATISTICS.with(Actions::PURGE_SNIPPET);
        self.done && self.verdict.as_ref().is_some_and(|verdict| verdict.actions.intersects(all))
    }
}

impl Past {
    /// Reads a run from the ledger; one that a person decided has no verdicts.
    pub(super) fn read(storage: &dyn Reading, run: i64) -> Result<Past, Error> {
        let mut past = None;
        let mut asked = Vec::new();
        storage.ledger(0, Some(run), &mut |row| {
            if let Ok(entry) = serde_json::from_slice::<Entry>(&row.body) {
                match entry.event {
                    opened @ Event::RunOpened { .. } => past = Some(opened),
                    event => asked.extend(asked_in(event)),
                }
            }
            true
        })?;
        let Some(Event::RunOpened { tenant, date, module, settings, engine_profile, .. }) = past else {
            return Err(Error::NotFound(format!("the ledger has no run {run}; see `lapse ledger show`")));
        };
        let module = module.ok_or_else(|| {
            Error::Input(format!("run {run} was decided by a person: there is no verdict to give again"))
        })?;
        let date = date.parse::<chrono::NaiveDate>().map(Day::from);
        let date =
            date.map_err(|_| Error::Input(format!("the ledger's day of run {run} is no day: it was changed")))?;
        Ok(Past { tenant, date, module, settings, engine_profile, asked })
    }
}

fn asked_in(event: Event) -> Option<Asked> {
    match event {
        Event::Intent { subject, id, version, actions, rule, had, .. } => {
            let verdict = Some(Verdict { actions, rule });
            Some(Asked { subject, id, version: Some(version), verdict, had, done: true })
        }
        Event::Kept { subject, id, version, actions, rule, .. } => {
            let verdict = actions.zip(rule).map(|(actions, rule)| Verdict { actions, rule });
            Some(Asked { subject, id, version, verdict, had: None, done: false })
        }
        _ => None,
    }
}
