//! Records coming into SQLite.

use rusqlite::params;

use super::administration::AT_ONCE;
use super::{SqliteTransaction, day_value, to_json};
use crate::conversation::{NewConversation, NewSnippet};
use crate::number::Number;
use crate::record::{Artefacts, Subject};
use crate::storage::StorageError;
use crate::storage::administration::Administration;
use crate::storage::intake::{IdStatus, Intake};
use crate::storage::reading::Cut;

impl Intake for SqliteTransaction<'_> {
    fn id_status(&mut self, tenant: i64, subject: Subject, id: &str) -> Result<IdStatus, StorageError> {
        let mut status = self.connection.prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM {subject} WHERE tenant = ?1 AND id = ?3),
                    EXISTS (SELECT 1 FROM deleted WHERE tenant = ?1 AND subject = ?2 AND id = ?3)"
        ))?;
        let (stored, deleted) =
            status.query_row(params![tenant, subject.to_string(), id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(match (stored, deleted) {
            (true, _) => IdStatus::Stored,
            (false, true) => IdStatus::Deleted,
            (false, false) => IdStatus::Free,
        })
    }

    fn expect_blob(&mut self, blob: &str) -> Result<(), StorageError> {
        self.connection.prepare_cached("INSERT INTO pending (blob) VALUES (?1)")?.execute([blob])?;
        Ok(())
    }

    fn snippets_of(&mut self, tenant: i64, conversation: &str) -> Result<Vec<Cut>, StorageError> {
        super::reading::snippets_of(self.connection, tenant, conversation)
    }

    fn add_conversation(
        &mut self,
        tenant: i64,
        new: &NewConversation,
        hits: &[(i64, u32)],
    ) -> Result<(), StorageError> {
        let details = &new.details;
        self.connection
            .prepare_cached(
                "INSERT INTO conversation (tenant, state, review_on, recorded_on, ended_on, duration_seconds, score,
                 sentiment_thousandths, language, team, channel, employee, purpose, id, audio)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            )?
            .execute(params![
                tenant,
                conversation_state(new).0,
                AT_ONCE,
                new.recorded_on.0,
                day_value(new.ended_on),
                details.duration_seconds,
                details.score,
                details.sentiment_thousandths,
                details.language,
                details.team,
                details.channel,
                details.employee,
                details.purpose,
                new.id,
                new.audio,
            ])?;
        let key = self.connection.last_insert_rowid();
        self.add_words(tenant, key, new)?;
        self.put_hits(key, hits)?;
        self.adopt(new.audio.as_deref())
    }

    fn add_snippet(&mut self, tenant: i64, new: &NewSnippet) -> Result<(), StorageError> {
        let state = if new.audio.is_some() { Artefacts::AUDIO } else { Artefacts::NONE };
        let words = if new.anonymised { Artefacts::ANONYMISED_TRANSCRIPT } else { Artefacts::TRANSCRIPT };
        let state = if new.text.is_some() { state.with(words) } else { state };
        let milliseconds = new.from_ms.zip(new.to_ms).map(|(from, to)| to.saturating_sub(from));
        self.connection
            .prepare_cached(
                "INSERT INTO snippet (tenant, state, review_on, created_on, duration_seconds, created_by, conversation,
                 id, title, text, audio) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                tenant,
                state.0,
                AT_ONCE,
                new.created_on.0,
                milliseconds.and_then(|milliseconds| i64::try_from(milliseconds / 1000).ok()),
                new.created_by,
                new.conversation,
                new.id,
                new.title,
                new.text,
                new.audio,
            ])?;
        self.adopt(new.audio.as_deref())
    }
}

fn conversation_state(new: &NewConversation) -> Artefacts {
    let parts = [
        (new.audio.is_some(), Artefacts::AUDIO),
        (!new.customer.is_empty(), Artefacts::CUSTOMER),
        (new.transcript.is_some(), Artefacts::TRANSCRIPT),
    ];
    parts.iter().filter(|(present, _)| *present).fold(Artefacts::STATISTICS, |state, (_, part)| state.with(*part))
}

impl SqliteTransaction<'_> {
    fn add_words(&mut self, tenant: i64, key: i64, new: &NewConversation) -> Result<(), StorageError> {
        if !new.customer.is_empty() {
            let number = new.customer.number.as_deref().and_then(Number::parse);
            self.connection
                .prepare_cached(
                    "INSERT INTO customer (conversation, tenant, number, name, reference) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    key,
                    tenant,
                    number.as_ref().map(Number::as_str),
                    new.customer.name,
                    new.customer.reference
                ])?;
        }
        if let Some(turns) = &new.transcript {
            self.connection
                .prepare_cached("INSERT INTO transcript (conversation, turns) VALUES (?1, ?2)")?
                .execute(params![key, to_json(turns)])?;
        }
        for tag in &new.details.tags {
            self.connection
                .prepare_cached("INSERT OR IGNORE INTO tag (conversation, tag) VALUES (?1, ?2)")?
                .execute(params![key, tag])?;
        }
        for (name, value) in &new.details.metadata {
            self.connection
                .prepare_cached("INSERT INTO metadata (conversation, name, value) VALUES (?1, ?2, ?3)")?
                .execute(params![key, name, value])?;
        }
        Ok(())
    }

    fn adopt(&mut self, blob: Option<&str>) -> Result<(), StorageError> {
        if let Some(blob) = blob {
            self.connection.prepare_cached("DELETE FROM pending WHERE run IS NULL AND blob = ?1")?.execute([blob])?;
        }
        Ok(())
    }
}
